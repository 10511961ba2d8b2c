// Small operands for tests.
#pragma once

#include "linum/base/testing.h"
#include "linum/lax/structure.h"

namespace linum {

// 0, 1, 2, ... as float32 of this shape.
inline Array ramp(Shape shape) {
  std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return Array::of<float>(std::move(shape), values);
}
inline Array floats(Shape shape, const std::vector<float>& values) {
  return Array::of<float>(std::move(shape), values);
}
inline Array scalar(float value) { return floats({}, {value}); }
inline Array ints(Shape shape, const std::vector<std::int32_t>& values) {
  return Array::of<std::int32_t>(std::move(shape), values);
}

}  // namespace linum
