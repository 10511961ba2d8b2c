// Custom derivatives that see which tangents and cotangents are zero, and arguments without any.
#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/custom.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

using Two = std::tuple<Array, Array>;
Array summed(Array x) { return lax::reduce_sum(x, {0}); }

// x y, whose rule notes which tangents it sees.
auto noted_product(std::vector<bool>& seen) {
  auto rule = [&seen](Two x, Two t) {
    auto [a, b] = x;
    auto [da, db] = t;
    seen = {da.defined(), db.defined()};
    Array out = da.defined() ? lax::mul(da, b) : Array();
    if (db.defined()) out = out.defined() ? lax::add(out, lax::mul(a, db)) : lax::mul(a, db);
    return std::pair{lax::mul(a, b), out};
  };
  return custom_jvp([](Array a, Array b) { return lax::mul(a, b); }, rule, symbolic_zeros);
}

// pair(2 x, 3 y), which notes what is perturbed and which cotangents are there.
struct SeenZeros {
  std::vector<bool> perturbed, cotangents;
};
auto noted_scales(SeenZeros& seen) {
  auto f = [](Array x, Array y) {
    return std::pair{lax::mul(x, Array(2.0f)), lax::mul(y, Array(3.0f))};
  };
  auto forward = [f, &seen](CustomVjpPrimal<Array> x, CustomVjpPrimal<Array> y) {
    seen.perturbed = {x.any_perturbed(), y.any_perturbed()};
    return std::pair{f(x.value, y.value), Tree()};
  };
  auto backward = [&seen](Tree, std::pair<Array, Array> ct) {
    seen.cotangents = {ct.first.defined(), ct.second.defined()};
    auto scaled = [](const Array& c, float k) { return c.defined() ? lax::mul(c, Array(k)) : c; };
    return Two{scaled(ct.first, 20), scaled(ct.second, 30)};
  };
  return custom_vjp(f, forward, backward, symbolic_zeros);
}

}  // namespace

// --- custom_jvp ------------------------------------------------------------------------------

TEST(CustomJvpZeros, TheRuleSeesWhichTangentsAreZero) {
  std::vector<bool> seen;
  auto f = noted_product(seen);
  EXPECT_EQ(grad([&](Array x) { return f(x, scalar(3)); })(scalar(2)).item<float>(), 3);
  EXPECT_EQ(seen, (std::vector<bool>{true, false}));
  EXPECT_EQ(grad([&](Array x) { return f(scalar(3), lax::mul(x, x)); })(scalar(2)).item<float>(),
            12);
  EXPECT_EQ(seen, (std::vector<bool>{false, true}));
}

TEST(CustomJvpZeros, UnderVmapEitherWay) {
  std::vector<bool> seen;
  auto f = noted_product(seen);
  auto by_first = [&](Array x) { return f(x, scalar(3)); };
  expect_close(vmap(grad(by_first))(ramp({2})), floats({2}, {3, 3}));
  auto total = [&](Array x) { return summed(vmap(f)(x, floats({2}, {4, 5}))); };
  expect_close(grad(total)(ramp({2})), floats({2}, {4, 5}));
  EXPECT_EQ(seen, (std::vector<bool>{true, false}));
}

TEST(CustomJvpZeros, TheRuleMayGiveZeros) {
  using One = std::tuple<Array>;
  auto rule = [](One x, One) { return std::pair{lax::sin(std::get<0>(x)), Array()}; };
  auto f = custom_jvp([](Array x) { return lax::sin(x); }, rule, symbolic_zeros);
  EXPECT_EQ(grad([&](Array x) { return f(x); })(scalar(1)).item<float>(), 0);
  EXPECT_EQ(jit(grad([&](Array x) { return summed(vmap(f)(x)); }))(ramp({2})).to_vector<float>(),
            (std::vector<float>{0, 0}));
}

