// Arrays in the host's memory, which is larger and farther than the device's own.
#pragma once

#include "linum/core/devices.h"

namespace linum {

// x in that memory of its devices (jax.device_put with a jax.memory.Space). Of a traced value: the
// compiler moves it there, where the platform has such memories; results that are in the host's
// memory stay there. Throws ValueError for a device that has no such memory.
Array device_put(const Array& x, MemorySpace memory);
template <detail::IsTree T>
T device_put(const T& x, MemorySpace memory) {
  return from_tree<T>(tree::map([&](const Array& a) { return device_put(a, memory); }, to_tree(x)));
}

}  // namespace linum
