// Splits, constraints, shard_map and pmap, on a CPU that counts as eight devices.
#include <cstdlib>

#include "linum/lax/lax.h"
#include "linum/lax/sharding.h"
#include "linum/np/np.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/shard_map.h"
#include "parity_testlib.h"

namespace linum::parity {
namespace {

[[maybe_unused]] const int kDevices = setenv("LINUM_NUM_CPU_DEVICES", "8", 1);

Mesh grid() { return make_mesh({4, 2}, {"data", "model"}); }
NamedSharding on_grid(PartitionSpec spec) { return {grid(), std::move(spec)}; }
Array sum(Array x) { return lax::reduce_sum(x, iota_axes(x.ndim())); }

// What each device holds, in the mesh's order.
Array parts(const Array& x) {
  std::vector<Array> out;
  for (const Shard& s : addressable_shards(x)) out.push_back(Array::from_host(s.data.to_host()));
  return np::stack(out);
}

PARITY_EAGER("jax.NamedSharding", "looks at the parts", [](const Tree& in) {
  return parts(device_put(in[0].array(), on_grid(P{"data", "model"})));
});
PARITY_EAGER("jax.P:two_axes", "looks at the parts", [](const Tree& in) {
  return parts(device_put(in[0].array(), on_grid(P{{"model", "data"}})));
});
PARITY_EAGER("jax.P:replicated", "looks at the parts", [](const Tree& in) {
  return parts(device_put(in[0].array(), on_grid(P{nullptr, "model"})));
});
PARITY_EAGER("jax.Array", "computes operation by operation on all devices", [](const Tree& in) {
  Array x = device_put(in[0].array(), on_grid(P{"data", "model"}));
  return lax::tanh(x) * 2.0f + 1.0f;
});
PARITY_EAGER("jax.reshard", "looks at the parts", [](const Tree& in) {
  Array x = device_put(in[0].array(), on_grid(P{"data", "model"}));
  return parts(reshard(x, on_grid(P{"model"})));
});
PARITY_EAGER("jax.make_array_from_callback", "reads numbers", [](const Tree& in) {
  const HostArray data = in[0].array().to_host();
  auto part = [&](const std::vector<std::int64_t>& start, const Shape& shape) {
    return read_part(data, start, shape);
  };
  return parts(make_array_from_callback(data.shape(), on_grid(P{"data", "model"}), part));
});
PARITY_EAGER("jax.make_array_from_process_local_data", "reads numbers", [](const Tree& in) {
  return parts(
      make_array_from_process_local_data(on_grid(P{"data", "model"}), in[0].array().to_host()));
});
PARITY_EAGER("jax.make_array_from_single_device_arrays", "transfers", [](const Tree& in) {
  const NamedSharding one(make_mesh({8}, {"i"}), P{"i"});
  std::vector<Array> rows;
  for (std::int64_t i = 0; i < 8; ++i) {
    Array row = lax::slice_in_dim(in[0].array(), i, i + 1);
    rows.push_back(
        Array::from_host(row.to_host(), *one.mesh().devices()[static_cast<std::size_t>(i)]));
  }
  return make_array_from_single_device_arrays(in[0].array().shape(), one, rows) * 2.0f;
});

PARITY("lax.with_sharding_constraint", [](const Tree& in) {
  Array v = lax::with_sharding_constraint(lax::sin(in[0].array()), on_grid(P{"data"}));
  return lax::with_sharding_constraint(lax::dot(v, in[1].array()), on_grid(P{"data", "model"}));
});
PARITY("jax.set_mesh", [](const Tree& in) {
  set_mesh scope(grid());
  return lax::with_sharding_constraint(lax::exp(in[0].array()) * 2.0f, P{"data"});
});

PARITY("jax.shard_map", [](const Tree& in) {
  auto partial_products = [](Array v, Array w) {
    return lax::psum(lax::sin(lax::dot(v, w)), "model") *
           lax::convert_element_type(lax::axis_index("data"), DType::F32);
  };
  ShardMapOptions options{grid(), {P{"data", "model"}, P{"model"}}, {P{"data"}}};
  return shard_map(partial_products, options)(in[0].array(), in[1].array());
});
auto normalized() {
  auto f = [](Array v) { return v / lax::sqrt(lax::pmean(np::mean(v * v), "data")); };
  return shard_map(f, {grid(), {P{"data"}}, {P{"data"}}});
}
PARITY("jax.shard_map:grad", [](const Tree& in) {
  return grad([](Array v) { return sum(lax::cos(normalized()(v))); })(in[0].array());
});
PARITY("jax.shard_map:vmap", [](const Tree& in) { return vmap(normalized())(in[0].array()); });
PARITY("jax.smap", [](const Tree& in) {
  set_mesh scope(make_mesh({8}, {"i"}));
  return smap([](Array y) { return y - lax::pmean(y, "i"); }, {0}, {0}, "i")(in[0].array());
});

PARITY("jax.vmap:spmd_axis_name", [](const Tree& in) {
  auto constrained = [](Array v) {
    return lax::with_sharding_constraint(lax::sin(v), on_grid(P{"model"}));
  };
  return vmap(constrained, {.spmd_axis_name = "data"})(in[0].array());
});
PARITY("jax.shard_map:spmd_axis_name", [](const Tree& in) {
  auto f = [](Array v) { return v / lax::sqrt(lax::pmean(np::mean(v * v), "model")); };
  auto split = shard_map(f, {grid(), {P{"model"}}, {P{"model"}}});
  return vmap(split, {.spmd_axis_name = "data"})(in[0].array());
});
PARITY("jax.shard_map:axis_names", [](const Tree& in) {
  auto layer = [](Array v, Array w) {
    w = lax::with_sharding_constraint(w, on_grid(P{nullptr, "model"}));
    return lax::tanh(lax::dot(v, w)) * lax::pmean(np::sum(v), "data") +
           lax::convert_element_type(lax::axis_index("data"), DType::F32);
  };
  ShardMapOptions options{grid(), {P{"data"}, P{}}, {P{"data"}}, {"data"}};
  return shard_map(layer, options)(in[0].array(), in[1].array());
});

// f on four devices, each with its rows.
template <class F>
auto on_rows(F f, PartitionSpec out) {
  return [f, out](const Tree& in) {
    return Tree(shard_map(f, {make_mesh({4}, {"i"}), {P{"i"}}, {out}})(in[0].array()));
  };
}
PARITY("lax.psum:devices", on_rows([](Array v) { return lax::psum(lax::sin(v), "i"); }, P{}));
PARITY("lax.pmax:devices", on_rows([](Array v) { return lax::pmax(v, "i"); }, P{}));
PARITY("lax.pmin:devices", on_rows([](Array v) { return lax::pmin(v, "i"); }, P{}));
PARITY("lax.all_gather:devices",
       on_rows([](Array v) { return lax::all_gather(v * v, "i", 1); }, P{}));
PARITY("lax.psum_scatter:devices",
       on_rows([](Array v) { return lax::psum_scatter(lax::sin(v), "i", 1, true); },
               P{nullptr, "i"}));
PARITY("lax.all_to_all:devices",
       on_rows([](Array v) { return lax::all_to_all(v * v, "i", 1, 0, true); }, P{nullptr, "i"}));
PARITY("lax.ppermute:devices", on_rows(
                                   [](Array v) {
                                     return lax::ppermute(v * v, "i", {{0, 1}, {1, 3}, {3, 0}});
                                   },
                                   P{"i"}));

PARITY("jax.pmap", [](const Tree& in) {
  auto step = [](Array v, Array w) {
    return std::tuple{v * lax::psum(lax::sin(v), "batch") + w, lax::pmean(v, "batch")};
  };
  return pmap(step, {.axis_name = "batch", .in_axes = {0, std::nullopt}})(in[0].array(),
                                                                          in[1].array());
});
PARITY("jax.pmap:axes", [](const Tree& in) {
  return pmap([](Array v) { return np::cumsum(v); },
              {.in_axes = {1}, .out_axes = {1}})(in[0].array());
});

}  // namespace
}  // namespace linum::parity
