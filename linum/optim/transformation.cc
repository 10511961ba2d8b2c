#include "linum/optim/transformation.h"

#include "linum/lax/lax.h"
#include "linum/np/operators.h"

namespace linum::optim {

GradientTransformation::GradientTransformation() : GradientTransformation(identity()) {}
GradientTransformation::GradientTransformation(InitFn init, UpdateFn update)
    : rep_(std::make_shared<const Rep>(Rep{std::move(init), std::move(update)})) {}

Tree empty_state() { return Tree::empty_dict(); }

Tree init_empty_state(const Tree&) { return empty_state(); }

GradientTransformation identity() {
  static const GradientTransformation same(
      init_empty_state, [](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
        return std::pair(updates, state);
      });
  return same;
}

GradientTransformation set_to_zero() { return stateless_map(lax::zeros_like); }

GradientTransformation stateless(std::function<Tree(const Tree&, const Tree&)> f) {
  return {init_empty_state, [f = std::move(f)](const Tree& updates, const Tree&, const Tree& params,
                                               const ExtraArgs&) {
            return std::pair(f(updates, params), empty_state());
          }};
}

GradientTransformation stateless_with_tree_map(std::function<Array(const Array&, const Array&)> f) {
  return stateless([f = std::move(f)](const Tree& updates, const Tree& params) {
    if (!params.is_none()) return tree::map(f, updates, params);
    return tree::map([&](const Array& u) { return f(u, Array()); }, updates);
  });
}

GradientTransformation stateless_map(std::function<Array(const Array&)> f) {
  return stateless(
      [f = std::move(f)](const Tree& updates, const Tree&) { return tree::map(f, updates); });
}

void require_params(const Tree& params, std::string_view who) {
  if (params.is_none()) {
    throw ValueError(str_cat(who,
                             " reads the current parameters, but update() got none; call "
                             "update(updates, state, params)"));
  }
}

Tree apply_updates(const Tree& params, const Tree& updates) {
  return tree::map(
      [](const Array& p, const Array& u) { return lax::convert_element_type(p + u, p.dtype()); },
      params, updates);
}

Tree incremental_update(const Tree& new_tensors, const Tree& old_tensors, const Array& step_size) {
  return tree::map([&](const Array& fresh,
                       const Array& old) { return step_size * fresh + (1.0 - step_size) * old; },
                   new_tensors, old_tensors);
}

Tree periodic_update(const Tree& new_tensors, const Tree& old_tensors, const Array& steps,
                     const Array& update_period) {
  Array now = steps % update_period == 0;
  return tree::map(
      [&](const Array& fresh, const Array& old) { return lax::select(now, fresh, old); },
      new_tensors, old_tensors);
}

}  // namespace linum::optim
