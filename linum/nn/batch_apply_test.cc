#include "linum/nn/batch_apply.h"

#include "linum/nn/layer_test.h"
#include "linum/nn/linear.h"

namespace linum::nn {
namespace {

Array row_sums(const Array& x, const Array& bias) {
  EXPECT_EQ(x.ndim(), 2);
  return np::sum(x, 1) + bias;
}

TEST(BatchApply, MergesAndSplitsLeadingAxes) {
  expect_values(BatchApply(row_sums)(counting({2, 1, 2}), np::array(10.0)), {2, 1}, {13, 17});
}

struct PerStep : Module<PerStep> {
  Array forward(const Array& x) const {
    return BatchApply(Dense{.features = 1, .kernel_init = initializers::ones})(x);
  }
};

TEST(BatchApply, AppliesLayers) {
  auto [y, variables] = PerStep{}.init_with_output(test_key(), counting({2, 1, 2}));
  expect_values(y, {2, 1, 1}, {3, 7});
  EXPECT_TRUE(variables.contains("params/Dense_0/kernel"));
}

TEST(BatchApply, WantsAnInputOfEnoughDimensions) {
  BatchApply sums(row_sums);
  EXPECT_ERROR(sums(np::ones({2}), np::ones({2})), ValueError,
               "at least one input of 2 dimensions or more");
}

}  // namespace
}  // namespace linum::nn
