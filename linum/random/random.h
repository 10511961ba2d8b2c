// jax.random: pure functions of explicit keys, with JAX's bits.
#pragma once

#include "linum/random/continuous.h"
#include "linum/random/discrete.h"
#include "linum/random/key.h"
#include "linum/random/orthogonal.h"
