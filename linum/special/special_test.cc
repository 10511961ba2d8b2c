// Special functions: exact values and errors. tests/parity has JAX's numbers.
#include "linum/special/special.h"

#include <cmath>

#include "linum/base/testing.h"

namespace linum::special {
namespace {

TEST(Gamma, OfIntegersAreFactorials) {
  EXPECT_NEAR(gamma(5.0).item<double>(), 24, 1e-3);
  EXPECT_NEAR(factorial(4).item<double>(), 24, 1e-3);
  EXPECT_TRUE(std::isnan(gammasgn(-2.0).item<double>()));
}

TEST(Comb, CountsChoices) {
  EXPECT_NEAR(comb(5, 2).item<double>(), 10, 1e-4);
  EXPECT_NEAR(comb(3, 2, true).item<double>(), 6, 1e-4);
  EXPECT_EQ(comb(2, 5).item<double>(), 0);
}

TEST(Xlogy, IsZeroAtZero) {
  EXPECT_EQ(xlogy(0.0, 0.0).item<double>(), 0);
  EXPECT_EQ(xlog1py(0.0, -1.0).item<double>(), 0);
}

TEST(Erfcx, DoesNotOverflow) { EXPECT_NEAR(erfcx(1e3).item<double>(), 5.6419e-4, 1e-7); }

TEST(LogNdtr, IsFiniteFarInTheTail) {
  EXPECT_NEAR(log_ndtr(Array::of<float>({}, {-30})).item<double>(), -454.3213, 1e-2);
}

TEST(Bernoulli, FirstNumbers) {
  auto b = bernoulli(4).to_vector<float>();
  ASSERT_EQ(b.size(), 5u);
  EXPECT_FLOAT_EQ(b[1], -0.5f);
  EXPECT_NEAR(b[4], -1.0 / 30, 1e-7);
}

TEST(Special, SaysWhatItCannotTake) {
  Array complex = Array::of<std::complex<float>>({1}, {{1, 1}});
  EXPECT_ERROR(digamma(complex), DTypeError, "digamma does not support complex-valued inputs");
  EXPECT_ERROR(polygamma(1.5, 2.0), DTypeError, "order n must be of an integer dtype");
  EXPECT_ERROR(ndtr(Array::of<std::int32_t>({}, {1})), DTypeError, "takes float32 and float64");
  EXPECT_ERROR(log_ndtr(Array::of<float>({}, {1}), 31), ValueError, "between 0 and 30, got 31");
  EXPECT_ERROR(bernoulli(-1), ValueError, "must not be negative, got -1");
  EXPECT_ERROR(bessel_jn(1.0, 60), ValueError, "between 0 and n_iter");
}

}  // namespace
}  // namespace linum::special
