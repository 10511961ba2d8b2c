// jax.numpy: NumPy's functions and the operators of Array, with broadcasting and promotion.
#pragma once

#include "linum/np/arithmetic.h"
#include "linum/np/bitwise.h"
#include "linum/np/comparison.h"
#include "linum/np/info.h"
#include "linum/np/operators.h"
