#include "linum/train/state.h"

#include "linum/optim/numerics.h"

namespace linum::train {
namespace {

// Variables of this collection take their gradients as their new values (flax's fp8 scales).
constexpr const char* kOverwrite = "_overwrite_with_gradient";

bool overwrites(const Tree& t) { return t.is_dict() && t.contains(kOverwrite); }
const Tree& optimized(const Tree& t) { return overwrites(t) ? t["params"] : t; }

void check_gradients(const Tree& params, const Tree& grads) {
  tree::check_same_structure(params, grads,
                             "apply_gradients needs gradients (second) like the parameters "
                             "(first): take the gradient of a "
                             "function of state.params");
  auto have = tree::leaves(grads);
  std::size_t next = 0;
  for (auto& [path, param] : tree::leaves_with_path(params)) {
    const Array& grad = have[next++];
    if (grad.shape() == param.shape()) continue;
    throw ShapeError(str_cat("apply_gradients: the gradient of '", path, "' is ", grad.aval(),
                             ", the parameter ", param.aval()));
  }
}

}  // namespace

void start(StateFields& state, Tree params, optim::GradientTransformation tx, ApplyFn apply_fn) {
  state.step = optim::zero_count();
  state.opt_state = tx.init(optimized(params));
  state.params = std::move(params);
  state.tx = std::move(tx);
  state.apply_fn = std::move(apply_fn);
}

void update(StateFields& state, const Tree& grads, const optim::ExtraArgs& extra) {
  check_gradients(state.params, grads);
  const Tree& params = optimized(state.params);
  auto [updates, opt_state] = state.tx.update(optimized(grads), state.opt_state, params, extra);
  Tree updated = optim::apply_updates(params, updates);
  if (overwrites(grads)) updated = Tree{{"params", updated}, {kOverwrite, grads[kOverwrite]}};
  state.params = std::move(updated);
  state.opt_state = std::move(opt_state);
  state.step = state.step + 1;
}

Tree::Dict fields_to_tree(const StateFields& state) {
  return {{"step", state.step},
          {"params", state.params},
          {"opt_state", state.opt_state},
          {"tx", to_tree(state.tx)},
          {"apply_fn", to_tree(state.apply_fn)}};
}

void fields_from_tree(StateFields& state, const Tree& tree) {
  state.step = tree["step"].array();
  state.params = tree["params"];
  state.opt_state = tree["opt_state"];
  state.tx = from_tree<optim::GradientTransformation>(tree["tx"]);
  state.apply_fn = from_tree<ApplyFn>(tree["apply_fn"]);
}

}  // namespace linum::train
