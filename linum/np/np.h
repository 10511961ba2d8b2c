// jax.numpy: NumPy's functions and the operators of Array, with broadcasting and promotion.
#pragma once

#include "linum/np/arithmetic.h"
#include "linum/np/bitwise.h"
#include "linum/np/comparison.h"
#include "linum/np/contractions.h"
#include "linum/np/creation.h"
#include "linum/np/diagonal.h"
#include "linum/np/einsum.h"
#include "linum/np/indexing.h"
#include "linum/np/info.h"
#include "linum/np/joining.h"
#include "linum/np/manipulation.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/reductions.h"
#include "linum/np/take.h"
