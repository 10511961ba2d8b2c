#include "linum/core/trace.h"

#include <gmock/gmock.h>

#include <thread>

#include "linum/base/testing.h"
#include "linum/lax/lax.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/jit.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

using testing::ElementsAre;

Array x1() { return Array::of<float>({2}, {1, 2}); }

// --- leaks -----------------------------------------------------------------------------------

template <class Transform>
Array leaked_from(Transform transform) {
  Array leaked;
  transform([&](Array x) {
    leaked = lax::sin(x);
    return lax::reduce_sum(x, {0});
  });
  return leaked;
}

TEST(LeakedTracer, IsNamedWhenUsedAfterJit) {
  Array leaked = leaked_from([](auto f) { jit(f)(x1()); });
  EXPECT_ERROR(
      lax::add(leaked, leaked), LeakedTracerError,
      "a traced value (f32[2]) of a finished program trace is used in add. Something stored "
      "it outside the transformed function (a captured variable, a member); return it as a "
      "result instead");
  EXPECT_ERROR(leaked.to_host(), LeakedTracerError, "is used in a read of data");
  EXPECT_ERROR(leaked.item<float>(), LeakedTracerError, "is used in a read of a number");
}

TEST(LeakedTracer, IsNamedWhenUsedAfterGradAndVmap) {
  Array from_grad = leaked_from([](auto f) { grad(f)(x1()); });
  EXPECT_ERROR(lax::neg(from_grad), LeakedTracerError, "is used in neg");
  Array from_vmap;
  vmap([&](Array x) {
    from_vmap = lax::sin(x);
    return x;
  })(x1());
  EXPECT_ERROR(lax::neg(from_vmap), LeakedTracerError, "is used in neg");
}

TEST(LeakedTracer, IsNamedInAnotherTransform) {
  Array leaked = leaked_from([](auto f) { jit(f)(x1()); });
  EXPECT_ERROR(jit([&](Array x) { return lax::add(x, leaked); })(x1()), LeakedTracerError,
               "of a finished program trace");
  EXPECT_ERROR(jit([](Array x) { return x; })(leaked), LeakedTracerError,
               "of a finished program trace");
}

TEST(LeakedTracer, IsNamedWhenTheFunctionThrew) {
  Array leaked;
  auto f = jit([&](Array x) -> Array {
    leaked = lax::sin(x);
    throw ValueError("no luck");
  });
  EXPECT_ERROR(f(x1()), ValueError, "no luck");
  EXPECT_TRUE(evaluating());
  EXPECT_ERROR(lax::neg(leaked), LeakedTracerError, "is used in neg");
}

TEST(Tracer, OfAnOuterTransformIsUsedInside) {
  auto f = jit([](Array x) { return jit([&](Array y) { return lax::add(x, y); })(lax::neg(x)); });
  EXPECT_THAT(f(x1()).to_vector<float>(), ElementsAre(0, 0));
}

// --- threads ---------------------------------------------------------------------------------

TEST(Traces, BelongToTheirThread) {
  bool other_evaluates = false;
  std::vector<float> other_result;
  Array y = jit([&](Array x) {
    EXPECT_FALSE(evaluating());
    NameScope scope("Dense_0");
    std::thread([&] {
      other_evaluates = evaluating() && current_scope()->empty();
      other_result = lax::neg(x1()).to_vector<float>();
    }).join();
    return lax::sin(x);
  })(x1());
  EXPECT_TRUE(other_evaluates);
  EXPECT_THAT(other_result, ElementsAre(-1, -2));
}

TEST(Tracer, IsRefusedInAnotherThread) {
  std::string message;
  jit([&](Array x) {
    std::thread([&] {
      try {
        lax::neg(x);
      } catch (const LeakedTracerError& e) {
        message = e.what();
      }
    }).join();
    return x;
  })(x1());
  EXPECT_EQ(message, "a traced value (f32[2]) is used in neg outside its transform");
}

// --- scopes ----------------------------------------------------------------------------------

TEST(NameScopes, NestAndAreRemembered) {
  EXPECT_EQ(*current_scope(), "");
  {
    NameScope outer("Model"), inner("Dense_0");
    EXPECT_EQ(*current_scope(), "Model/Dense_0");
    NameScope exactly(current_scope());
    EXPECT_EQ(*current_scope(), "Model/Dense_0");
  }
  EXPECT_EQ(*current_scope(), "");
}

TEST(NameScopes, AreInErrors) {
  NameScope outer("Model"), inner("Dense_0");
  auto f = [] {
    return jit([](Array x, Array y) {
      return lax::dot_general(x, y, {{0}, {0}, {}, {}});
    })(x1(), Array::of<float>({3}, {1, 2, 3}));
  };
  EXPECT_ERROR(f(), ShapeError, "(in Model/Dense_0)");
  EXPECT_ERROR(jit([](Array x) { return x.item<float>(); })(x1()), ConcretizationError,
               "is read as a number in Model/Dense_0");
}

TEST(AxisNames, AreListedForAnUnknownOne) {
  EXPECT_ERROR(named_axis_size("batch"), ValueError,
               "no axis named 'batch' is active here (active: none); give vmap an axis_name");
  AxisScope scope("model", 4);
  EXPECT_EQ(named_axis_size("model"), 4);
  EXPECT_EQ(axis_environment(), "model=4");
  EXPECT_ERROR(named_axis_size("batch"), ValueError, "(active: model=4)");
}

}  // namespace
}  // namespace linum
