// jax.scipy.special: numbers and bool are computed in float32.
#pragma once

#include "linum/special/bessel.h"
#include "linum/special/entropy.h"
#include "linum/special/erf.h"
#include "linum/special/expint.h"
#include "linum/special/gamma.h"
#include "linum/special/harmonics.h"
#include "linum/special/hypergeometric.h"
#include "linum/special/integrals.h"
#include "linum/special/normal.h"
