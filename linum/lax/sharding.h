// Arrays over many devices (jax.device_put, jax.lax.with_sharding_constraint,
// jax.make_array_from_*).
#pragma once

#include <functional>
#include <optional>

#include "linum/core/pytree.h"
#include "linum/core/sharding.h"
#include "linum/runtime/client.h"

namespace linum {

// A part of an array that lies on one device.
struct Shard {
  runtime::Device* device;
  std::vector<std::int64_t> start;  // where it begins in the whole array
  int replica;                      // 0 for the first device that holds this part
  Array data;
};
// The parts on this process's devices, in the mesh's order; one for an array on one device.
std::vector<Shard> addressable_shards(const Array& x);
// How `x` is split; nothing for an array on one device. Throws ConcretizationError inside
// transforms: there the compiler decides.
std::optional<NamedSharding> sharding_of(const Array& x);

// `x` split over the sharding's devices; operations on it then run on all of them. Inside jit: as
// with_sharding_constraint. Throws ShapeError when a dimension does not divide evenly.
Array device_put(const Array& x, const NamedSharding& sharding);
Tree device_put(const Tree& x, const NamedSharding& sharding);
template <IsTree T>  // all arrays of a struct, tuple, vector, ...
T device_put(const T& x, const NamedSharding& sharding) {
  return from_tree<T>(device_put(to_tree(x), sharding));
}
// Over the mesh of set_mesh.
Array device_put(const Array& x, const PartitionSpec& spec);
Array reshard(const Array& x, const NamedSharding& sharding);
Array reshard(const Array& x, const PartitionSpec& spec);

// `part(start, shape)` gives the data of each device's part.
using ShardFn =
    std::function<HostArray(const std::vector<std::int64_t>& start, const Shape& shape)>;
Array make_array_from_callback(const Shape& shape, const NamedSharding& sharding,
                               const ShardFn& part);
// From one array on each device of the mesh, in its order; throws ShapeError or ValueError when
// their shapes or devices do not fit.
Array make_array_from_single_device_arrays(const Shape& shape, const NamedSharding& sharding,
                                           const std::vector<Array>& parts);
// This process's part of the data; with one process, all of it.
Array make_array_from_process_local_data(const NamedSharding& sharding, const HostArray& data);

namespace lax {

// The same values, which the compiler must split in this way (dimensions whose entry is
// P::Entry::unconstrained() as it likes). Differentiable, over the same split.
Array with_sharding_constraint(const Array& x, const NamedSharding& sharding);
Array with_sharding_constraint(const Array& x, const PartitionSpec& spec);
Tree with_sharding_constraint(const Tree& x, const NamedSharding& sharding);
template <IsTree T>
T with_sharding_constraint(const T& x, const NamedSharding& sharding) {
  return from_tree<T>(with_sharding_constraint(to_tree(x), sharding));
}

}  // namespace lax
}  // namespace linum
