// Gamma variates and counts: laws and errors. tests/parity has JAX's numbers.
#include "linum/random/gamma.h"

#include <cmath>

#include "linum/base/testing.h"
#include "linum/np/operators.h"
#include "linum/np/reductions.h"
#include "linum/random/counts.h"
#include "linum/random/key.h"

namespace linum::random {
namespace {

TEST(Gamma, HasItsMean) {
  EXPECT_NEAR(np::mean(gamma(key(1), 3.0, {2000})).item<double>(), 3, 0.15);
}

TEST(Gamma, LogarithmOfTinyVariatesIsFinite) {
  for (float x : loggamma(key(2), 1e-3, {50}).to_vector<float>()) EXPECT_TRUE(std::isfinite(x));
}

TEST(Dirichlet, PointsLieOnTheSimplex) {
  Array alpha = Array::of<float>({3}, {0.5f, 1, 2});
  for (float sum : np::sum(dirichlet(key(3), alpha, {4}), -1).to_vector<float>())
    EXPECT_NEAR(sum, 1, 1e-5);
}

TEST(Dirichlet, SaysWhatDoesNotFit) {
  EXPECT_ERROR(dirichlet(key(3), 1.0), ShapeError, "at least one dimension");
  Array alpha = Array::of<float>({2, 1}, {0.5f, 1});
  EXPECT_ERROR(dirichlet(key(3), alpha, {3}), ShapeError, "dirichlet");
}

TEST(Gamma, NeedsAFloatAndAKey) {
  EXPECT_ERROR(gamma(key(1), 2.0, {2}, int32), DTypeError, "must be a float dtype, got int32");
  EXPECT_ERROR(gamma(Array(1.0), 2.0, {2}), DTypeError, "gamma needs a random key");
  EXPECT_ERROR(gamma(key(1), Array::of<float>({3}, {1, 2, 3}), {2}), ShapeError, "gamma");
}

TEST(Ball, PointsLieInside) {
  Array points = ball(key(4), 2, 2.0, {20});
  for (float norm : np::sum(points * points, -1).to_vector<float>()) EXPECT_LE(norm, 1.0001f);
}

TEST(Poisson, HasItsMeanFewAndMany) {
  EXPECT_NEAR(np::mean(poisson(key(5), 2.0, {500})).item<double>(), 2, 0.3);
  EXPECT_NEAR(np::mean(poisson(key(5), 40.0, {500})).item<double>(), 40, 2);
  EXPECT_EQ(poisson(key(5), 0.0).item<int>(), 0);
}

TEST(Binomial, HasItsMeanFewAndMany) {
  EXPECT_NEAR(np::mean(binomial(key(6), 10.0, 0.3, {500})).item<double>(), 3, 0.3);
  EXPECT_NEAR(np::mean(binomial(key(6), 200.0, 0.7, {500})).item<double>(), 140, 2);
}

TEST(Binomial, OfANegativeNumberOfTrialsIsNaN) {
  EXPECT_TRUE(std::isnan(binomial(key(6), -1.0, 0.5).item<float>()));
}

TEST(Multinomial, CountsAddUp) {
  Array p = Array::of<float>({3}, {0.2f, 0.3f, 0.5f});
  for (float sum : np::sum(multinomial(key(7), 20, p, {4, 3}), -1).to_vector<float>())
    EXPECT_EQ(sum, 20);
}

}  // namespace
}  // namespace linum::random
