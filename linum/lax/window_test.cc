#include "linum/lax/window.h"

#include <gmock/gmock.h>

#include "linum/lax/arithmetic.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"

namespace linum {
namespace {

using testing::HasSubstr;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;

const Array& image() {
  static const Array x = floats({3, 4}, {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8});
  return x;
}

// Expected numbers: jax.lax of the same operands.
TEST(ReduceWindow, MaximumOfSamePaddedWindows) {
  expect_close(lax::reduce_window_max(image(), {2, 2}, {1, 2}, "SAME"),
               floats({3, 2}, {9, 6, 9, 8, 5, 8}), 0);
}

TEST(ReduceWindow, MinimumOfDilatedWindows) {
  expect_close(lax::reduce_window_min(image(), {2, 2}, {}, "VALID", {}, {1, 2}),
               floats({2, 2}, {2, 1, 2, 3}), 0);
}

TEST(ReduceWindow, SumOverADilatedBase) {
  expect_close(lax::reduce_window_sum(image(), {2, 3}, {2, 1}, {{1, 0}, {0, 1}}, {2, 1}),
               floats({3, 3}, {8, 6, 5, 16, 17, 8, 13, 16, 13}), 0);
}

TEST(ReduceWindow, OfIntegersStartsAtTheirLeastValue) {
  expect_close(lax::reduce_window_max(ints({3}, {-5, -7, -6}), {2}, {}, {{1, 0}}),
               ints({3}, {-5, -5, -6}), 0);
}

TEST(ReduceWindow, GradientGoesToTheMaximum) {
  const auto loss = [](const Array& x) {
    const Array y = lax::reduce_window_max(x, {2, 2}, {}, "SAME");
    return lax::reduce_sum(lax::mul(y, y), {0, 1});
  };
  expect_close(grad(loss)(image()), floats({3, 4}, {0, 0, 0, 0, 0, 72, 0, 24, 10, 0, 10, 64}), 0);
}

TEST(ReduceWindow, GradientOfEqualElementsGoesToTheFirst) {
  const auto loss = [](const Array& x) {
    return lax::reduce_sum(lax::reduce_window_max(x, {2}), {0});
  };
  expect_close(grad(loss)(floats({3}, {1, 1, 1})), floats({3}, {1, 1, 0}), 0);
}

TEST(ReduceWindow, ExplainsWrongParameters) {
  const auto pool = [](Shape window, Shape strides = {}) {
    return [=] { lax::reduce_window_max(image(), window, strides); };
  };
  EXPECT_THAT(message_of<ShapeError>(pool({2})),
              HasSubstr("reduce_window_max: an operand of shape (3, 4) needs 2 entries in "
                        "window_dimensions (2,)"));
  EXPECT_THAT(message_of<ValueError>(pool({2, 0})),
              HasSubstr("window_dimensions must be positive, got (2, 0)"));
  EXPECT_THAT(message_of<ValueError>(pool({2, 2}, {1, -1})),
              HasSubstr("window_strides must be positive, got (1, -1)"));
  EXPECT_THAT(message_of<ShapeError>([] {
                lax::select_and_scatter_add(ramp({2, 2}), image(), lax::Select::Greatest, {2, 2},
                                            {1, 1}, {{0, 0}, {0, 0}});
              }),
              HasSubstr("the operand f32[3,4] has (2, 3) windows, got source f32[2,2]"));
}

TEST(ReduceWindow, MaximumOfDilatedWindowsHasNoReverseMode) {
  const auto loss = [](const Array& x) {
    return lax::reduce_sum(lax::reduce_window_max(x, {2, 2}, {}, "VALID", {}, {1, 2}), {0, 1});
  };
  EXPECT_THAT(message_of<TransformError>([&] { grad(loss)(image()); }),
              HasSubstr("has no transpose with window_dilation (1, 2)"));
}

using WindowFn = Array (*)(const Array&, const Shape&, const Shape&, const lax::WindowPadding&,
                           const Shape&, const Shape&);
FlatFn pool(WindowFn f, lax::WindowPadding padding, Shape base_dilation = {},
            Shape window_dilation = {}) {
  return [=](X x) {
    return Arrays{f(x[0], {2, 2}, {2, 1}, padding, base_dilation, window_dilation)};
  };
}

std::vector<Law> window_laws() {
  const Sample x = real({4, 3});
  return {
      law("max", pool(lax::reduce_window_max, "SAME"), {x}),
      law("min_cropped", pool(lax::reduce_window_min, {{-1, 1}, {0, -1}}), {x}),
      law("max_of_dilated_base", pool(lax::reduce_window_max, "VALID", {2, 1}), {x}),
      law("sum", pool(lax::reduce_window_sum, {{1, 0}, {0, 2}}, {1, 2}, {2, 1}), {x}),
  };
}
INSTANTIATE_TEST_SUITE_P(Window, Laws, testing::ValuesIn(window_laws()), law_name);

}  // namespace
}  // namespace linum
