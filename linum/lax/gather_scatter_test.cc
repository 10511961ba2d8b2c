#include "linum/lax/gather_scatter.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "linum/lax/arithmetic.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/ramp_test.h"
#include "linum/lax/scatter_apply.h"
#include "linum/transforms/autodiff.h"

namespace linum {
namespace {

using testing::HasSubstr;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;
using lax::GatherScatterMode;

const lax::GatherDimensionNumbers kRows{{1}, {0}, {0}};
const lax::ScatterDimensionNumbers kIntoRows{{1}, {0}, {0}};
using ScatterFn = Array (*)(const Array&, const Array&, const Array&,
                            const lax::ScatterDimensionNumbers&, const lax::ScatterOptions&);

Array square_sum(const Array& x) { return lax::reduce_sum(lax::mul(x, x), {0, 1}); }

// Expected numbers: jax.lax of the same operands.
TEST(Gather, TreatsIndicesOutOfBoundsByItsMode) {
  const Array x = ramp({4, 3}), rows = ints({4, 1}, {2, 0, 9, -1});
  const auto run = [&](GatherScatterMode mode) {
    return lax::gather(x, rows, kRows, {1, 2}, {.mode = mode});
  };
  const float nan = std::nanf("");
  const Array clipped = floats({4, 2}, {6, 7, 0, 1, 9, 10, 0, 1});
  expect_close(run(GatherScatterMode::Clip), clipped, 0);
  expect_close(run(GatherScatterMode::PromiseInBounds), clipped, 0);
  expect_close(run(GatherScatterMode::FillOrDrop), floats({4, 2}, {6, 7, 0, 1, nan, nan, nan, nan}),
               0);
}

TEST(Gather, FillsWithAValueOfItsDtype) {
  const Array rows = ints({2, 1}, {1, 4});
  const auto run = [&](DType dtype, Array fill = {}) {
    const Array x = lax::convert_element_type(ramp({3, 2}), dtype);
    return lax::gather(x, rows, kRows, {1, 1},
                       {.mode = GatherScatterMode::FillOrDrop, .fill_value = fill});
  };
  expect_close(run(DType::I32), ints({2, 1}, {2, std::numeric_limits<std::int32_t>::min()}), 0);
  expect_close(run(DType::U8), Array::of<std::uint8_t>({2, 1}, {2, 255}), 0);
  expect_close(run(DType::F32, 7), floats({2, 1}, {2, 7}), 0);
}

TEST(Gather, ReadsWindows) {
  expect_close(lax::gather(ramp({3, 4}), ints({2, 2}, {1, 1, 0, 2}), {{1, 2}, {}, {0, 1}}, {2, 2}),
               floats({2, 2, 2}, {5, 6, 9, 10, 2, 3, 6, 7}), 0);
}

TEST(Gather, RunsAlongBatchingDimensions) {
  expect_close(
      lax::gather(ramp({2, 3}), ints({2, 2, 1}, {2, 0, 1, 1}), {{}, {1}, {1}, {0}, {0}}, {1, 1}),
      floats({2, 2}, {2, 0, 4, 4}), 0);
}

TEST(Gather, ExplainsWrongDimensions) {
  const auto gather = [](Shape indices, lax::GatherDimensionNumbers dims, Shape sizes) {
    return [=] { lax::gather(ramp({4, 3}), lax::zeros(indices, DType::I32), dims, sizes); };
  };
  EXPECT_THAT(message_of<ShapeError>(gather({2, 2}, kRows, {1, 3})),
              HasSubstr("the last axis of the indices (2, 2) must have one entry for each of "
                        "start_index_map = (0,)"));
  EXPECT_THAT(message_of<ShapeError>(gather({2, 1}, kRows, {1, 5})),
              HasSubstr("slice_sizes (1, 5) exceed the operand (4, 3)"));
  EXPECT_THAT(message_of<ShapeError>(gather({2, 1}, kRows, {2, 3})),
              HasSubstr("slice_sizes (2, 3) have 2 for dimension 0"));
  EXPECT_THAT(message_of<ShapeError>(gather({2, 1}, {{1, 0}, {}, {0}}, {1, 3})),
              HasSubstr("gather: offset_dims must be sorted, got (1, 0)"));
  EXPECT_THAT(message_of<ShapeError>(gather({2, 1}, {{1}, {2}, {0}}, {1, 3})),
              HasSubstr("collapsed_slice_dims must be in [0, 2), got (2,)"));
  EXPECT_THAT(
      message_of<ShapeError>(gather({2, 1}, {{1}, {0}, {0}, {0}, {0}}, {1, 3})),
      HasSubstr("the batching dimensions (0,) of the operand (4, 3) and (0,) of the indices "
                "(2, 1) must be as many and as large"));
  EXPECT_THAT(message_of<DTypeError>([] {
                lax::gather(ramp({4, 3}), ramp({2, 1}), kRows, {1, 3});
              }),
              HasSubstr("gather: indices must be integers, got float32"));
}

TEST(Scatter, CombinesByItsOperation) {
  const Array x = ramp({4, 2}), rows = ints({3, 1}, {2, 0, 2});
  const Array updates = floats({3, 2}, {2, 4, 6, 8, 10, 12});
  const auto run = [&](ScatterFn f) { return f(x, rows, updates, kIntoRows, {}); };
  expect_close(run(lax::scatter), floats({4, 2}, {6, 8, 2, 3, 10, 12, 6, 7}), 0);
  expect_close(run(lax::scatter_add), floats({4, 2}, {6, 9, 2, 3, 16, 21, 6, 7}), 0);
  expect_close(run(lax::scatter_sub), floats({4, 2}, {-6, -7, 2, 3, -8, -11, 6, 7}), 0);
  expect_close(run(lax::scatter_mul), floats({4, 2}, {0, 8, 2, 3, 80, 240, 6, 7}), 0);
  expect_close(run(lax::scatter_min), floats({4, 2}, {0, 1, 2, 3, 2, 4, 6, 7}), 0);
  expect_close(run(lax::scatter_max), floats({4, 2}, {6, 8, 2, 3, 10, 12, 6, 7}), 0);
}

TEST(Scatter, DropsOrMovesWindowsOutOfBounds) {
  const lax::ScatterDimensionNumbers windows{{1}, {}, {0}};
  const Array zero = lax::zeros({4}, DType::F32), starts = ints({2, 1}, {1, 3});
  const Array updates = floats({2, 2}, {1, 2, 3, 4});
  expect_close(lax::scatter_add(zero, starts, updates, windows), floats({4}, {0, 1, 2, 0}), 0);
  expect_close(lax::scatter_add(zero, starts, updates, windows, {.mode = GatherScatterMode::Clip}),
               floats({4}, {0, 1, 5, 4}), 0);
}

TEST(Scatter, MaximumSharesTheGradientBetweenTies) {
  const Array rows = ints({3, 1}, {2, 0, 2});
  const auto loss = [&](const Array& x, const Array& updates) {
    return square_sum(lax::scatter_max(x, rows, updates, kIntoRows));
  };
  const Array x = floats({4, 2}, {1, 5, 0, 0, 3, 3, 1, 1});
  const Array updates = floats({3, 2}, {3, 1, 1, 9, 3, 3});
  const auto [by_x, by_updates] = grad<0, 1>(loss)(x, updates);
  expect_close(by_x, floats({4, 2}, {1, 0, 0, 0, 2, 3, 2, 2}), 1e-6);
  expect_close(by_updates, floats({3, 2}, {2, 0, 1, 18, 2, 3}), 1e-6);
}

TEST(Scatter, ReplacedElementsHaveNoGradient) {
  const auto loss = [](const Array& x, const Array& updates) {
    return square_sum(lax::scatter(x, ints({2, 1}, {2, 0}), updates, kIntoRows));
  };
  const auto [by_x, by_updates] = grad<0, 1>(loss)(ramp({4, 2}), floats({2, 2}, {1, 2, 3, 4}));
  expect_close(by_x, floats({4, 2}, {0, 0, 4, 6, 0, 0, 12, 14}), 0);
  expect_close(by_updates, floats({2, 2}, {2, 4, 6, 8}), 0);
}

TEST(Scatter, ExplainsWrongOperands) {
  const auto run = [](Shape indices, Shape updates, lax::ScatterDimensionNumbers dims = kIntoRows) {
    return [=] {
      lax::scatter_add(ramp({4, 2}), lax::zeros(indices, DType::I32), ramp(updates), dims);
    };
  };
  EXPECT_THAT(message_of<ShapeError>(run({3, 1}, {3, 2, 1})),
              HasSubstr("scatter-add: updates must have rank 2"));
  EXPECT_THAT(message_of<ShapeError>(run({3, 1}, {2, 2})),
              HasSubstr("updates (2, 2) without their window dimensions (1,) must have the batch "
                        "axes of the indices (3, 1)"));
  EXPECT_THAT(message_of<ShapeError>(run({3, 1}, {3, 5})),
              HasSubstr("windows of the updates (3, 5) exceed the operand (4, 2)"));
  EXPECT_THAT(message_of<ShapeError>(run({3, 1}, {3, 2}, {{1}, {}, {0}})),
              HasSubstr("the windows have 1 dimensions"));
  EXPECT_THAT(message_of<DTypeError>([] {
                lax::scatter(ramp({4, 2}), ints({1, 1}, {0}), ints({1, 2}, {0, 0}), kIntoRows);
              }),
              HasSubstr("scatter: operand and updates must have one dtype, got float32 and int32"));
}

TEST(Scatter, ProductNeedsUniqueIndicesForTheGradientOfUpdates) {
  const auto loss = [](const Array& updates) {
    return square_sum(lax::scatter_mul(ramp({4, 2}), ints({2, 1}, {2, 0}), updates, kIntoRows));
  };
  EXPECT_THAT(
      message_of<TransformError>([&] {
        grad(loss)(ramp({2, 2}));
      }),
      HasSubstr("scatter-mul: its derivative by the updates exists only with unique_indices "
                "= true"));
}

FlatFn gather_rows(GatherScatterMode mode) {
  return [mode](X x) {
    const lax::GatherOptions options{.mode = mode, .fill_value = 0.5};
    return Arrays{lax::gather(x[0], x[1], kRows, {1, 2}, options)};
  };
}
FlatFn scatter_rows(ScatterFn f, GatherScatterMode mode = GatherScatterMode::FillOrDrop) {
  return [f, mode](X x) { return Arrays{f(x[0], x[1], x[2], kIntoRows, {.mode = mode})}; };
}
FlatFn scatter_unique(ScatterFn f) {
  return [f](X x) {
    return Arrays{f(x[0], ints({2, 1}, {2, 0}), x[1], kIntoRows, {.unique_indices = true})};
  };
}

std::vector<Law> gather_laws() {
  const Sample rows = integers({2, 1}, -1, 5);
  return {
      law("clip", gather_rows(GatherScatterMode::Clip), {real({3, 3}), rows}),
      law("fill", gather_rows(GatherScatterMode::FillOrDrop), {real({3, 3}), rows}),
      law("batching_dims",
          [](X x) {
            return Arrays{lax::gather(x[0], x[1], {{}, {1}, {1}, {0}, {0}}, {1, 1})};
          },
          {real({2, 3}), integers({2, 2, 1}, 0, 3)}),
  };
}
INSTANTIATE_TEST_SUITE_P(Gather, Laws, testing::ValuesIn(gather_laws()), law_name);

std::vector<Law> scatter_laws() {
  const std::vector<Sample> operands{real({3, 2}), integers({2, 1}, -1, 4), real({2, 2})};
  const std::vector<Sample> without_indices{real({3, 2}), real({2, 2})};
  return {
      law("add", scatter_rows(lax::scatter_add), operands),
      law("sub_clipped", scatter_rows(lax::scatter_sub, GatherScatterMode::Clip), operands),
      law("set", scatter_rows(lax::scatter), operands),
      law("max", scatter_rows(lax::scatter_max, GatherScatterMode::Clip),
          {real({3, 2}), integers({2, 1}, 0, 3), real({2, 2})}),
      law("min", scatter_rows(lax::scatter_min, GatherScatterMode::Clip),
          {real({3, 2}), integers({2, 1}, 0, 3), real({2, 2})}),
      law("set_unique", scatter_unique(lax::scatter), without_indices),
      law("mul_unique", scatter_unique(lax::scatter_mul), without_indices),
      law("apply",
          [](X x) {
            auto twice = [](const Array& v) { return lax::add(v, v); };
            return Arrays{lax::scatter_apply(x[0], x[1], twice, kIntoRows, {2, 2})};
          },
          {real({3, 2}), integers({2, 1}, -1, 4)})
          .up_to_order(0),
      law("add_along_batching_dims",
          [](X x) {
            const lax::ScatterDimensionNumbers dims{{}, {1}, {1}, {0}, {0}};
            return Arrays{lax::scatter_add(x[0], x[1], x[2], dims)};
          },
          {real({2, 3}), integers({2, 2, 1}, 0, 3), real({2, 2})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Scatter, Laws, testing::ValuesIn(scatter_laws()), law_name);

}  // namespace
}  // namespace linum
