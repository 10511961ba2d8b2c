// jax.random: pure functions of explicit keys, with JAX's bits.
#pragma once

#include "linum/random/choice.h"
#include "linum/random/continuous.h"
#include "linum/random/counts.h"
#include "linum/random/discrete.h"
#include "linum/random/gamma.h"
#include "linum/random/key.h"
#include "linum/random/multivariate_normal.h"
#include "linum/random/orthogonal.h"
