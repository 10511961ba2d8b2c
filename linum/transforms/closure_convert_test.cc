#include "linum/transforms/closure_convert.h"

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/custom.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

// f(x), whose derivative with respect to x and what f captured is ten times the true one.
template <class F>
Array ten_times(F f, const Array& x) {
  using Hoisted = std::vector<Array>;
  auto [g, hoisted] = closure_convert(f, x);
  auto backward = [g = g](std::tuple<Array, Hoisted> at, Array ct) {
    auto [dx, dh] = vjp(g, std::get<0>(at), std::get<1>(at)).second(ct);
    for (Array& d : dh) d = lax::mul(d, Array(10.0f));
    return std::tuple{lax::mul(dx, Array(10.0f)), dh};
  };
  auto forward = [g = g](Array v, Hoisted h) { return std::pair{g(v, h), std::tuple{v, h}}; };
  return custom_vjp(g, forward, backward)(x, hoisted);
}

}  // namespace

TEST(ClosureConvert, WithoutTransformsNothingIsHoisted) {
  Array w = ramp({3});
  auto [g, hoisted] = closure_convert([w](Array x) { return lax::mul(x, w); }, ramp({3}));
  EXPECT_TRUE(hoisted.empty());
  expect_close(g(ramp({3}), hoisted), floats({3}, {0, 1, 4}));
}

TEST(ClosureConvert, CapturedValuesAreDifferentiated) {
  auto loss = [](Array w, Array x) {
    return ten_times([w](Array v) { return lax::mul(lax::mul(v, v), w); }, x);
  };
  auto [dw, dx] = grad<0, 1>(loss)(scalar(3), scalar(2));
  EXPECT_EQ(dw.item<float>(), 40);
  EXPECT_EQ(dx.item<float>(), 120);
  EXPECT_EQ(jit(grad(loss))(scalar(3), scalar(2)).item<float>(), 40);
  expect_close(vmap(grad(loss))(floats({2}, {3, 4}), floats({2}, {2, 1})), floats({2}, {40, 10}));
}

TEST(ClosureConvert, WholeNumbersStayInside) {
  auto f = jit([](Array n, Array x) {
    auto [g, hoisted] = closure_convert(
        [n](Array v) { return lax::mul(v, lax::convert_element_type(n, DType::F32)); }, x);
    EXPECT_TRUE(hoisted.empty());
    return g(x, hoisted);
  });
  EXPECT_EQ(f(ints({}, {3}), scalar(2)).item<float>(), 6);
}

TEST(ClosureConvert, OtherArgumentsShowBoth) {
  auto g = closure_convert([](Tree t) { return t["a"]; }, Tree{{"a", ramp({2})}}).first;
  EXPECT_ERROR(g(Tree{{"b", ramp({2})}}, {}), TreeError,
               "closure_convert: the arguments are [{'b': f32[2]}]");
}

}  // namespace linum
