#include "linum/losses/classification.h"

#include <cmath>

#include "linum/base/testing.h"
#include "linum/np/np.h"
#include "linum/transforms/autodiff.h"

namespace linum::losses {
namespace {

constexpr float kInf = INFINITY;

void expect_near(const Array& actual, const std::vector<float>& expected, float tolerance = 1e-6f) {
  std::vector<float> values = actual.to_vector<float>();
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected[i], tolerance);
}

// log(1 + e): the cross entropy of two logits that differ by 1, for the smaller one.
const float kWrong = std::log1p(std::exp(1.0f)), kRight = kWrong - 1;

TEST(SoftmaxCrossEntropy, TakesOneHotLabelsOrNumbers) {
  Array logits = np::array({{0.0, 1.0}, {3.0, 4.0}});
  Array one_hot = np::array({{1.0, 0.0}, {0.0, 1.0}});
  expect_near(softmax_cross_entropy(logits, one_hot), {kWrong, kRight});
  expect_near(safe_softmax_cross_entropy(logits, one_hot), {kWrong, kRight});
  Array labels = np::array({0, 1});
  expect_near(softmax_cross_entropy_with_integer_labels(logits, labels), {kWrong, kRight});
}

TEST(SoftmaxCrossEntropy, TakesTheClassesFromAnyAxis) {
  Array logits = np::array({{0.0, 3.0}, {1.0, 4.0}});
  Array labels = np::array({0, 1});
  expect_near(softmax_cross_entropy_with_integer_labels(logits, labels, {.axis = 0}),
              {kWrong, kRight});
  Array both = softmax_cross_entropy_with_integer_labels(logits, 3, {.axis = {0, 1}});
  expect_near(both,
              {static_cast<float>(std::log(std::exp(-4.) + std::exp(-1.) + std::exp(-3.) + 1))});
}

TEST(SoftmaxCrossEntropy, LeavesOutExcludedClasses) {
  Array logits = np::array({{0.0, 1.0, 9.0}, {5.0, 5.0, 5.0}});
  Array where = np::array({{true, true, false}, {false, false, false}});
  Array labels = np::array({1, 0});
  expect_near(softmax_cross_entropy_with_integer_labels(logits, labels, {.where = where}),
              {kRight, 0});
  Array one_hot = np::array({{0.0, 1.0, 0.0}, {1.0, 0.0, 0.0}});
  expect_near(np::index(softmax_cross_entropy(logits, one_hot, {.where = where}), 0), {kRight});
}

TEST(SoftmaxCrossEntropy, IsFiniteForLargeLogits) {
  Array logits = np::array({{1000.0, -1000.0}});
  expect_near(softmax_cross_entropy_with_integer_labels(logits, np::array({1})), {2000});
  auto loss = [](Array logits) {
    return np::sum(softmax_cross_entropy_with_integer_labels(logits, np::array({1})));
  };
  expect_near(grad(loss)(logits), {1, -1});
}

TEST(SafeSoftmaxCrossEntropy, CancelsInfiniteLogitsWithZeroLabels) {
  Array logits = np::array({-kInf, 0.0f, 1.0f}), labels = np::array({0.0, 1.0, 0.0});
  expect_near(safe_softmax_cross_entropy(logits, labels), {kWrong});
  Array slope = grad([&](Array x) { return safe_softmax_cross_entropy(x, labels); })(logits);
  float p = 1 / (1 + std::exp(-1.0f));
  expect_near(slope, {0, -p, p});
}

TEST(PolyLoss, AddsThePolynomialTerm) {
  Array logits = np::array({{0.0, 1.0}}), labels = np::array({{1.0, 0.0}});
  float p = 1 / (1 + std::exp(1.0f));
  expect_near(poly_loss_cross_entropy(logits, labels), {kWrong + 2 * (1 - p)});
  expect_near(poly_loss_cross_entropy(logits, labels, {.epsilon = 0}), {kWrong});
}

TEST(MulticlassHinge, IsZeroBeyondTheMargin) {
  Array scores = np::array({{3.0, 0.0, 1.0}, {0.5, 1.0, 0.0}});
  expect_near(multiclass_hinge_loss(scores, np::array({0, 0})), {0, 1.5});
  expect_near(multiclass_perceptron_loss(scores, np::array({0, 0})), {0, 0.5});
}

TEST(SigmoidBinaryCrossEntropy, IsStableAtBothEnds) {
  Array logits = np::array({0.0, 100.0, -100.0});
  expect_near(sigmoid_binary_cross_entropy(logits, np::array({1, 0, 1})),
              {std::log(2.0f), 100, 100});
  expect_near(sigmoid_binary_cross_entropy(logits, np::array({0, 1, 0})), {std::log(2.0f), 0, 0});
}

TEST(SigmoidFocalLoss, WithoutFocusIsCrossEntropy) {
  Array logits = np::array({0.3, -2.0, 5.0}), labels = np::array({1.0, 0.0, 0.0});
  Array plain = sigmoid_binary_cross_entropy(logits, labels);
  expect_near(sigmoid_focal_loss(logits, labels, {.gamma = 0.0}), plain.to_vector<float>());
  Array halved = sigmoid_focal_loss(logits, labels, {.alpha = 0.5, .gamma = 0.0});
  expect_near(2 * halved, plain.to_vector<float>());
}

TEST(SigmoidFocalLoss, ShrinksWhatIsRightAlready) {
  float p = 1 / (1 + std::exp(-2.0f));
  expect_near(sigmoid_focal_loss(np::array({2.0}), np::array({1.0})),
              {-(1 - p) * (1 - p) * std::log(p)});
}

TEST(BinaryMargins, CountFromTheirCorners) {
  Array outputs = np::array({2.0, 0.5, -1.0}), targets = np::array({1.0, 1.0, 1.0});
  expect_near(hinge_loss(outputs, targets), {0, 0.5, 2});
  expect_near(perceptron_loss(outputs, targets), {0, 0, 1});
  expect_near(sparsemax_loss(np::array({-2.0, 0.0, 3.0}), np::array({0, 0, 0})), {0, 0.25, 3});
}

TEST(KlDivergence, OfEqualDistributionsIsZero) {
  Array p = np::array({0.25, 0.75});
  expect_near(kl_divergence(np::log(p), p), {0});
  expect_near(kl_divergence_with_log_targets(np::log(p), np::log(p)), {0});
  expect_near(generalized_kl_divergence(np::log(2 * p), p), {1 - std::log(2.0f)});
}

TEST(KlDivergence, ATargetOfZeroCountsNothing) {
  expect_near(kl_divergence(np::log(np::array({0.5, 0.5})), np::array({0.0, 1.0})),
              {std::log(2.0f)});
}

TEST(SmoothLabels, MoveTowardTheUniformDistribution) {
  expect_near(smooth_labels(np::array({{1.0, 0.0, 0.0, 0.0}}), 0.4), {0.7, 0.1, 0.1, 0.1});
}

TEST(ClassificationErrors, NameTheArgument) {
  Array logits = np::zeros({2, 3});
  EXPECT_ERROR(softmax_cross_entropy(np::array({1, 2}), np::array({1, 2})), DTypeError,
               "softmax_cross_entropy needs floating-point logits, got i32[2]");
  EXPECT_ERROR(softmax_cross_entropy_with_integer_labels(logits, np::zeros({2})), DTypeError,
               "needs integer labels, got f32[2]");
  EXPECT_ERROR(softmax_cross_entropy_with_integer_labels(logits, np::array({1, 2, 0})), ShapeError,
               "logits f32[2,3] go with labels of shape (2,), got i32[3]");
  EXPECT_ERROR(multiclass_hinge_loss(logits, np::array({1})), ShapeError,
               "go with labels of shape (2,)");
  EXPECT_ERROR(perceptron_loss(np::zeros({2}), np::zeros({3})), ShapeError,
               "predictions and targets of one shape, got (2,) and (3,)");
}

}  // namespace
}  // namespace linum::losses
