// Hypergeometric functions, spherical harmonics and complex gamma functions: identities, errors.
// tests/parity has JAX's numbers.
#include "linum/special/hypergeometric.h"

#include <complex>
#include <numbers>

#include "linum/base/testing.h"
#include "linum/lax/structure.h"
#include "linum/np/np.h"
#include "linum/special/derivative_test.h"
#include "linum/special/gamma.h"
#include "linum/special/harmonics.h"
#include "linum/transforms/vmap.h"

namespace linum::special {
namespace {

TEST(Hypergeometric, KnowsElementaryCases) {
  const Array x = doubles({-2.5, 0.3, 4});
  expect_close(jit(hyp1f1)(1.0, 2.0, x), (np::exp(x) - 1) / x, 1e-12);
  const Array y = doubles({-0.6, 0.2, 0.95});
  expect_close(jit(hyp2f1)(1.0, 1.0, 2.0, y), -np::log(1 - y) / y, 1e-10);
  expect_close(jit(hyp2f1)(-2.0, 3.0, 1.5, y), 1 - 4 * y + 3.2 * y * y, 1e-12);
}

TEST(Hypergeometric, HasDerivatives) {
  expect_derivative([](const Array& v) { return hyp2f1(0.5, 1.5, 2.5, v); }, 0.4);
  expect_derivative([](const Array& v) { return hyp2f1(0.5, v, 2.5, 0.3); }, 1.5);
  expect_derivative([](const Array& v) { return hyp1f1(0.5, v, 1.2); }, 2.5);
}

TEST(Hypergeometric, ElementsStopByThemselves) {
  const auto one = jit([](const Array& v) { return hyp1f1(0.5, 1.5, v); });
  const Array x = doubles({0.1, 30, 150}), all = one(x);
  expect_close(vmap(one)(x), all, 1e-12);
  for (int i = 0; i < 3; ++i) {
    const auto element = [i](const Array& v) { return lax::index_in_dim(v, i, 0, false); };
    expect_close(one(element(x)), element(all), 1e-12);
  }
}

TEST(SphHarmY, IsOrthonormal) {
  const Array theta = np::linspace(0.0, std::numbers::pi, 201, {.dtype = float64});
  const Array area = np::sin(theta) * (std::numbers::pi / 200) * (2 * std::numbers::pi);
  const auto y = [&](int n, int m) { return sph_harm_y(n, m, theta, 0.3); };
  EXPECT_NEAR(np::sum(np::square(np::abs(y(3, 2))) * area).item<double>(), 1, 1e-4);
  EXPECT_NEAR(np::abs(np::sum(y(3, 2) * np::conj(y(4, 2)) * area)).item<double>(), 0, 1e-4);
  expect_close(y(4, -3), -np::conj(y(4, 3)), 1e-12);
  expect_close(sph_harm_y(9, 1, theta, 0.3, 4), y(4, 1), 1e-12);
}

TEST(ComplexGamma, IsContinuousButForItsCut) {
  const auto at = [](double re, double im) {
    return Array::of<std::complex<double>>({}, {{re, im}});
  };
  const auto log_at = [&](double re, double im) {
    return loggamma(at(re, im)).item<std::complex<double>>();
  };
  EXPECT_NEAR(std::abs(log_at(-0.5, 0) - std::complex(1.2655121234846454, -std::numbers::pi)), 0,
              1e-12);
  EXPECT_NEAR(std::abs(log_at(-3.5, -0.0) - std::conj(log_at(-3.5, 0.0))), 0, 1e-12);
  EXPECT_NEAR(std::abs(log_at(0.5 - 1e-9, 40) - log_at(0.5 + 1e-9, 40)), 0, 1e-7);
  EXPECT_NEAR(std::abs(log_at(2, 3) - (log_at(1, 3) + std::log(std::complex(1.0, 3.0)))), 0, 1e-12);
  EXPECT_NEAR(gamma(at(5, 0)).item<std::complex<double>>().real(), 24, 1e-10);
}

TEST(Hypergeometric, SaysWhatItCannotTake) {
  const Array z = Array::of<std::complex<float>>({1}, {{1, 1}});
  EXPECT_ERROR(hyp1f1(1, 2, z), DTypeError, "hyp1f1 does not support complex-valued inputs");
  EXPECT_ERROR(hyp2f1(1, 2, 3, z), DTypeError, "hyp2f1 does not support complex-valued inputs");
  EXPECT_ERROR(sph_harm_y(1.0, 0, 0.5, 0.5), DTypeError, "n must be of an integer dtype");
  const auto traced = jit([](const Array& n) { return sph_harm_y(n, 0, 0.5, 0.5); });
  EXPECT_ERROR(traced(Array::of<int>({}, {1})), ConcretizationError,
               "give it as the last argument");
}

}  // namespace
}  // namespace linum::special
