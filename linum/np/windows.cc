#include "linum/np/windows.h"

#include <numbers>

#include "linum/lax/structure.h"
#include "linum/np/arithmetic.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"

namespace linum::np {
namespace {

using Window = Array (*)(const Array& n, double last);

// A window of one point is 1.
Array window(std::int64_t m, Window f) {
  if (m <= 1) return lax::ones({m < 0 ? 0 : m}, float32);
  return f(lax::iota(float32, m), static_cast<double>(m - 1));
}

constexpr double kTurn = 2 * std::numbers::pi;

}  // namespace

Array bartlett(std::int64_t m) {
  return window(m, [](const Array& n, double last) { return 1 - abs(2 * n - last) / last; });
}
Array blackman(std::int64_t m) {
  return window(m, [](const Array& n, double last) {
    return 0.42 - 0.5 * cos(kTurn * n / last) + 0.08 * cos(2 * kTurn * n / last);
  });
}
Array hamming(std::int64_t m) {
  return window(m, [](const Array& n, double last) { return 0.54 - 0.46 * cos(kTurn * n / last); });
}
Array hanning(std::int64_t m) {
  return window(m, [](const Array& n, double last) { return 0.5 * (1 - cos(kTurn * n / last)); });
}
Array kaiser(std::int64_t m, const Array& beta) {
  if (m <= 1) return window(m, nullptr);
  const double middle = 0.5 * static_cast<double>(m - 1);
  const Array place = (lax::iota(float32, m) - middle) / middle;
  return i0(beta * sqrt(1 - square(place))) / i0(beta);
}

}  // namespace linum::np
