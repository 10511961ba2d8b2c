#include "linum/nn/fp8_ops.h"

#include "linum/nn/layer_test.h"
#include "linum/transforms/autodiff.h"

namespace linum::nn {
namespace {

Dense dense_of_ones(DotGeneralFn dot_general) {
  return {.features = 1,
          .use_bias = false,
          .kernel_init = initializers::ones,
          .dot_general = std::move(dot_general)};
}

TEST(Fp8DirectDotGeneralOp, RoundsItsOperandsToEightBits) {
  Dense dense = dense_of_ones(as_dot_general(Fp8DirectDotGeneralOp{.amax_history_length = 2}));
  Array x = np::array({{1.0, 1.03}});  // 8-bit numbers above 1 are 1/8 apart
  auto [y, variables] = dense.init_with_output(test_key(), x);
  expect_values(y, {1, 1}, {2});
  EXPECT_TRUE(
      variables.contains("_overwrite_with_gradient/Fp8DirectDotGeneralOp_0/input_amax_history"));
}

TEST(Fp8DotGeneralOp, GivesTheNextHistoryForAGradient) {
  Dense dense = dense_of_ones(as_dot_general(Fp8DotGeneralOp{.amax_history_length = 2}));
  Array x = np::array({{1.0, 3.0}});
  Tree variables = dense.init(test_key(), x);
  auto loss = [&](const Tree& v) { return np::sum(dense.apply(v, x)); };
  Tree next = grad(loss)(variables)["_overwrite_with_gradient/Fp8DotGeneralOp_0"];
  expect_values(next["input_amax_history"], {3, 0});
  expect_values(next["output_grad_amax_history"], {1, 0});
}

TEST(Fp8DotGeneralOp, RefusesOtherFormats) {
  Dense dense = dense_of_ones(as_dot_general(Fp8DotGeneralOp{.e4m3_dtype = float16}));
  EXPECT_ERROR(dense.init(test_key(), np::ones({1, 2})), DTypeError, "8-bit float");
}

}  // namespace
}  // namespace linum::nn
