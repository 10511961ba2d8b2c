#include "linum/lowering/spmd.h"

#include <algorithm>

#include "linum/core/value.h"
#include "linum/runtime/compile_cache.h"
#include "linum/runtime/op_sharding.h"

namespace linum {
namespace {

using Split = Spmd::Split;

Split split_over(const Mesh& mesh, PartitionSpec spec) {
  return std::make_shared<const NamedSharding>(mesh, std::move(spec));
}

// The mesh axes, slowest first, whose coordinates are the places along a dimension; nothing when
// there are none.
std::optional<std::vector<std::string>> axes_of(const Mesh& mesh, std::int64_t parts,
                                                std::vector<std::int64_t> places) {
  std::vector<std::string> out;
  while (parts > 1) {
    auto fits = [&](std::size_t axis) {
      const std::int64_t size = mesh.shape()[axis];
      if (size == 1 || parts % size != 0) return false;
      for (std::size_t d = 0; d < places.size(); ++d)
        if (places[d] / (parts / size) != mesh.coordinate(d, axis)) return false;
      return true;
    };
    std::size_t axis = 0;
    while (axis < mesh.shape().size() && !fits(axis)) ++axis;
    if (axis == mesh.shape().size()) return std::nullopt;
    parts /= mesh.shape()[axis];
    for (std::int64_t& p : places) p %= parts;
    out.push_back(mesh.axis_names()[axis]);
  }
  return out;
}

std::optional<PartitionSpec> spec_of(const Mesh& mesh, const runtime::OpSharding& sharding) {
  std::vector<PartitionSpec::Entry> entries;
  for (std::size_t dim = 0; dim < sharding.parts.size(); ++dim) {
    std::vector<std::int64_t> places;
    for (const auto& place : sharding.place) places.push_back(place[dim]);
    auto axes = axes_of(mesh, sharding.parts[dim], std::move(places));
    if (!axes) return std::nullopt;
    entries.emplace_back(std::move(*axes));
  }
  return PartitionSpec(std::move(entries));
}

// What the compiler chose; nothing where it cannot be told, or is no split along mesh axes.
std::optional<std::vector<Split>> chosen_outputs(const runtime::Executable& executable,
                                                 const Mesh& mesh, std::size_t count) {
  const std::vector<std::string> protos = executable.output_shardings();
  if (protos.size() != count) return std::nullopt;
  std::vector<Split> out;
  for (const std::string& proto : protos) {
    auto sharding = runtime::parse_op_sharding(proto, mesh.size());
    auto spec = sharding ? spec_of(mesh, *sharding) : std::nullopt;
    if (!spec) return std::nullopt;
    out.push_back(split_over(mesh, std::move(*spec)));
  }
  return out;
}

runtime::CompileOptions options_for(const Mesh& mesh, std::size_t outputs, bool free) {
  runtime::CompileOptions out;
  out.num_partitions = static_cast<int>(mesh.size());
  out.use_spmd_partitioning = true;
  for (const runtime::Device* d : mesh.devices()) out.device_ids.push_back(d->id());
  out.free_outputs.assign(outputs, free);
  return out;
}

const std::vector<Ref<runtime::Buffer>>* shards_in_place(const Array& x,
                                                         const NamedSharding& wanted) {
  const ShardedValue* s = as_sharded(x);
  return s && s->sharding() == wanted ? &s->shards() : nullptr;
}

// Where each device of the executable stands in the mesh.
std::vector<std::size_t> mesh_places(const runtime::Executable& executable, const Mesh& mesh) {
  std::vector<std::size_t> out;
  for (const runtime::Device* d : executable.devices()) {
    auto it = std::find(mesh.devices().begin(), mesh.devices().end(), d);
    out.push_back(static_cast<std::size_t>(it - mesh.devices().begin()));
  }
  return out;
}

}  // namespace

Placement placement_of(std::span<const Array> args) {
  Placement out;
  for (const Array& x : args) {
    const ShardedValue* s = as_sharded(x);
    if (!s) continue;
    if (out.mesh.empty()) out.mesh = s->sharding().mesh();
    if (!(out.mesh == s->sharding().mesh())) {
      throw ValueError(str_cat("arguments lie on two meshes, ", out.mesh.to_string(), " and ",
                               s->sharding().mesh().to_string(), "; put them on one (device_put)"));
    }
  }
  if (out.mesh.empty()) return out;
  for (const Array& x : args) {
    const ShardedValue* s = as_sharded(x);
    out.specs.push_back(s ? s->sharding().spec() : PartitionSpec());
  }
  return out;
}

std::string placement_key(std::span<const Array> args) {
  std::string out;
  for (std::size_t i = 0; i < args.size(); ++i)
    if (const ShardedValue* s = as_sharded(args[i]))
      out += str_cat(i, s->sharding().mesh().key(), s->sharding().spec().to_string());
  return out;
}

CompiledProgram compile_spmd(const Program& program, const LowerOptions& options) {
  const Mesh& mesh = options.mesh;
  runtime::Client& client = mesh.devices()[0]->client();
  LoweredModule module = lower_module(program, options);
  auto compile = [&](bool free) {
    const runtime::CompileOptions how = options_for(mesh, program.outputs.size(), free);
    return module.callbacks.empty() ? runtime::compile_cached(client, module.text, how)
                                    : client.compile(module.text, how);
  };
  auto spmd = std::make_shared<Spmd>();
  spmd->mesh = mesh;
  for (const PartitionSpec& spec : options.in_specs) spmd->in.push_back(split_over(mesh, spec));
  const std::size_t count = program.outputs.size();
  auto executable = compile(true);
  auto chosen = chosen_outputs(*executable, mesh, count);
  if (!chosen) {  // then every device gets whole results
    executable = compile(false);
    chosen = std::vector<Split>(count, split_over(mesh, {}));
  }
  spmd->out = std::move(*chosen);
  return {std::move(executable),
          program.output_avals(),
          nullptr,
          std::move(spmd),
          std::move(module.callbacks),
          (program.effects() & kOrderedEffect) != 0};
}

std::vector<Array> run_spmd(const CompiledProgram& program, std::span<const Array> args) {
  runtime::Executable& executable = *program.executable;
  const Spmd& spmd = *program.spmd;
  const std::vector<std::size_t> places = mesh_places(executable, spmd.mesh);
  std::vector<std::vector<runtime::Buffer*>> inputs(places.size());
  std::vector<Array> moved;  // held until the call has started
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto* shards = shards_in_place(args[i], *spmd.in[i]);
    if (!shards) {
      moved.push_back(move_to_memory(split_array(args[i], spmd.in[i]), args[i].memory()));
      shards = &as_sharded(moved.back())->shards();
    }
    for (std::size_t d = 0; d < places.size(); ++d) inputs[d].push_back((*shards)[places[d]].get());
  }
  auto results =
      program.callbacks.empty()
          ? executable.execute_sharded(inputs)
          : runtime::execute_with_callbacks(executable, inputs, program.callbacks, program.ordered);
  std::vector<Array> out;
  for (std::size_t i = 0; i < program.outputs.size(); ++i) {
    std::vector<Ref<runtime::Buffer>> shards(places.size());
    for (std::size_t d = 0; d < places.size(); ++d) shards[places[d]] = std::move(results[d][i]);
    out.emplace_back(
        Ref<Value>(new ShardedValue(program.outputs[i], spmd.out[i], std::move(shards))));
  }
  return out;
}

}  // namespace linum
