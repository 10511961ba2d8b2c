// All optimizers, their parts, and schedules (optax).
#pragma once

#include "linum/optim/accumulation.h"
#include "linum/optim/adam.h"
#include "linum/optim/clipping.h"
#include "linum/optim/combine.h"
#include "linum/optim/masking.h"
#include "linum/optim/numerics.h"
#include "linum/optim/scalar.h"
#include "linum/optim/scaling.h"
#include "linum/optim/schedule.h"
#include "linum/optim/sgd.h"
#include "linum/optim/transformation.h"
#include "linum/optim/tree_math.h"
#include "linum/optim/tree_random.h"
