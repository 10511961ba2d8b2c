// owens_t: a quadrature for |a| <= 1, and reflections onto it.
#include <cmath>
#include <numbers>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/integrals.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kSqrt2 = std::numbers::sqrt2;

// Points and weights in t = u^2 / a^2, where u is the variable of the integral.
constexpr std::pair<double, double> kQuadrature[] = {
    {0.0035082039676451715, 0.018831438115323503}, {0.031279042338030754, 0.018567086243977649},
    {0.085266826283219451, 0.018042093461223386},  {0.16245071730812277, 0.017263829606398753},
    {0.25851196049125435, 0.016243219975989857},   {0.36807553840697534, 0.014994592034116705},
    {0.48501092905604697, 0.013535474469662088},   {0.60277514152618577, 0.011886351605820165},
    {0.71477884217753227, 0.010070377242777432},   {0.81475510988760099, 0.0081130545742299587},
    {0.89711029755948966, 0.0060419009528470239},  {0.95723808085944262, 0.0038862217010742058},
    {0.99178832974629704, 0.0016793031084546090}};

Array quadrature(const Array& h, const Array& a) {
  const Array exponent = -0.5 * lax::square(h), square = lax::square(a);
  Array sum = like(a, 0);
  for (const auto& [point, weight] : kQuadrature) {
    const Array r = 1.0 + square * point;
    sum = sum + weight * lax::exp(exponent * r) / r;
  }
  return a * sum;
}

// Of 0 <= a <= 1, with what is exact at h = 0 and a = 1.
Array owens_t_of_small(const Array& h, const Array& a) {
  const Array z = h / kSqrt2, edge = 0.125 * lax::erfc(-z) * lax::erfc(z);
  const Array inside = np::where(h == 0, lax::atan(a) / kTurn, quadrature(h, a));
  return np::where(a == 1, edge, inside);
}

// T(h, a) by T(a h, 1 / a), for a > 1.
Array reflected(const Array& h, const Array& a, const Array& small) {
  const Array x = h / kSqrt2, y = a * x, p = lax::erfc(x), q = lax::erfc(y);
  const Array near = 0.25 - 0.25 * lax::erf(x) * lax::erf(y) - small;
  return np::where(a * h <= 0.67, near, 0.25 * (p + q - p * q) - small);
}

Array owens_t_value(const Array& given_h, const Array& given_a) {
  const Array h = lax::abs(given_h), a = lax::abs(given_a), within = a <= 1;
  const Array small = owens_t_of_small(np::where(within, h, a * h), np::where(within, a, 1.0 / a));
  const Array y = lax::sign(given_a) * np::where(within, small, reflected(h, a, small));
  const Array nan = like(a, std::numeric_limits<double>::quiet_NaN());
  return np::where(np::isnan(given_a) | np::isnan(given_h), nan, y);
}

Array along_h(const Array& h, const Array& a) {
  return -lax::exp(-0.5 * lax::square(h)) * lax::erf(a * h / kSqrt2) / (2 * std::sqrt(kTurn));
}
Array along_a(const Array& h, const Array& a) {
  const Array r = lax::square(a) + 1.0;
  return lax::exp(-0.5 * r * lax::square(h)) / (kTurn * r);
}

}  // namespace

Array owens_t(const Array& given_h, const Array& given_a) {
  using Two = std::tuple<Array, Array>;
  auto rule = [](const Two& primals, const Two& tangents) {
    const auto& [h, a] = primals;
    return std::pair{owens_t_value(h, a),
                     along_h(h, a) * std::get<0>(tangents) + along_a(h, a) * std::get<1>(tangents)};
  };
  const auto full = as_full_reals("owens_t", {given_h, given_a});
  return custom_jvp(owens_t_value, rule)(full[0], full[1]);
}

}  // namespace linum::special
