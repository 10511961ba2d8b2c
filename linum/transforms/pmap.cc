#include "linum/lax/lax.h"
#include "linum/lax/sharding.h"
#include "linum/transforms/per_argument.h"
#include "linum/transforms/shard_map.h"

namespace linum {
namespace {

AxisSpec in_axis(const PmapOptions& options, std::size_t i, std::size_t count) {
  return axis_for(options.in_axes, i, count, "in_axes", "arguments", "pmap");
}

PartitionSpec split_along(const AxisSpec& axis, const std::string& name, std::int64_t rank) {
  if (!axis) return {};
  if (*axis < 0) throw ValueError(str_cat("pmap: axis ", *axis, " must count from the front"));
  const std::int64_t at = normalize_axis(*axis, rank, "pmap");
  std::vector<PartitionSpec::Entry> entries(static_cast<std::size_t>(at) + 1);
  entries.back() = name;
  return PartitionSpec(std::move(entries));
}

// The size that all mapped axes have.
std::int64_t mapped_size(const Tree& args, const PmapOptions& options) {
  std::int64_t size = -1;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const AxisSpec axis = in_axis(options, i, args.size());
    if (!axis) continue;
    for (auto& [path, x] : tree::leaves_with_path(args[i])) {
      const std::int64_t here = x.shape(*axis);
      if (size >= 0 && here != size) {
        throw ShapeError(str_cat("pmap: the mapped axes have different sizes, ", size, " and ",
                                 here, " (axis ", *axis, " of argument ", i,
                                 path.empty() ? "" : " at " + path, ", ", x.aval(), ")"));
      }
      size = here;
    }
  }
  if (size < 0) throw ValueError("pmap: no argument is mapped; give in_axes");
  return size;
}

Mesh mesh_for(const Tree& args, const PmapOptions& options) {
  const std::int64_t size = mapped_size(args, options);
  const auto& devices = options.devices.empty() ? runtime::default_device().client().local_devices()
                                                : options.devices;
  if (static_cast<std::size_t>(size) > devices.size()) {
    throw ValueError(str_cat("pmap: the mapped axis has size ", size, ", but there are ",
                             devices.size(),
                             " devices (LINUM_NUM_CPU_DEVICES sets how many a CPU "
                             "counts as)"));
  }
  return make_mesh({size}, {options.axis_name}, devices);
}

// f of one example, from and to arrays that keep the mapped axis, of size one.
Tree run_example(const TreeFn& f, const Tree& args, const PmapOptions& options) {
  Tree::List example;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const AxisSpec axis = in_axis(options, i, args.size());
    auto one = [&](const Array& x) { return axis ? lax::squeeze(x, {*axis}) : x; };
    example.push_back(tree::map(tree::MapFn(one), args[i]));
  }
  const Tree out = f(Tree::list(std::move(example)));
  const auto axes = leaf_axes(out, options.out_axes, "out_axes", "results", "pmap");
  std::vector<Array> results = tree::leaves(out);
  for (std::size_t i = 0; i < results.size(); ++i)
    if (axes[i]) results[i] = lax::expand_dims(results[i], {*axes[i]});
  return TreeDef(out).unflatten(results);
}

}  // namespace

Tree pmap_arguments(const Tree& args, const PmapOptions& options) {
  const Mesh mesh = mesh_for(args, options);
  Tree::List out;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const AxisSpec axis = in_axis(options, i, args.size());
    auto put = [&](const Array& x) {
      if (x.is_traced()) return x;
      return device_put(x, NamedSharding(mesh, split_along(axis, options.axis_name, x.ndim())));
    };
    out.push_back(tree::map(tree::MapFn(put), args[i]));
  }
  return Tree::list(std::move(out));
}

Tree pmap_tree(const TreeFn& f, const Tree& args, const PmapOptions& options) {
  ShardMapOptions sharded;
  sharded.mesh = mesh_for(args, options);
  for (std::size_t i = 0; i < args.size(); ++i) {
    const AxisSpec axis = in_axis(options, i, args.size());
    sharded.in_specs.push_back(split_along(axis, options.axis_name, INT32_MAX));
  }
  if (options.out_axes.empty()) sharded.out_specs = {split_along(0, options.axis_name, 1)};
  for (const AxisSpec& axis : options.out_axes)
    sharded.out_specs.push_back(split_along(axis, options.axis_name, INT32_MAX));
  auto one = [&](const Tree& parts) { return run_example(f, parts, options); };
  return shard_map_tree(one, args, sharded);
}

}  // namespace linum
