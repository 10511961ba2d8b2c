// State: everything that a training step changes (flax.training.train_state.TrainState).
//
//   auto state = train::State::create(model, variables["params"], optim::adam(1e-3));
//   auto step = jit([&](train::State state, Array x, Array y) {
//     auto loss_fn = [&](Tree params) { return losses::mse(model.apply({{"params", params}}, x),
//     y); }; auto [loss, grads] = value_and_grad(loss_fn)(state.params); return
//     std::tuple{state.apply_gradients(grads), loss};
//   }, {.donate = {0}});
//
// More collections ride along in a state of your own:
//   struct BnState : train::StateOf<BnState> {
//     Tree batch_stats;
//     LINUM_FIELDS(batch_stats)
//   };
//   auto state = BnState::create(model, variables["params"], optim::sgd(0.1));
//   state.batch_stats = variables["batch_stats"];
#pragma once

#include "linum/optim/transformation.h"
#include "linum/train/apply_fn.h"

namespace linum::train {

// The fields of every state, and what happens to them.
struct StateFields {
  Array step;  // int32: how many updates were made
  Tree params, opt_state;
  optim::GradientTransformation tx;  // static: jit compiles anew for another one
  ApplyFn apply_fn;                  // static
};

// The optimizer's state for `params`, step 0. Of a dictionary with "_overwrite_with_gradient" the
// optimizer sees only the "params" in it.
void start(StateFields& state, Tree params, optim::GradientTransformation tx, ApplyFn apply_fn);
// One update. Throws TreeError that shows both structures, or ShapeError naming the parameter, when
// the gradients are not like the parameters.
void update(StateFields& state, const Tree& grads, const optim::ExtraArgs& extra);
// {"step", "params", "opt_state", "tx", "apply_fn"}: a pytree whose arrays are the first three.
Tree::Dict fields_to_tree(const StateFields& state);
void fields_from_tree(StateFields& state, const Tree& tree);

// The state of a training step; derive from StateOf<Yours> to add fields.
template <class Derived>
struct StateOf : StateFields {
  template <class Model>
  static Derived create(const Model& model, Tree params, optim::GradientTransformation tx) {
    Derived out;
    start(out, std::move(params), std::move(tx), apply_fn_of(model));
    return out;
  }

  // The state after one update of the parameters. `extra`: for transformations that read more than
  // the gradients (the loss, for polyak_sgd).
  Derived apply_gradients(const Tree& grads, const optim::ExtraArgs& extra = {}) const {
    Derived out = static_cast<const Derived&>(*this);
    update(out, grads, extra);
    return out;
  }

  Tree to_tree() const {
    Tree::Dict out = fields_to_tree(*this);
    if constexpr (HasFields<Derived>) {
      Derived::linum_visit_fields(
          static_cast<const Derived&>(*this),
          [&](const char* name, const auto& field) { out.emplace(name, linum::to_tree(field)); });
    }
    return Tree(std::move(out));
  }
  static Derived from_tree(const Tree& tree) {
    Derived out;
    fields_from_tree(out, tree);
    if constexpr (HasFields<Derived>) {
      Derived::linum_visit_fields(out, [&](const char* name, auto& field) {
        field = linum::from_tree<std::remove_cvref_t<decltype(field)>>(tree[name]);
      });
    }
    return out;
  }

 private:
  template <class Model>
  static ApplyFn apply_fn_of(const Model& model) {
    if constexpr (std::is_convertible_v<Model, ApplyFn>) {
      return model;
    } else {
      return ApplyFn::of(model);
    }
  }
};

struct State : StateOf<State> {};

}  // namespace linum::train
