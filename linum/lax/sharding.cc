#include "linum/lax/sharding.h"

#include <algorithm>

#include "linum/core/trace.h"
#include "linum/core/value.h"
#include "linum/lax/families.h"

namespace linum {
namespace {

using Split = std::shared_ptr<const NamedSharding>;

class ShardingConstraint final : public Primitive {
 public:
  explicit ShardingConstraint(NamedSharding sharding) : sharding_(std::move(sharding)) {}
  std::string_view name() const override { return "sharding_constraint"; }
  void params(ParamSink& sink) const override {
    sink("mesh", sharding_.mesh().key());
    sink("spec", sharding_.spec().to_string());
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    sharding_.shard_shape(operands[0].shape());
    return {operands[0]};
  }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    Ref<const Primitive> self(this);
    return {{bind1(self, primals)}, {bind1(self, tangents)}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand>) const override {
    return {bind1(Ref<const Primitive>(this), cts)};
  }
  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    const auto dim = static_cast<std::size_t>(dims[0]);
    NamedSharding wider(sharding_.mesh(), sharding_.spec().with_dimension(dim, batch_entry(axis)));
    return {{bind1<ShardingConstraint>({operands[0]}, std::move(wider))}, {dims[0]}};
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    check_automatic(e);
    return {e.op1("sdy.sharding_constraint", operands,
                  "sharding = " + e.sharding(sharding_, results[0].rank()), results[0])};
  }

 private:
  // Inside a shard_map a device has its part along the manual axes; the others split that part.
  void check_automatic(const Emitter& e) const {
    if (e.manual_mesh().empty()) return;
    if (e.is_fully_manual()) {
      throw ValueError("with_sharding_constraint inside shard_map: each device has its part there");
    }
    for (const std::string& axis : e.manual_axes()) {
      if (!sharding_.spec().mentions(axis)) continue;
      throw ValueError(
          str_cat("with_sharding_constraint: ", sharding_.spec().to_string(), " names axis '", axis,
                  "', which is manual in the shard_map around; the automatic axes are free"));
    }
  }
  // How the batch axis is split.
  PartitionSpec::Entry batch_entry(const BatchAxis& axis) const {
    if (axis.spmd_axis_name.empty()) return PartitionSpec::Entry::unconstrained();
    lax::check_spmd_axes_unused(axis, sharding_.spec(), "the spec of with_sharding_constraint");
    return PartitionSpec::Entry(axis.spmd_axis_name);
  }
  NamedSharding sharding_;
};

Array on_one_device(Aval aval, const Ref<runtime::Buffer>& buffer) {
  return Array(Ref<Value>(new DeviceValue(std::move(aval), buffer)));
}

}  // namespace

std::optional<NamedSharding> sharding_of(const Array& x) {
  if (const ShardedValue* s = as_sharded(x)) return s->sharding();
  if (x.is_traced()) {
    throw ConcretizationError(
        "the sharding of a traced value is the compiler's: inside jit, say "
        "it with lax::with_sharding_constraint");
  }
  return std::nullopt;
}

std::vector<Shard> addressable_shards(const Array& x) {
  const ShardedValue* s = as_sharded(x);
  if (!s) {
    const Ref<runtime::Buffer> buffer = buffer_of(x);
    return {{&buffer->device(), std::vector<std::int64_t>(x.shape().size()), 0, x}};
  }
  std::vector<Shard> out;
  for (std::size_t i = 0; i < s->shards().size(); ++i) {
    const Ref<runtime::Buffer>& part = s->shards()[i];
    std::vector<std::int64_t> start = s->sharding().shard_start(x.shape(), i);
    const int replica = static_cast<int>(std::count_if(
        out.begin(), out.end(), [&](const Shard& other) { return other.start == start; }));
    out.push_back({&part->device(), std::move(start), replica,
                   on_one_device(x.aval().with_shape(part->shape()), part)});
  }
  return out;
}

