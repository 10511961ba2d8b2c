// Exponential integrals and the others that have names: values, derivatives, errors. tests/parity
// has JAX's numbers.
#include "linum/special/integrals.h"

#include <limits>
#include <numbers>

#include "linum/base/testing.h"
#include "linum/special/derivative_test.h"
#include "linum/special/expint.h"

namespace linum::special {
namespace {

TEST(Expint, IsExactInDouble) {
  expect_close(expi(doubles({-1, 0.5, 3, 10, 70})),
               doubles({-0.21938393439552026, 0.45421990486317358, 9.9338325706254160,
                        2492.2289762418782, 3.6463527595797348e28}),
               1e-12);
  expect_close(exp1(doubles({0.2, 3})), doubles({1.2226505441838930, 0.013048381094197037}), 1e-12);
  expect_close(expn(doubles({2, 3}), doubles({0, 0.4})), doubles({1, 0.2572864233199448}), 1e-10);
  EXPECT_EQ(expi(0.0).item<double>(), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(expn(2, -1.0).item<double>()));
}

TEST(Expint, HasDerivatives) {
  expect_derivative([](const Array& x) { return expi(x); }, 1.3);
  expect_derivative([](const Array& x) { return expi(x); }, -0.7);
  expect_derivative([](const Array& x) { return expn(3, x); }, 0.6);
  expect_derivative(grad([](const Array& x) { return expn(3, x); }), 1.6);
}

TEST(Sici, IsExactInDouble) {
  const auto [si, ci] = sici(doubles({2, 5, 20, -2}));
  expect_close(
      si,
      doubles({1.6054129768026948, 1.5499312449446741, 1.5482417010434399, -1.6054129768026948}),
      1e-12);
  expect_close(ci,
               doubles({0.42298082877486500, -0.19002974965664388, 0.044419820845353317,
                        0.42298082877486500}),
               1e-12);
}

TEST(Fresnel, IsExactInDouble) {
  const auto [s, c] = fresnel(doubles({0.5, -2, 1e6}));
  expect_close(s, doubles({0.064732432859999287, -0.34341567836369824, 0.4999996816901}), 1e-12);
  expect_close(c, doubles({0.49234422587144640, -0.48825340607534078, 0.5}), 1e-12);
}

TEST(Spence, HasAValueAndASlopeEverywhere) {
  expect_close(
      spence(doubles({0, 0.5, 1, 3})),
      doubles({std::pow(std::numbers::pi, 2) / 6, 0.58224052646501250, 0, -1.4367463668836809}),
      1e-12);
  for (const double x : {0.3, 0.9, 1.7, 2.6}) expect_derivative(spence, x);
  EXPECT_EQ(grad(spence)(Array::of<double>({}, {1})).item<double>(), -1);
}

TEST(OwensT, KnowsItsIntegral) {
  expect_close(owens_t(doubles({0, 1, 0.5}), doubles({1, 1, 2})),
               doubles({0.125, 0.06674188216570097, 0.14158060365397839}), 1e-7);
  expect_derivative([](const Array& h) { return owens_t(h, 0.7); }, 0.4);
  expect_derivative([](const Array& a) { return owens_t(0.3, a); }, 1.4);
}

TEST(Integrals, SayWhatTheyCannotTake) {
  const Array z = Array::of<std::complex<float>>({1}, {{1, 1}});
  EXPECT_ERROR(expi(z), DTypeError, "expi does not support complex-valued inputs");
  EXPECT_ERROR(exp1(z), DTypeError, "exp1 does not support complex-valued inputs");
  EXPECT_ERROR(expn(1, z), DTypeError, "expn does not support complex-valued inputs");
  EXPECT_ERROR(sici(z), DTypeError, "sici does not support complex-valued inputs");
  EXPECT_ERROR(fresnel(z), DTypeError, "fresnel does not support complex-valued inputs");
  EXPECT_ERROR(owens_t(z, 1), DTypeError, "owens_t does not support complex-valued inputs");
  EXPECT_ERROR(spence(1), DTypeError, "spence takes float32 and float64");
}

}  // namespace
}  // namespace linum::special
