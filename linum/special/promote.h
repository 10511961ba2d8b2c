// The arguments of special functions: inexact, of one dtype and shape, most of them real.
#pragma once

#include <initializer_list>
#include <limits>
#include <numbers>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "linum/core/array.h"

namespace linum::special {

inline constexpr double kPi = std::numbers::pi;
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Throw DTypeError for complex arguments.
Array as_real(std::string_view what, const Array& x);
std::pair<Array, Array> as_reals(std::string_view what, const Array& x, const Array& y);
// The same with scalars broadcast, too.
std::vector<Array> as_full_reals(std::string_view what, const std::vector<Array>& args);
// Real or complex.
Array as_inexact(const Array& x);
std::pair<Array, Array> as_inexacts(std::string_view what, const Array& x, const Array& y);
// Throws DTypeError unless x is float32 or float64.
void check_single_or_double(std::string_view what, const Array& x);

// A number in x's dtype.
Array like(const Array& x, double number);
// The polynomial with these coefficients, the highest power's first.
Array polynomial(std::span<const double> coefficients, const Array& x);
inline Array polynomial(std::initializer_list<double> coefficients, const Array& x) {
  return polynomial(std::span(coefficients.begin(), coefficients.size()), x);
}

}  // namespace linum::special