TEST(CustomJvpZeros, StaticArgumentsAreNotDifferentiated) {
  using In = std::tuple<Array, int>;
  auto power = custom_jvp(
      [](Array x, int n) { return lax::integer_pow(x, n); },
      [](In x, In t) {
        auto [v, n] = x;
        Array slope = lax::mul(lax::integer_pow(v, n - 1), Array(static_cast<float>(10 * n)));
        return std::pair{lax::integer_pow(v, n), lax::mul(slope, std::get<0>(t))};
      });
  EXPECT_EQ(grad([&](Array x) { return power(x, 3); })(scalar(2)).item<float>(), 120);
}

// --- custom_vjp ------------------------------------------------------------------------------

TEST(CustomVjpZeros, ForwardSeesWhatIsPerturbed) {
  SeenZeros seen;
  auto f = noted_scales(seen);
  auto both = [&](Array x, Array y) {
    auto [a, b] = f(x, y);
    return lax::add(a, b);
  };
  auto [dx, dy] = grad<0, 1>(both)(scalar(1), scalar(1));
  EXPECT_EQ(dx.item<float>(), 20);
  EXPECT_EQ(dy.item<float>(), 30);
  EXPECT_EQ(seen.perturbed, (std::vector<bool>{true, true}));
  EXPECT_EQ(grad<1>(both)(scalar(1), scalar(1)).item<float>(), 30);
  EXPECT_EQ(seen.perturbed, (std::vector<bool>{false, true}));
}

TEST(CustomVjpZeros, BackwardSeesWhichCotangentsAreZero) {
  SeenZeros seen;
  auto f = noted_scales(seen);
  auto second = [&](Array x, Array y) { return f(x, y).second; };
  auto [dx, dy] = grad<0, 1>(second)(scalar(1), scalar(1));
  EXPECT_EQ(dx.item<float>(), 0);
  EXPECT_EQ(dy.item<float>(), 30);
  EXPECT_EQ(seen.cotangents, (std::vector<bool>{false, true}));
}

TEST(CustomVjpZeros, UnderVmapEitherWay) {
  SeenZeros seen;
  auto f = noted_scales(seen);
  auto second = [&](Array x, Array y) { return f(x, y).second; };
  auto [dx, dy] = vmap(grad<0, 1>(second))(ramp({2}), ramp({2}));
  expect_close(dx, floats({2}, {0, 0}));
  expect_close(dy, floats({2}, {30, 30}));
  auto total = [&](Array x, Array y) {
    return summed(vmap(second, {.in_axes = {0, std::nullopt}})(x, y));
  };
  auto [tx, ty] = jit(grad<0, 1>(total))(ramp({2}), scalar(1));
  expect_close(tx, floats({2}, {0, 0}));
  EXPECT_EQ(ty.item<float>(), 60);
  EXPECT_EQ(seen.cotangents, (std::vector<bool>{false, true}));
}

TEST(CustomVjpZeros, MarksAreThoseOfEachLeaf) {
  std::vector<bool> seen;
  auto f = custom_vjp(
      [](Tree t) { return lax::mul(t["a"], t["b"]); },
      [&](CustomVjpPrimal<Tree> t) {
        seen = t.perturbed;
        return std::pair{lax::mul(t.value["a"], t.value["b"]), t.value};
      },
      [](Tree t, Array ct) {
        return std::tuple{Tree{{"a", lax::mul(ct, t["b"])}, {"b", lax::mul(ct, t["a"])}}};
      },
      symbolic_zeros);
  auto g = grad([&](Array b) { return f(Tree{{"a", scalar(3)}, {"b", b}}); });
  EXPECT_EQ(g(scalar(1)).item<float>(), 3);
  EXPECT_EQ(seen, (std::vector<bool>{false, true}));
}

TEST(CustomVjpZeros, StaticArgumentsAreNotDifferentiated) {
  auto scale = custom_vjp([](Array x, float k) { return lax::mul(x, Array(k)); },
                          [](Array x, float k) {
                            return std::pair{lax::mul(x, Array(k)), Array(k)};
                          },
                          [](Array k, Array ct) {
                            return std::tuple{lax::mul(lax::mul(ct, k), Array(10.0f)), Tree()};
                          });
  EXPECT_EQ(grad([&](Array x) { return scale(x, 3.0f); })(scalar(2)).item<float>(), 30);
}

}  // namespace linum
