// gamma and loggamma of complex arguments, by Lanczos' approximation. (Lanczos: "A precision
// approximation of the gamma function", 1964; g = 7, nine coefficients.)
#include "linum/special/complex_gamma.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/promote.h"

namespace linum::special {
namespace {

using Number = std::complex<double>;

Array constant(const Array& z, Number number) { return make_scalar(number, z.dtype()); }

// For a real part of at least 1/2.
Array lanczos(const Array& given) {
  constexpr double kCoefficients[] = {
      676.5203681218851,  -1259.1392167224028,  771.32342877765313,    -176.61502916214059,
      12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7};
  const Array z = given - 1.0, t = z + 7.5;
  Array sum = constant(z, 0.99999999999980993);
  double k = 1;
  for (const double c : kCoefficients) sum = sum + c / (z + k++);
  return 0.5 * std::log(2 * kPi) + (z + 0.5) * lax::log(t) - t + lax::log(sum);
}

// log(sin(pi z)) for a non-negative imaginary part, continuous there: sin(pi z) is
// i/2 exp(-i pi z) (1 - exp(2 i pi z)), where nothing overflows.
Array log_sine(const Array& z) {
  const Array whole = np::round(lax::real(z));
  const Array reduced = z - lax::complex(whole, lax::zeros_like(whole));
  const Array rest = lax::log(-lax::expm1(constant(z, {0, 2 * kPi}) * reduced));
  return rest - constant(z, {0, kPi}) * z + constant(z, {-std::log(2.0), kPi / 2});
}

Array conjugate_where(const Array& mask, const Array& z) {
  return np::where(mask, lax::conj(z), z);
}

}  // namespace

Array complex_loggamma(const Array& given) {
  const Array re = lax::real(given), im = lax::imag(given);
  const Array pole = (im == 0) & (re == lax::floor(re)) & (re <= 0);
  const Array undefined = pole | np::isnan(re) | np::isnan(im);
  const Array z = np::where(undefined, 1.0, given);
  const Array low = lax::real(z) < 0.5, below = np::signbit(lax::imag(z));
  const Array right = lanczos(np::where(low, 1.0 - z, z));
  const Array upper = conjugate_where(below, np::where(low, z, constant(z, 0.5)));
  const Array sine = conjugate_where(below, log_sine(upper));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Array y = np::where(low, std::log(kPi) - sine - right, right);
  return np::where(undefined, constant(z, {nan, nan}), y);
}

Array complex_gamma(const Array& z) { return lax::exp(complex_loggamma(z)); }

}  // namespace linum::special
