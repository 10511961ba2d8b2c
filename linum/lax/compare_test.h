// Comparing arrays in any test.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <string>
#include <vector>

#include "linum/lax/arithmetic.h"

namespace linum {

// The elements of x, in order, as complex numbers.
inline std::vector<std::complex<double>> numbers_of(const Array& x) {
  HostArray host =
      lax::convert_element_type(x, is_complex(x.dtype()) ? DType::C128 : x.dtype()).to_host();
  std::vector<std::complex<double>> out(static_cast<std::size_t>(host.size()));
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = is_complex(host.dtype()) ? host.as<std::complex<double>>()[i]
                                      : host.number(static_cast<std::int64_t>(i));
  }
  return out;
}

inline double distance(std::complex<double> a, std::complex<double> b) {
  if (std::isnan(a.real()) && std::isnan(b.real())) return 0;
  return a == b ? 0 : std::abs(a - b);
}

// Same dtype and shape, and elements that differ by at most `tolerance` times the largest one (NaN
// is NaN). `what` tells the comparison in messages.
inline void expect_close(const Array& actual, const Array& expected, double tolerance = 1e-5,
                         const std::string& what = "") {
  ASSERT_EQ(name_of(actual.dtype()), name_of(expected.dtype())) << what;
  ASSERT_EQ(actual.shape(), expected.shape()) << what;
  auto a = numbers_of(actual), e = numbers_of(expected);
  double scale = 1;
  for (auto v : e) scale = std::isfinite(std::abs(v)) ? std::max(scale, std::abs(v)) : scale;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_LE(distance(a[i], e[i]), tolerance * scale)
        << what << ": element " << i << " is " << a[i] << ", expected " << e[i];
  }
}

}  // namespace linum
