#include "linum/transforms/fwd_and_bwd.h"

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"

namespace linum {
namespace {

Array product(const Array& x, const Array& w) { return lax::sin(lax::dot(x, w)); }

TEST(FwdAndBwd, GiveWhatVjpGives) {
  const auto [fwd, bwd] = fwd_and_bwd<0, 1>([](Array x, Array w) { return product(x, w); });
  const Array x = ramp({2, 3}), w = ramp({3, 2}), ct = floats({2, 2}, {1, 2, 3, 4});
  const auto [y, residuals] = fwd(x, w);
  const auto [dx, dw] = bwd(residuals, ct);
  const auto [expected, pull_back] = vjp([](Array a, Array b) { return product(a, b); }, x, w);
  const auto [ex, ew] = pull_back(ct);
  expect_close(y, expected, 1e-6);
  expect_close(dx, ex, 1e-6);
  expect_close(dw, ew, 1e-6);
}

TEST(FwdAndBwd, CompileOnce) {
  const auto [fwd, bwd] = fwd_and_bwd<1>([](Array x, Array w) { return product(x, w); });
  for (int i = 0; i < 3; ++i) {
    const auto [y, residuals] = fwd(ramp({2, 3}), floats({3, 2}, std::vector<float>(6, float(i))));
    EXPECT_EQ(bwd(residuals, y).shape(), (Shape{3, 2}));
  }
  EXPECT_EQ(fwd.cache_size(), 1u);
  EXPECT_EQ(bwd.cache_size(), 1u);
}

TEST(FwdAndBwd, TakeTheFirstArgumentByDefault) {
  using Params = std::map<std::string, Array>;
  const auto [fwd, bwd] = fwd_and_bwd([](Params p, Array x) { return lax::mul(p["w"], x); });
  const auto [y, residuals] = fwd(Params{{"w", Array(2.f)}}, ramp({}));
  EXPECT_EQ(bwd(residuals, lax::ones({}, float32)).at("w").item<float>(), 0);
}

TEST(FwdAndBwd, ExplainWrongCotangents) {
  const auto [fwd, bwd] = fwd_and_bwd([](Array x) { return lax::sin(x); });
  const auto residuals = fwd(ramp({3})).second;
  EXPECT_ERROR(bwd(residuals, ramp({2})), TreeError,
               "bwd takes a cotangent of the types of the function's result, (f32[3]), got "
               "(f32[2])");
}

}  // namespace
}  // namespace linum
