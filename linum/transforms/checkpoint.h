// checkpoint (remat): keep less for the backward pass, compute it again there (jax.checkpoint).
#pragma once

#include <optional>

#include "linum/core/pytree.h"
#include "linum/transforms/jit.h"

namespace linum {

// Where a result waits for the backward pass: what is computed in the memory `src` is kept in
// `dst`.
struct Offload {
  MemorySpace src, dst;
};

// Which intermediate results the backward pass may keep; the rest is computed again from them and
// from the arguments.
struct CheckpointPolicy {
  std::string name;  // equal names, equal policies
  std::function<bool(const Primitive&)> saveable;
  // Of what is not saveable: which results are kept in another memory, if any.
  std::function<std::optional<Offload>(const Primitive&)> offloadable = {};
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
// Throws ValueError for policies that offload: what should win is not said.
CheckpointPolicy save_from_both_policies(const CheckpointPolicy& a, const CheckpointPolicy& b);

// Those that offload: the forward pass moves these results to the memory offload_dst, and the
// backward pass moves them back. Inside a loop each step moves its own. The memories are named
// "device" and "pinned_host"; others throw ValueError.
struct SaveAndOffloadNames {
  std::vector<std::string> names_which_can_be_saved, names_which_can_be_offloaded;
  std::string offload_src, offload_dst;
};
// Throws ValueError for a name that is in both lists.
CheckpointPolicy save_and_offload_only_these_names(const SaveAndOffloadNames& options);
CheckpointPolicy offload_dot_with_no_batch_dims(const std::string& offload_src,
                                                const std::string& offload_dst);
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
