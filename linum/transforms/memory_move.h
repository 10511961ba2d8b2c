// Arrays in a device's other memories: "device" (its own), "pinned_host" and "unpinned_host".
#pragma once

#include <string>

#include "linum/core/array.h"

namespace linum {

// x, which lies in the memory `src`, in `dst`: jax.device_put by memory kind, inside programs. The
// compiler moves it where the platform has such memories; on the CPU, whose memories are one, and
// outside jit nothing moves.
Array move_to_memory(const Array& x, const std::string& src, const std::string& dst);

}  // namespace linum
