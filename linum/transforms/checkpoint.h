// checkpoint (remat): keep less for the backward pass, compute it again there (jax.checkpoint).
#pragma once

#include "linum/core/pytree.h"
#include "linum/transforms/jit.h"

namespace linum {

// Which intermediate results the backward pass may keep; the rest is computed again from them and
// from the arguments.
struct CheckpointPolicy {
  std::string name;  // equal names, equal policies
  std::function<bool(const Primitive&)> saveable;
};

// jax.checkpoint_policies
namespace checkpoint_policies {
CheckpointPolicy everything_saveable();
CheckpointPolicy nothing_saveable();  // the default
CheckpointPolicy dots_saveable();     // results of dot_general and convolutions
CheckpointPolicy checkpoint_dots();   // the same
CheckpointPolicy dots_with_no_batch_dims_saveable();
CheckpointPolicy checkpoint_dots_with_no_batch_dims();  // the same
// What checkpoint_name named.
CheckpointPolicy save_only_these_names(const std::vector<std::string>& names);
CheckpointPolicy save_any_names_but_these(const std::vector<std::string>& names);
CheckpointPolicy save_anything_except_these_names(const std::vector<std::string>& names);
CheckpointPolicy save_from_both_policies(const CheckpointPolicy& a, const CheckpointPolicy& b);
}  // namespace checkpoint_policies

struct CheckpointOptions {
  CheckpointPolicy policy = checkpoint_policies::nothing_saveable();
  // Keeps the compiler from merging the second computation with the first, which would undo the
  // saving. False is faster inside scan, where that cannot happen.
  bool prevent_cse = true;
};

// x itself, under a name that policies know (jax.ad_checkpoint.checkpoint_name).
Array checkpoint_name(const Array& x, std::string_view name);
Tree checkpoint_name(const Tree& x, std::string_view name);

Tree checkpoint_tree(const TreeFn& f, const Tree& args, const CheckpointOptions& options);

// f, whose derivative keeps only what the policy lets it. Results are the same.
template <class F>
auto checkpoint(F f, CheckpointOptions options = {}) {
  return [f = std::move(f), options = std::move(options)]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    return from_tree<R>(
        checkpoint_tree(as_tree_fn<R, Args...>(f), Tree::list({to_tree(args)...}), options));
  };
}
template <class F>
auto remat(F f, CheckpointOptions options = {}) {
  return checkpoint(std::move(f), std::move(options));
}

}  // namespace linum
