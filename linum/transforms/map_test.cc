#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/vmap.h"

namespace linum {

static Array row_sum(Array row) { return lax::reduce_sum(lax::mul(row, row), {0}); }

TEST(MapInBatches, IsMap) {
  Array x = ramp({7, 3}), expected = lax::map(row_sum, x);
  for (std::int64_t batch : {1, 2, 3, 7, 10})
    expect_close(lax::map(row_sum, x, {.batch_size = batch}), expected, 1e-6,
                 std::to_string(batch));
}

TEST(MapInBatches, SeesOneRow) {
  lax::map(
      [](Array row) {
        EXPECT_EQ(row.shape(), Shape{3});
        return row;
      },
      ramp({4, 3}), {.batch_size = 2});
}

TEST(MapInBatches, TreesGoThrough) {
  auto f = [](std::tuple<Array, Array> x) {
    return Tree{{"sum", lax::add(std::get<0>(x), std::get<1>(x))}};
  };
  Tree y = lax::map(f, std::tuple{ramp({5}), ramp({5})}, {.batch_size = 2});
  expect_close(y["sum"], floats({5}, {0, 2, 4, 6, 8}));
}

TEST(MapInBatches, UnderEveryTransform) {
  auto total = [](Array x) {
    return lax::reduce_sum(lax::map(row_sum, x, {.batch_size = 2}), {0});
  };
  Array x = ramp({5, 2}), twice = lax::mul(x, Array(2.0f));
  expect_close(grad(total)(x), twice);
  expect_close(jit(grad(total))(x), twice);
  expect_close(jvp(total, std::tuple{x}, std::tuple{x}).second, lax::mul(total(x), Array(2.0f)));
  expect_close(vmap(grad(total))(lax::stack({x, x})), lax::stack({twice, twice}));
}

TEST(MapInBatches, LengthsMustAgree) {
  auto f = [](std::tuple<Array, Array> x) { return std::get<0>(x); };
  EXPECT_ERROR(lax::map(f, std::tuple{ramp({3}), ramp({4})}, {.batch_size = 2}), ShapeError,
               "map: the inputs need a first axis of one length, got f32[4] at 1");
  EXPECT_ERROR(lax::map(row_sum, ramp({3, 1}), {.batch_size = -1}), ValueError, "batch_size is -1");
}

}  // namespace linum
