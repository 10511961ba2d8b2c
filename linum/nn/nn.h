// Neural networks: modules, layers and functions (flax.linen, jax.nn).
#pragma once

#include "linum/nn/activation.h"
#include "linum/nn/attention.h"
#include "linum/nn/batch_apply.h"
#include "linum/nn/combinators.h"
#include "linum/nn/conv.h"
#include "linum/nn/functions.h"
#include "linum/nn/initializers.h"
#include "linum/nn/linear.h"
#include "linum/nn/module.h"
#include "linum/nn/normalization.h"
#include "linum/nn/pooling.h"
#include "linum/nn/recurrent.h"
#include "linum/nn/softmax.h"
#include "linum/nn/stochastic.h"
#include "linum/nn/transforms.h"
#include "linum/nn/weight_norm.h"
