#include "linum/special/normal.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {
namespace {

using One = std::tuple<Array>;
const double kLogSqrtTwoPi = std::log(std::sqrt(2 * std::numbers::pi));

Array distribution(const Array& x) {
  const Array half_sqrt2 = like(x, 0.5) * lax::sqrt(like(x, 2));
  Array w = x * half_sqrt2, z = lax::abs(w);
  Array outer = np::where(w > 0, 2.0 - lax::erfc(z), lax::erfc(z));
  return 0.5 * np::where(z < half_sqrt2, 1.0 + lax::erf(w), outer);
}

// --- ndtri: Cephes' rational approximations ----------------------------------------------------

Array near_the_middle(const Array& p) {
  Array w = p - 0.5, ww = lax::square(w);
  Array numerator =
      polynomial({-5.99633501014107895267E1, 9.80010754185999661536E1, -5.66762857469070293439E1,
                  1.39312609387279679503E1, -1.23916583867381258016E0},
                 ww);
  Array denominator =
      polynomial({1.0, 1.95448858338141759834E0, 4.67627912898881538453E0, 8.63602421390890590575E1,
                  -2.25462687854119370527E2, 2.00260212380060660359E2, -8.20372256168333339912E1,
                  1.59056225126211695515E1, -1.18331621121330003142E0},
                 ww);
  return (w + w * ww * (numerator / denominator)) * -std::sqrt(2 * std::numbers::pi);
}

Array tail_correction(const Array& y) {  // y > 1/8
  return polynomial(
             {4.05544892305962419923E0, 3.15251094599893866154E1, 5.71628192246421288162E1,
              4.40805073893200834700E1, 1.46849561928858024014E1, 2.18663306850790267539E0,
              -1.40256079171354495875E-1, -3.50424626827848203418E-2, -8.57456785154685413611E-4},
             y) /
         polynomial(
             {1.0, 1.57799883256466749731E1, 4.53907635128879210584E1, 4.13172038254672030440E1,
              1.50425385692907503408E1, 2.50464946208309415979E0, -1.42182922854787788574E-1,
              -3.80806407691578277194E-2, -9.33259480895457427372E-4},
             y);
}

Array far_tail_correction(const Array& y) {
  return polynomial(
             {3.23774891776946035970E0, 6.91522889068984211695E0, 3.93881025292474443415E0,
              1.33303460815807542389E0, 2.01485389549179081538E-1, 1.23716634817820021358E-2,
              3.01581553508235416007E-4, 2.65806974686737550832E-6, 6.23974539184983293730E-9},
             y) /
         polynomial(
             {1.0, 6.02427039364742014255E0, 3.67983563856160859403E0, 1.37702099489081330271E0,
              2.16236993594496635890E-1, 1.34204006088543189037E-2, 3.28014464682127739104E-4,
              2.89247864745380683936E-6, 6.79019408009981274425E-9},
             y);
}

Array quantile(const Array& p) {
  const double middle = std::exp(-2.0);
  Array lower = np::where(p > -std::expm1(-2.0), 1.0 - p, p);
  lower = np::where(lower == 0, 0.5, lower);  // 0 is answered at the end
  Array z = lax::sqrt(-2.0 * lax::log(lower));
  Array first = z - lax::log(z) / z;
  Array tail = first - tail_correction(1 / z) / z, far = first - far_tail_correction(1 / z) / z;
  Array x = np::where(lower > middle, near_the_middle(lower), np::where(z >= 8.0, far, tail));
  x = np::where(p > 1 - middle, x, -x);
  const Array infinity = like(p, std::numeric_limits<double>::infinity());
  return np::where(p == 0.0, -infinity, np::where(p == 1.0, infinity, x));
}

// --- log_ndtr ---------------------------------------------------------------------------------

Array asymptotic_series(const Array& x, int order) {
  Array squared = lax::square(x), power = squared, sum = like(x, 1);
  double double_factorial = 1;  // (2n - 1)!!
  for (int n = 1; n <= order; ++n, power = power * squared) {
    double_factorial *= 2 * n - 1;
    Array term = like(x, double_factorial) / power;
    sum = n % 2 ? sum - term : sum + term;
  }
  return sum;
}

Array log_lower_tail(const Array& x, int order) {
  return -0.5 * lax::square(x) - lax::log(-x) - 0.5 * std::log(2 * std::numbers::pi) +
         lax::log(asymptotic_series(x, order));
}

Array log_distribution(const Array& x, int order) {
  const bool single = x.dtype() == float32;
  const Array lower = like(x, single ? -10 : -20), upper = like(x, single ? 5 : 8);
  Array high = x > upper;
  Array p = distribution(np::where(high, -x, lax::max(x, lower)));
  Array rest = np::where(x > lower, lax::log(p), log_lower_tail(lax::min(x, lower), order));
  return np::where(high, -p, rest);
}

}  // namespace

Array ndtr(const Array& x) {
  check_single_or_double("ndtr", x);
  return distribution(as_real("ndtr", x));
}

Array ndtri(const Array& p) {
  check_single_or_double("ndtri", p);
  return quantile(as_real("ndtri", p));
}

Array log_ndtr(const Array& given, int series_order) {
  check_single_or_double("log_ndtr", given);
  if (series_order < 0 || series_order > 30) {
    throw ValueError(
        str_cat("log_ndtr: series_order must be between 0 and 30, got ", series_order));
  }
  auto value = [series_order](const Array& x) { return log_distribution(x, series_order); };
  auto rule = [value](const One& primals, const One& tangents) {
    const Array& x = std::get<0>(primals);
    Array y = value(x);
    return std::pair{y,
                     std::get<0>(tangents) * lax::exp(-0.5 * lax::square(x) - kLogSqrtTwoPi - y)};
  };
  return custom_jvp(value, rule)(as_real("log_ndtr", given));
}

}  // namespace linum::special
