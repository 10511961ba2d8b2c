// Lookahead: slow parameters that follow fast ones (Zhang et al, 2019, arXiv 1907.08610).
#pragma once

#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

// What lookahead trains: gradients are taken at `fast`, models are tested at `slow`. As a tree:
// {"fast", "slow"}.
struct LookaheadParams {
  Tree fast, slow;
  static LookaheadParams init_synced(const Tree& params) { return {params, params}; }
  Tree to_tree() const { return {{"fast", fast}, {"slow", slow}}; }
  static LookaheadParams from_tree(const Tree& t) { return {t["fast"], t["slow"]}; }
};

// Every sync_period steps both meet between where they are, slow_step_size of the way to fast.
// init and update take parameters as LookaheadParams::to_tree() gives them (init also the fast ones
// alone), gradients of the fast ones; the updates are for both. reset_state starts the optimizer
// anew at each meeting. State: {"fast_state", "steps_since_sync"}.
GradientTransformation lookahead(GradientTransformation fast_optimizer, int sync_period,
                                 Scalar slow_step_size, bool reset_state = false);

}  // namespace linum::optim
