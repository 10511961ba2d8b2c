#include "tests/parity_compare_testlib.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>

namespace linum::parity {

namespace {

using Number = std::complex<double>;

template <class T>
Number complex_at(const HostArray& x, std::size_t i) {
  return Number(x.as<T>()[i]);
}

Number number_at(const HostArray& x, std::size_t i) {
  if (x.dtype() == DType::C64) return complex_at<std::complex<float>>(x, i);
  if (x.dtype() == DType::C128) return complex_at<std::complex<double>>(x, i);
  return x.number(static_cast<std::int64_t>(i));
}

bool is_nan(Number x) { return std::isnan(x.real()) || std::isnan(x.imag()); }

bool agrees(Number a, Number e, double tolerance, double scale) {
  if (is_nan(a) || is_nan(e)) return is_nan(a) && is_nan(e);
  if (a == e) return true;
  if (!std::isfinite(std::abs(e))) return false;
  return std::abs(a - e) <= tolerance * std::max(std::abs(e), scale);
}

std::string text(DType dtype, Number x) {
  if (is_complex(dtype)) return fmt::format("{:.9g}{:+.9g}j", x.real(), x.imag());
  return fmt::format("{:.9g}", x.real());
}

// What is small beside the largest number is small.
double scale_of(const HostArray& expected) {
  double largest = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(expected.size()); ++i) {
    double size = std::abs(number_at(expected, i));
    if (std::isfinite(size)) largest = std::max(largest, size);
  }
  return std::max(0.1 * largest, 0.01);
}

std::string compare_values(const HostArray& actual, const HostArray& expected, double tolerance) {
  if (std::memcmp(actual.data(), expected.data(), expected.byte_size()) == 0) return "";
  DType dtype = expected.dtype();
  double scale = scale_of(expected);
  std::int64_t wrong = 0;
  std::string first;
  for (std::size_t i = 0; i < static_cast<std::size_t>(expected.size()); ++i) {
    Number a = number_at(actual, i), e = number_at(expected, i);
    if (is_inexact(dtype) ? agrees(a, e, tolerance, scale) : a == e) continue;
    if (wrong++ == 0)
      first = fmt::format("element {} is {}, recorded {}", i, text(dtype, a), text(dtype, e));
  }
  if (wrong == 0 && !is_inexact(dtype)) return "integers differ beyond double's precision";
  return wrong == 0 ? "" : fmt::format("{} ({} of {} differ)", first, wrong, expected.size());
}

bool without_leaves(const Tree& t) { return TreeDef(t).num_leaves() == 0; }

}  // namespace

double default_tolerance(DType dtype) {
  switch (dtype) {
    case DType::F64:
    case DType::C128:
      return 1e-10;
    case DType::F32:
    case DType::C64:
      return 1e-5;
    case DType::F16:
      return 2e-3;
    case DType::BF16:
      return 1.6e-2;
    default:
      return is_floating(dtype) ? 0.25 : 0;
  }
}

std::string difference(const Array& actual, const Array& expected, double tolerance) {
  if (!actual.defined()) return "an undefined array";
  if (actual.dtype() != expected.dtype() || actual.shape() != expected.shape()) {
    return fmt::format("{} where {} was recorded", actual.aval().to_string(),
                       expected.aval().to_string());
  }
  if (tolerance == 0) tolerance = default_tolerance(expected.dtype());
  return compare_values(actual.to_host(), expected.to_host(), tolerance);
}

std::string difference(const Tree& actual, const Tree& expected, double tolerance) {
  if (without_leaves(actual) && without_leaves(expected)) return "";
  if (!TreeDef(actual).matches(expected)) {
    return fmt::format("structure {} where {} was recorded", actual.to_string(),
                       expected.to_string());
  }
  std::string out;
  auto a = tree::leaves_with_path(actual), e = tree::leaves_with_path(expected);
  for (std::size_t i = 0; i < e.size(); ++i) {
    std::string found = difference(a[i].second, e[i].second, tolerance);
    if (!found.empty()) out += fmt::format("  at '{}': {}\n", e[i].first, found);
  }
  return out;
}

}  // namespace linum::parity
