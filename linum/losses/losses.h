// All losses (optax.losses).
#pragma once

#include "linum/losses/classification.h"
#include "linum/losses/ctc.h"
#include "linum/losses/regression.h"
#include "linum/losses/self_supervised.h"
