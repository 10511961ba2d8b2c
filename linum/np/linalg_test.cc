#include "linum/np/linalg.h"

#include "linum/base/testing.h"
#include "linum/np/expect_test.h"

namespace linum {
namespace {

namespace la = np::linalg;

Array zeros(const Shape& shape) { return np::zeros(shape); }

TEST(Linalg, SaysWhatIsWrongWithAMode) {
  EXPECT_ERROR(la::qr(zeros({2, 2}), "full"), ValueError,
               R"(qr: mode must be "reduced", "complete", "r" or "raw", got "full")");
  EXPECT_ERROR(la::eigh(zeros({2, 2}), "lower"), ValueError,
               R"(eigh: uplo must be "L" or "U", got "lower")");
  EXPECT_ERROR(la::norm(zeros({2, 2}), {.ord = 3}), ValueError,
               R"(for a matrix norm: it must be "fro", "nuc", 1, -1, 2, -2, or an infinity)");
}

TEST(Linalg, SaysWhichShapesDoNotFit) {
  EXPECT_ERROR(la::cond(zeros({0, 2})), ShapeError,
               "cond needs matrices with elements in the last two axes, got f32[0,2]");
  EXPECT_ERROR(la::cond(zeros({3, 2}), 1), ShapeError,
               "only the norms 2 and -2 are of matrices that are not square, such as f32[3,2]");
  EXPECT_ERROR(la::pinv(zeros({3})), ShapeError,
               "pinv needs matrices in the last two axes, got f32[3]");
  EXPECT_ERROR(la::lstsq(zeros({3, 2}), zeros({2})), ShapeError,
               "lstsq: f32[3,2] does not fit f32[2]: a must be (m, n), and b (m,) or (m, k)");
}

TEST(Linalg, TakesAPartOfTheSingularValuesWhereThePluginCan) {
  const Array x = np::reshape(np::arange(6, float32), {2, 3});
  const la::SVD all = la::svd(x, {.full_matrices = false});
  expect_array(la::svd(x, {.full_matrices = false, .subset_by_index = {{0, 2}}}).s, all.s);
  EXPECT_ERROR(la::svd(x, {.full_matrices = false, .subset_by_index = {{0, 1}}}), PluginError,
               "svd: subset_by_index (0, 1) is not supported");
  EXPECT_ERROR(la::svd(np::eye(3), {.hermitian = true, .subset_by_index = {{0, 1}}}), PluginError,
               "eigh: subset_by_index (0, 1) is not supported");
}

TEST(Linalg, FindsNothingInEmptyMatrices) {
  const auto [x, residuals, rank, s] = la::lstsq(zeros({0, 2}), zeros({0}));
  expect_array(x, np::zeros({2}));
  EXPECT_EQ(rank.item<int>(), 0);
  EXPECT_EQ(la::pinv(zeros({0, 2})).shape(), (Shape{2, 0}));
}

TEST(Roots, SayWhatIsWrongWithTheCoefficients) {
  EXPECT_ERROR(np::roots(zeros({2, 2})), ShapeError,
               "roots: coefficients must form a vector, got f32[2,2]");
}

TEST(Polyfit, SaysWhatIsWrongWithThePoints) {
  const Array x = np::arange(3, float32);
  EXPECT_ERROR(np::polyfit(x, x, -1), ValueError, "polyfit: deg must not be negative, got -1");
  EXPECT_ERROR(np::polyfit(x, zeros({2}), 1), ShapeError,
               "polyfit needs x (m,) with elements and y (m,) or (m, k), got f32[3] and f32[2]");
  EXPECT_ERROR(np::polyfit(x, x, 1, {.w = zeros({2})}), ShapeError,
               "polyfit needs a weight for each of the 3 points, got f32[2]");
  EXPECT_ERROR(np::polyfit(x, x, 2, {.cov = np::FitCovariance::Scaled}), ValueError,
               "there must be more points than the 3 coefficients, got 3");
}

}  // namespace
}  // namespace linum
