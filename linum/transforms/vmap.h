// vmap: a function of one example, over a batch (jax.vmap).
#pragma once

#include <optional>

#include "linum/core/program.h"
#include "linum/core/pytree.h"
#include "linum/core/sharding.h"
#include "linum/transforms/jit.h"

namespace linum {

// Where the batch axis lies; nothing: not batched.
using AxisSpec = std::optional<std::int64_t>;

struct VmapOptions {
  std::vector<AxisSpec> in_axes;   // per argument; empty: 0 for all; one entry: for all
  std::vector<AxisSpec> out_axes;  // per result (of a tuple or list), or one for all; empty: 0
  std::string axis_name;           // for collectives inside: lax::psum(x, "batch")
  std::int64_t axis_size = -1;     // needed only when no argument is batched
  // The mesh axes, "data" or {"x", "y"}, that split the batch axis wherever the function says how
  // something is split: with_sharding_constraint, shard_map. Those may not name them themselves.
  PartitionSpec::Entry spmd_axis_name = {};
};

// Over flat lists; dims may be kNotBatched. out_dims: where to put the batch axis (kNotBatched
// refuses a result that is batched).
std::vector<Array> vmap_flat(const FlatFn& f, std::span<const Array> args,
                             std::span<const std::int64_t> in_dims,
                             const std::function<std::vector<std::int64_t>(std::size_t)>& out_dims,
                             const BatchAxis& axis);
Tree vmap_tree(const TreeFn& f, const Tree& args, const VmapOptions& options);

// The program over a batch axis of `size`: inputs marked in `batched` have it in front, and so do
// the outputs marked in out_batched (those in `force_out` always).
struct BatchedProgram {
  ProgramRef program;
  std::vector<bool> out_batched;
};
BatchedProgram batch_program(const Program&, const BatchAxis& axis,
                             const std::vector<bool>& batched,
                             const std::vector<bool>& force_out = {});

template <class F>
auto vmap(F f, VmapOptions options = {}) {
  return [f = std::move(f), options = std::move(options)]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    return from_tree<R>(
        vmap_tree(as_tree_fn<R, Args...>(f), Tree::list({to_tree(args)...}), options));
  };
}

}  // namespace linum
