// Numbers in float64, and derivatives against finite differences, for tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "linum/lax/compare_test.h"
#include "linum/np/operators.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/jit.h"

namespace linum::special {

inline Array doubles(const std::vector<double>& values) {
  return Array::of<double>({static_cast<std::int64_t>(values.size())}, values);
}

// The derivative of f at x against its finite difference.
template <class F>
void expect_derivative(F f, double x, double tolerance = 1e-6) {
  const Array at = Array::of<double>({}, {x});
  const double h = 1e-5, slope = jit(grad(f))(at).template item<double>();
  const auto compiled = jit(f);
  const double rise = (compiled(at + h) - compiled(at - h)).template item<double>();
  EXPECT_NEAR(slope, rise / (2 * h), tolerance * std::max(1.0, std::abs(slope))) << "at " << x;
}

}  // namespace linum::special