Array device_put(const Array& x, const NamedSharding& sharding) {
  if (x.is_traced()) return lax::with_sharding_constraint(x, sharding);
  if (const ShardedValue* s = as_sharded(x); s && s->sharding() == sharding) return x;
  return split_array(x, std::make_shared<const NamedSharding>(sharding));
}
Tree device_put(const Tree& x, const NamedSharding& sharding) {
  return tree::map([&](const Array& leaf) { return device_put(leaf, sharding); }, x);
}
Array device_put(const Array& x, const PartitionSpec& spec) {
  return device_put(x, NamedSharding(current_mesh(), spec));
}
Array reshard(const Array& x, const NamedSharding& sharding) { return device_put(x, sharding); }
Array reshard(const Array& x, const PartitionSpec& spec) { return device_put(x, spec); }

Array make_array_from_callback(const Shape& shape, const NamedSharding& sharding,
                               const ShardFn& part) {
  const Shape part_shape = sharding.shard_shape(shape);
  std::vector<Array> parts;
  for (std::size_t i = 0; i < sharding.mesh().devices().size(); ++i) {
    const HostArray data = part(sharding.shard_start(shape, i), part_shape);
    parts.push_back(Array::from_host(data, *sharding.mesh().devices()[i]));
  }
  return make_array_from_single_device_arrays(shape, sharding, parts);
}

static void check_part(const Array& part, const Shape& shape, const runtime::Device& device,
                       std::size_t i) {
  if (part.shape() != shape) {
    throw ShapeError(str_cat("make_array_from_single_device_arrays: part ", i, " is ", part.aval(),
                             ", its device's share has shape ", to_text(shape)));
  }
  const DeviceValue* d = as_device(part);
  if (!d || &d->buffer()->device() != &device) {
    throw ValueError(str_cat("make_array_from_single_device_arrays: part ", i, " does not lie on ",
                             device.description()));
  }
}

Array make_array_from_single_device_arrays(const Shape& shape, const NamedSharding& sharding,
                                           const std::vector<Array>& parts) {
  const auto& devices = sharding.mesh().devices();
  if (parts.size() != devices.size()) {
    throw ValueError(str_cat("make_array_from_single_device_arrays: ", parts.size(),
                             " parts for the ", devices.size(), " devices of ",
                             sharding.mesh().to_string()));
  }
  const Shape part_shape = sharding.shard_shape(shape);
  std::vector<Ref<runtime::Buffer>> shards;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    check_part(parts[i], part_shape, *devices[i], i);
    shards.push_back(buffer_of(parts[i]));
  }
  return Array(Ref<Value>(new ShardedValue(parts[0].aval().with_shape(shape),
                                           std::make_shared<const NamedSharding>(sharding),
                                           std::move(shards))));
}

Array make_array_from_process_local_data(const NamedSharding& sharding, const HostArray& data) {
  return make_array_from_callback(data.shape(), sharding,
                                  [&](const std::vector<std::int64_t>& start, const Shape& shape) {
                                    return read_part(data, start, shape);
                                  });
}

namespace lax {

void check_spmd_axes_unused(const BatchAxis& axis, const PartitionSpec& spec,
                            std::string_view where) {
  for (const std::string& name : axis.spmd_axis_name) {
    if (!spec.mentions(name)) continue;
    throw ValueError(str_cat("vmap: spmd_axis_name '", name,
                             "' splits the batch axis, so it cannot appear in ", where, ", ",
                             spec.to_string()));
  }
}

Array with_sharding_constraint(const Array& x, const NamedSharding& sharding) {
  if (!x.is_traced() && evaluating()) return device_put(x, sharding);
  return bind1<ShardingConstraint>({x}, sharding);
}
Array with_sharding_constraint(const Array& x, const PartitionSpec& spec) {
  return with_sharding_constraint(x, NamedSharding(current_mesh(), spec));
}
Tree with_sharding_constraint(const Tree& x, const NamedSharding& sharding) {
  return tree::map([&](const Array& leaf) { return with_sharding_constraint(leaf, sharding); }, x);
}

}  // namespace lax
}  // namespace linum
