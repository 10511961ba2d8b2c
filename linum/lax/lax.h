// The operations of jax.lax: strict in shapes and dtypes, one primitive (or a few) each.
#pragma once

#include "linum/lax/arithmetic.h"
#include "linum/lax/associative_scan.h"
#include "linum/lax/collectives.h"
#include "linum/lax/conv.h"
#include "linum/lax/cumulative.h"
#include "linum/lax/dynamic.h"
#include "linum/lax/fft.h"
#include "linum/lax/gather_scatter.h"
#include "linum/lax/linalg.h"
#include "linum/lax/sort.h"
#include "linum/lax/special.h"
#include "linum/lax/structure.h"
#include "linum/lax/threefry.h"
#include "linum/lax/window.h"
