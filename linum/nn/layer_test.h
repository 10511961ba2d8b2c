// For the tests of layers: inputs, and arrays compared number by number.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "linum/base/testing.h"
#include "linum/nn/module_testlib.h"
#include "linum/np/np.h"
#include "linum/random/random.h"

namespace linum::nn {

inline const Initializer kOnes = initializers::ones;

// 1, 2, 3, ... in this shape.
inline Array counting(const Shape& shape) {
  return np::reshape(np::arange(1.0, static_cast<double>(element_count(shape)) + 1), shape);
}

inline bool close(float actual, float expected, float tolerance) {
  if (std::isnan(expected)) return std::isnan(actual);
  if (std::isinf(expected)) return actual == expected;
  return std::abs(actual - expected) <= tolerance * std::max(1.0f, std::abs(expected));
}

// Floats equal within `tolerance`, relative above 1. NaN equals NaN.
inline void expect_values(const Array& actual, const Shape& shape,
                          const std::vector<float>& expected, float tolerance = 1e-6f) {
  ASSERT_EQ(actual.shape(), shape);
  std::vector<float> got = np::astype(actual, float32).to_vector<float>();
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_TRUE(close(got[i], expected[i], tolerance))
        << "element " << i << ": expected " << expected[i] << ", got " << got[i];
  }
}
// Of one dimension.
inline void expect_values(const Array& actual, const std::vector<float>& expected) {
  expect_values(actual, {static_cast<std::int64_t>(expected.size())}, expected);
}

}  // namespace linum::nn
