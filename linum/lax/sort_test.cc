#include "linum/lax/sort.h"

#include <gmock/gmock.h>

#include <cmath>

#include "linum/lax/laws_test.h"
#include "linum/lax/ramp_test.h"

namespace linum {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;

constexpr float kInf = HUGE_VALF;

// Expected numbers: jax.lax of the same operands.
TEST(Sort, PutsNaNLastAndKeepsZerosInPlace) {
  const float nan = std::nanf("");
  const Array x = floats({8}, {nan, 0.0f, -0.0f, -kInf, 2, -1, kInf, -nan});
  const std::vector<float> sorted = lax::sort(x).to_vector<float>();
  expect_close(lax::sort(x), floats({8}, {-kInf, -1, 0, 0, 2, kInf, nan, nan}), 0);
  EXPECT_FALSE(std::signbit(sorted[2]));
  EXPECT_TRUE(std::signbit(sorted[3]));
  const auto [keys, positions] = lax::sort_key_val(x, ints({8}, {0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_THAT(positions.to_vector<std::int32_t>(), ElementsAre(3, 5, 1, 2, 4, 6, 0, 7));
}

TEST(Sort, GoesAlongAnyDimension) {
  expect_close(lax::sort(floats({2, 3}, {5, 1, 3, 4, 2, 0}), 0), floats({2, 3}, {4, 1, 0, 5, 2, 3}),
               0);
}

TEST(Sort, OrdersComplexNumbersByRealThenImaginaryPart) {
  using C = std::complex<float>;
  expect_close(lax::sort(Array::of<C>({3}, {C(1, 2), C(1, -1), C(0, 5)})),
               Array::of<C>({3}, {C(0, 5), C(1, -1), C(1, 2)}), 0);
}

TEST(Sort, ComparesSeveralKeys) {
  const Arrays operands{ints({4}, {1, 0, 1, 0}), floats({4}, {3, 2, 1, 0}), ramp({4})};
  const Arrays sorted = lax::sort(operands, -1, true, /*num_keys=*/2);
  expect_close(sorted[0], ints({4}, {0, 0, 1, 1}), 0);
  expect_close(sorted[1], floats({4}, {0, 2, 1, 3}), 0);
  expect_close(sorted[2], floats({4}, {3, 1, 2, 0}), 0);
}

TEST(Sort, ExplainsWrongOperands) {
  EXPECT_THAT(message_of<ShapeError>([] {
                lax::sort(Arrays{ramp({3}), ramp({2})});
              }),
              HasSubstr("sort needs operands of one shape, got (3,) and (2,)"));
  EXPECT_THAT(message_of<ValueError>([] { lax::sort(Arrays{ramp({3})}, 0, true, 2); }),
              HasSubstr("num_keys must be in [1, 1], got 2"));
  EXPECT_THAT(message_of<ValueError>([] { lax::sort(Arrays{}); }),
              HasSubstr("at least one operand"));
}

TEST(TopK, TakesTheLargestAndOfEqualsTheFirst) {
  const auto [values, indices] = lax::top_k(floats({5}, {1, 3, std::nanf(""), 3, 2}), 3);
  expect_close(values, floats({3}, {std::nanf(""), 3, 3}), 0);
  EXPECT_THAT(indices.to_vector<std::int32_t>(), ElementsAre(2, 1, 3));
}

TEST(TopK, GoesAlongAnyAxis) {
  const auto [values, indices] = lax::top_k(floats({3, 2}, {1, 5, 3, 4, 2, 6}), 2, 0);
  expect_close(values, floats({2, 2}, {3, 6, 2, 5}), 0);
  expect_close(indices, ints({2, 2}, {1, 2, 2, 0}), 0);
}

TEST(TopK, ExplainsAWrongK) {
  EXPECT_THAT(message_of<ValueError>([] { lax::top_k(ramp({3}), 4); }),
              HasSubstr("top_k: k must be in [0, 3] for shape (3,) and axis 0, got 4"));
  EXPECT_THAT(message_of<DTypeError>([] { lax::top_k(lax::zeros({3}, DType::C64), 1); }),
              HasSubstr("top_k does not accept dtype complex64"));
}

std::vector<Law> sort_laws() {
  return {
      law("sort", [](X x) { return Arrays{lax::sort(x[0], 0)}; }, {real({4, 2})}),
      law("sort_with_values", [](X x) { return lax::sort(x, 1); }, {real({2, 3}), real({2, 3})}),
      law("top_k",
          [](X x) {
            const auto [values, indices] = lax::top_k(x[0], 2, 0);
            return Arrays{values, indices};
          },
          {real({4, 2})}),
      law("sort_integers", [](X x) { return lax::sort(x, 0, true, 2); },
          {integers({4}, 0, 3), integers({4})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Sort, Laws, testing::ValuesIn(sort_laws()), law_name);

}  // namespace
}  // namespace linum
