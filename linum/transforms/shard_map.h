// shard_map and pmap: one function on the part of each device, with collectives between them.
#pragma once

#include <memory>
#include <vector>

#include "linum/core/pytree.h"
#include "linum/core/sharding.h"
#include "linum/transforms/jit.h"
#include "linum/transforms/vmap.h"

namespace linum {

struct ShardMapOptions {
  Mesh mesh;                            // empty: that of set_mesh
  std::vector<PartitionSpec> in_specs;  // per argument, of all its leaves; one entry: for all
  // Per result (of a tuple or list), or one for all. A result whose spec leaves out a mesh axis
  // must be the same on all devices along it.
  std::vector<PartitionSpec> out_specs;
  // The mesh axes along which a device has its part, which are those that specs and collectives may
  // name; empty: all. Over the others f is an ordinary function, which the compiler splits as it
  // likes, or as with_sharding_constraint says.
  std::vector<std::string> axis_names = {};
};

Tree shard_map_tree(const TreeFn& f, const Tree& args, const ShardMapOptions& options);

// jax.shard_map. Each device calls f with its parts of the arguments; the results are parts of the
// result. Inside, collectives (lax::psum, ...) name the mesh's axes. Values that f captures are
// whole on every device. Throws ShapeError where a dimension does not divide evenly.
template <class F>
auto shard_map(F f, ShardMapOptions options) {
  return [f = std::move(f), options = std::move(options)]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    return from_tree<R>(
        shard_map_tree(as_tree_fn<R, Args...>(f), Tree::list({to_tree(args)...}), options));
  };
}

struct PmapOptions {
  std::string axis_name = "devices";
  std::vector<AxisSpec> in_axes = {};          // as in VmapOptions; none: whole on every device
  std::vector<AxisSpec> out_axes = {};         // none: the same on every device
  std::vector<runtime::Device*> devices = {};  // empty: those of the default client
};

// f over the mapped axes, whose size is the number of devices used; each device computes one
// example.
Tree pmap_tree(const TreeFn& f, const Tree& args, const PmapOptions& options);
// The mapped arguments split over the devices, where they are not yet.
Tree pmap_arguments(const Tree& args, const PmapOptions& options);

// jax.pmap: as vmap, each example on its own device, compiled as by jit.
template <class F>
auto pmap(F f, PmapOptions options = {}) {
  auto mapped = [f, options]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    return from_tree<R>(
        pmap_tree(as_tree_fn<R, Args...>(f), Tree::list({to_tree(args)...}), options));
  };
  return [run = jit(std::move(mapped), {.name = "pmap"}),
          options]<class... Args>(const Args&... args) {
    const Tree placed = pmap_arguments(Tree::list({to_tree(args)...}), options);
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return run(from_tree<Args>(placed[I])...);
    }
    (std::index_sequence_for<Args...>());
  };
}

// jax.smap: shard_map along one mesh axis, with axis numbers in place of specs.
template <class F>
auto smap(F f, std::vector<AxisSpec> in_axes, std::vector<AxisSpec> out_axes,
          std::string axis_name) {
  return [f = std::move(f), in_axes = std::move(in_axes), out_axes = std::move(out_axes),
          axis_name = std::move(axis_name)]<class... Args>(const Args&... args) {
    ShardMapOptions options;
    options.axis_names = {axis_name};
    auto spec = [&](const AxisSpec& axis) {
      if (!axis) return PartitionSpec();
      std::vector<PartitionSpec::Entry> entries(static_cast<std::size_t>(*axis) + 1);
      entries.back() = axis_name;
      return PartitionSpec(std::move(entries));
    };
    for (const AxisSpec& a : in_axes) options.in_specs.push_back(spec(a));
    for (const AxisSpec& a : out_axes) options.out_specs.push_back(spec(a));
    return shard_map(f, std::move(options))(args...);
  };
}

}  // namespace linum
