// For tests of programs on many devices: a CPU that counts as eight, and a mesh of them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

#include "linum/linum.h"

namespace linum {

[[maybe_unused]] inline const int kDevices = setenv("LINUM_NUM_CPU_DEVICES", "8", 1);

inline Mesh grid() { return make_mesh({4, 2}, {"data", "model"}); }
inline NamedSharding on_grid(PartitionSpec spec) { return {grid(), std::move(spec)}; }

// 0, 1, 2, ...
inline Array ramp(Shape shape) {
  std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return Array::of<float>(std::move(shape), values);
}
inline std::vector<float> floats(const Array& x) { return x.to_vector<float>(); }

// Also of arrays that are split differently.
inline void expect_close(const Array& a, const Array& b) {
  EXPECT_TRUE(
      np::allclose(Array::from_host(a.to_host()), Array::from_host(b.to_host())).item<bool>())
      << a << "\n"
      << b;
}

}  // namespace linum
