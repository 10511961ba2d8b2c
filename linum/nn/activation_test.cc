#include "linum/nn/activation.h"

#include "linum/nn/layer_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/vmap.h"

namespace linum::nn {
namespace {

template <class F>
Array slopes(F f, const Array& x) {
  return grad([f](const Array& v) { return np::sum(Array(f(v))); })(x);
}

TEST(Relu, IsZeroBelowZero) { expect_values(relu(np::array({-2.0, 0.0, 3.0})), {0, 0, 3}); }

TEST(Relu, HasDerivativeZeroAtZero) {
  expect_values(slopes(relu, np::array({-1.0, 0.0, 1.0})), {0, 0, 1});
}

TEST(Relu, KeepsIntegers) {
  Array y = relu(np::array({-2, 3}));
  EXPECT_EQ(y.dtype(), int32);
  expect_values(y, {0, 3});
}

TEST(Relu, FollowsItsRuleUnderVmapAndTwice) {
  auto f = [](const Array& x) { return relu(x) * x; };
  expect_values(vmap(grad(f))(np::array({-1.0, 0.0, 2.0})), {0, 0, 4});
  expect_values(vmap(grad(grad(f)))(np::array({-1.0, 0.0, 2.0})), {0, 0, 2});
}

TEST(Relu6, HasDerivativeZeroAtBothEnds) {
  Array x = np::array({-1.0, 0.0, 3.0, 6.0, 7.0});
  expect_values(relu6(x), {0, 0, 3, 6, 6});
  expect_values(slopes(relu6, x), {0, 0, 1, 0, 0});
}

TEST(Elu, HasNoNanGradientWhereExpWouldOverflow) {
  auto f = [](const Array& x) { return elu(x, 2.0); };
  expect_values(slopes(f, np::array({1000.0, -1000.0})), {1, 0});
}

TEST(Gelu, IsExactOnRequest) {
  expect_values(gelu(np::array({1.0}), false), {0.84134475f});
  expect_values(gelu(np::array({1.0})), {0.841192f});
}

TEST(Softplus, DoesNotOverflow) {
  expect_values(softplus(np::array({-1000.0, 0.0, 1000.0})), {0, std::log(2.0f), 1000});
}

TEST(HardTanh, StaysWithinOne) {
  expect_values(hard_tanh(np::array({-3.0, 0.5, 3.0})), {-1, 0.5, 1});
}

TEST(SparsePlus, HasSparseSigmoidAsItsDerivative) {
  Array x = np::array({-2.0, -0.5, 0.5, 2.0});
  expect_values(slopes(sparse_plus, x), {0, 0.25, 0.75, 1});
  expect_values(sparse_sigmoid(x), {0, 0.25, 0.75, 1});
}

TEST(Glu, GatesTheFirstHalfByTheSecond) {
  expect_values(glu(np::array({{2.0, 4.0, 0.0, 0.0}})), {1, 2}, {1, 2});
  expect_values(glu(np::array({{2.0}, {0.0}}), 0), {1, 1}, {1});
}

TEST(Glu, RefusesAnOddSize) {
  EXPECT_ERROR(glu(np::zeros({2, 3})), ShapeError, "axis 1 must be divisible by 2, got 3");
}

TEST(Log1mexp, DoesNotCancelForSmallArguments) {
  expect_values(log1mexp(np::array({1e-4, 40.0})), {-9.210390f, -4.24835e-18f});
}

TEST(PReLU, HasOneSlope) {
  Array x = np::array({-2.0, 4.0});
  Tree variables = PReLU{.negative_slope_init = 0.25}.init(test_key(), x);
  EXPECT_EQ(variables["params/negative_slope"].array().shape(), Shape{});
  expect_values(PReLU{}.apply(variables, x), {-0.5, 4});
}

}  // namespace
}  // namespace linum::nn
