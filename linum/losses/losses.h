// All losses (optax.losses).
#pragma once

#include "linum/losses/classification.h"
#include "linum/losses/regression.h"
