#include "linum/lax/cumulative.h"

#include <gmock/gmock.h>

#include <cmath>

#include "linum/lax/arithmetic.h"
#include "linum/lax/associative_scan.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"

namespace linum {
namespace {

using testing::HasSubstr;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;

const Array& table() {
  static const Array x = floats({3, 4}, {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8});
  return x;
}

// Expected numbers: jax.lax of the same operands.
TEST(Cumulative, ReducesEverythingBefore) {
  expect_close(lax::cumsum(table(), 1), floats({3, 4}, {3, 4, 8, 9, 5, 14, 16, 22, 5, 8, 13, 21}),
               0);
  expect_close(lax::cummax(table(), -1), floats({3, 4}, {3, 3, 4, 4, 5, 9, 9, 9, 5, 5, 5, 8}), 0);
  expect_close(lax::cumlogsumexp(table()),
               floats({3, 4}, {3, 1, 4, 1, 5.1269279f, 9.0003357f, 4.1269279f, 6.0067153f,
                               5.7586236f, 9.0028105f, 5.3490124f, 8.1277313f}),
               1e-7);
}

TEST(Cumulative, ReversedReducesEverythingAfter) {
  expect_close(lax::cumprod(table(), 0, true),
               floats({3, 4}, {75, 27, 40, 48, 25, 27, 10, 48, 5, 3, 5, 8}), 0);
  expect_close(lax::cummin(table(), 1, true), floats({3, 4}, {1, 1, 1, 1, 2, 2, 2, 6, 3, 3, 5, 8}),
               0);
}

TEST(Cumulative, TiesShareTheGradientOfAMaximum) {
  const auto loss = [](const Array& x) {
    return lax::reduce_sum(lax::mul(lax::cummax(x), ramp({4})), {0});
  };
  expect_close(grad(loss)(floats({4}, {1, 3, 3, 2})), floats({4}, {0, 3.5, 2.5, 0}), 0);
}

TEST(Cumulative, LogSumExpHasNoGradientAtMinusInfinity) {
  const auto loss = [](const Array& x) {
    return lax::reduce_sum(lax::mul(lax::cumlogsumexp(x), ramp({4})), {0});
  };
  expect_close(grad(loss)(floats({4}, {1, -HUGE_VALF, 3, 2})),
               floats({4}, {1.5084975f, 0, 3.7573166f, 0.7341853f}), 1e-6);
}

TEST(Cumulative, OfNothingIsNothing) {
  EXPECT_EQ(lax::cumsum(lax::zeros({0, 2}, DType::F32)).shape(), (Shape{0, 2}));
}

TEST(Cumulative, ExplainsWrongOperands) {
  EXPECT_THAT(message_of<ShapeError>([] { lax::cumsum(table(), 2); }), HasSubstr("cumsum"));
  EXPECT_THAT(message_of<DTypeError>([] {
                lax::cumlogsumexp(ints({2}, {1, 2}));
              }),
              HasSubstr("cumlogsumexp does not accept dtype int32"));
}

// The composition of x -> a x + b, which does not commute.
Arrays compose(X first, X then) {
  return {lax::mul(first[0], then[0]), lax::add(lax::mul(first[1], then[0]), then[1])};
}

TEST(AssociativeScan, CombinesInOrder) {
  const Arrays maps{floats({3}, {1, 2, 3}), floats({3}, {1, 1, 1})};
  const Arrays out = lax::associative_scan(lax::CombineFn(compose), maps);
  expect_close(out[0], floats({3}, {1, 2, 6}), 0);
  expect_close(out[1], floats({3}, {1, 3, 10}), 0);
}

TEST(AssociativeScan, TakesOneArrayToo) {
  expect_close(lax::associative_scan(lax::mul, floats({5}, {1, 2, 3, 4, 5}), /*reverse=*/true),
               floats({5}, {120, 120, 60, 20, 5}), 0);
}

TEST(AssociativeScan, ExplainsUnequalLengths) {
  const Arrays maps{ramp({3}), ramp({2})};
  EXPECT_THAT(message_of<ShapeError>([&] { lax::associative_scan(lax::CombineFn(compose), maps); }),
              HasSubstr("the arrays must agree in axis 0, got (3,) and (2,)"));
}

FlatFn along(Array (*f)(const Array&, std::int64_t, bool), std::int64_t axis, bool reverse) {
  return [=](X x) { return Arrays{f(x[0], axis, reverse)}; };
}

std::vector<Law> cumulative_laws() {
  const Sample x = real({3, 2});
  return {
      law("sum_reversed", along(lax::cumsum, 0, true), {x}),
      law("prod", along(lax::cumprod, 0, false), {x}),
      law("max_reversed", along(lax::cummax, 0, true), {x}),
      law("min", along(lax::cummin, 1, false), {x}),
      law("logsumexp", along(lax::cumlogsumexp, 0, false), {x}),
      law("sum_of_integers", along(lax::cumsum, 1, false), {integers({2, 3})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Cumulative, Laws, testing::ValuesIn(cumulative_laws()), law_name);

}  // namespace
}  // namespace linum
