#include "linum/transforms/shard_map.h"

#include "linum/transforms/constant.h"
#include "linum/transforms/per_argument.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/shard_map_primitive.h"

namespace linum {
namespace {

// In the mesh's order; those of shard_maps around are manual already.
std::vector<std::string> manual_axes(const Mesh& mesh, const std::vector<std::string>& wanted) {
  for (const std::string& axis : wanted) mesh.axis(axis);
  std::vector<std::string> out;
  for (const std::string& axis : mesh.axis_names()) {
    const bool named = contains(wanted, axis);
    if ((wanted.empty() || named) && !is_manual_around(axis)) out.push_back(axis);
  }
  if (out.empty()) {
    throw ValueError(str_cat("shard_map: the axes of ", mesh.to_string(),
                             " are manual already in the shard_map around"));
  }
  return out;
}

void check_manual(const Specs& specs, const Mesh& mesh, const std::vector<std::string>& axes,
                  std::string_view option) {
  for (const PartitionSpec& spec : specs) {
    for (const std::string& axis : mesh.axis_names()) {
      const bool manual = contains(axes, axis);
      if (manual || !spec.mentions(axis)) continue;
      throw ValueError(str_cat("shard_map: ", option, " entry ", spec.to_string(), " names axis '",
                               axis, "', but it makes manual only: ", join(axes, ", ")));
    }
  }
}

std::vector<Aval> part_avals(std::span<const Array> args, const Mesh& mesh, const Specs& specs) {
  std::vector<Aval> out;
  for (std::size_t i = 0; i < args.size(); ++i)
    out.push_back(
        args[i].aval().with_shape(NamedSharding(mesh, specs[i]).shard_shape(args[i].shape())));
  return out;
}

}  // namespace

Tree shard_map_tree(const TreeFn& f, const Tree& args, const ShardMapOptions& options) {
  const Mesh& mesh = options.mesh.empty() ? current_mesh() : options.mesh;
  const std::vector<std::string> axes = manual_axes(mesh, options.axis_names);
  check_manual(options.in_specs, mesh, axes, "in_specs");
  check_manual(options.out_specs, mesh, axes, "out_specs");
  auto [leaves, structure] = tree::flatten(args);
  Specs in = leaf_entries(args, options.in_specs, "in_specs", "arguments", "shard_map");
  Tree out_tree;
  TracedProgram traced = [&, &in_structure = structure, &arrays = leaves] {
    ManualAxesScope scope(mesh, axes);
    return trace_program(
        [&](std::span<const Array> x) {
          out_tree = f(in_structure.unflatten(x));
          return tree::leaves(out_tree);
        },
        part_avals(arrays, mesh, in));
  }();
  in.insert(in.begin(), traced.captured.size(), PartitionSpec());
  const Specs out = leaf_entries(out_tree, options.out_specs, "out_specs", "results", "shard_map");
  std::vector<Array> operands = traced.captured;
  append(operands, leaves);
  Ref<const Primitive> p(new ShardMap(traced.program, mesh, axes, in, out));
  return TreeDef(out_tree).unflatten(linum::bind(p, operands));
}

}  // namespace linum
