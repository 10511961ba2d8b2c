// NaN is greater and smaller than every number, as in JAX; XLA's CPU code thinks otherwise.
#include <gmock/gmock.h>

#include <cmath>

#include "linum/np/np.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

using testing::ElementsAre;
using testing::IsNan;

const float kNan = std::nanf("");

TEST(NaN, GoesThroughMaximumAndMinimum) {
  Array x = Array::of<float>({2}, {kNan, 1});
  EXPECT_THAT(np::maximum(x, 0).to_vector<float>(), ElementsAre(IsNan(), 1));
  EXPECT_THAT(np::minimum(2, x).to_vector<float>(), ElementsAre(IsNan(), 1));
  EXPECT_THAT(np::clip(x, 0, 0.5).to_vector<float>(), ElementsAre(IsNan(), 0.5));
}

TEST(NaN, GoesThroughReductions) {
  auto extremes = jit([](Array x) { return np::stack({np::max(x), np::min(x)}); });
  Array x = Array::of<float>({3}, {kNan, kNan, 1});
  EXPECT_THAT(extremes(x).to_vector<float>(), ElementsAre(IsNan(), IsNan()));
}

}  // namespace
}  // namespace linum
