// GradientTransformation: how an optimizer turns gradients into updates (optax).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "linum/core/tree.h"

namespace linum::optim {

// What some transformations want beside gradients and parameters.
struct ExtraArgs {
  Array value;                                 // the loss at `params`
  Tree grad;                                   // its gradient there
  std::function<Array(const Tree&)> value_fn;  // the loss as a function of the parameters
  // The gradient at other parameters, on the i-th further batch (contrib::sam).
  std::function<Tree(const Tree& params, int i)> grad_fn;
  std::map<std::string, Tree> others;
};

// A value: copies are the same transformation. The state is a tree of arrays, so it goes through
// jit and into checkpoints; its names and nesting are optax's.
class GradientTransformation {
 public:
  using Updated = std::pair<Tree, Tree>;  // updates, state
  using InitFn = std::function<Tree(const Tree& params)>;
  using UpdateFn = std::function<Updated(const Tree& updates, const Tree& state, const Tree& params,
                                         const ExtraArgs& extra)>;

  GradientTransformation();  // identity()
  GradientTransformation(InitFn init, UpdateFn update);

  // The state before the first step.
  Tree init(const Tree& params) const { return rep_->init(params); }
  // `params` may be nothing where the transformation does not read it.
  Updated update(const Tree& updates, const Tree& state, const Tree& params = {},
                 const ExtraArgs& extra = {}) const {
    return rep_->update(updates, state, params, extra);
  }

  friend bool operator==(const GradientTransformation&, const GradientTransformation&) = default;

 private:
  struct Rep {
    InitFn init;
    UpdateFn update;
  };
  std::shared_ptr<const Rep> rep_;
};

// Optax's names of the same: every transformation takes extra arguments and may ignore them.
using GradientTransformationExtraArgs = GradientTransformation;
using TransformInitFn = GradientTransformation::InitFn;
using TransformUpdateFn = GradientTransformation::UpdateFn;
using TransformUpdateExtraArgsFn = GradientTransformation::UpdateFn;
using Params = Tree;
using Updates = Tree;
inline GradientTransformation with_extra_args_support(GradientTransformation tx) { return tx; }

// The state of what has none: an empty dictionary.
Tree empty_state();
Tree init_empty_state(const Tree& params);

GradientTransformation identity();
GradientTransformation set_to_zero();
// f(updates, params) without state.
GradientTransformation stateless(std::function<Tree(const Tree& updates, const Tree& params)> f);
// f of each leaf; the parameter is undefined when no parameters are given.
GradientTransformation stateless_with_tree_map(
    std::function<Array(const Array& update, const Array& param)> f);
// f of each update, without state or parameters.
GradientTransformation stateless_map(std::function<Array(const Array& update)> f);

// Throws ValueError that tells to pass the parameters to update().
void require_params(const Tree& params, std::string_view who);

// params + updates, in the parameters' dtypes.
Tree apply_updates(const Tree& params, const Tree& updates);
// step_size * new + (1 - step_size) * old: Polyak averaging.
Tree incremental_update(const Tree& new_tensors, const Tree& old_tensors, const Array& step_size);
// `new_tensors` where `steps` is a multiple of the period, else `old_tensors`.
Tree periodic_update(const Tree& new_tensors, const Tree& old_tensors, const Array& steps,
                     const Array& update_period);

}  // namespace linum::optim
