// What users do wrong with traced values, and what they are told.
#include "linum/base/testing.h"
#include "linum/core/trace.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/checkpoint.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/jacobian.h"
#include "linum/transforms/vmap.h"

namespace linum {

static Array sum(Array x) { return lax::reduce_sum(x, {0}); }

// --- reading traced values -------------------------------------------------------------------

TEST(TracedRead, AsABoolSaysCondOrWhere) {
  auto f = [](Array x) { return x ? x : lax::neg(x); };
  EXPECT_ERROR(
      jit(f)(floats({}, {1})), ConcretizationError,
      "a traced value of type f32[] is read as a bool: inside jit, grad or vmap there is no number "
      "yet. Use lax::cond or np::where instead of `if`");
}

TEST(TracedRead, AsANumberSaysStatic) {
  auto f = [](Array x) { return lax::full({x.item<int>()}, Array(1.0f)); };
  EXPECT_ERROR(jit(f)(Array(3)), ConcretizationError, "is read as a number");
  EXPECT_ERROR(jit(f)(Array(3)), ConcretizationError,
               "pass what decides shapes or branches as a C++ value (static)");
}

TEST(TracedRead, AsDataSaysReturnIt) {
  auto f = [](Array x) { return Array(x.to_vector<float>()[0]); };
  EXPECT_ERROR(jit(f)(ramp({2})), ConcretizationError,
               "a traced value of type f32[2] is read as data");
  EXPECT_ERROR(jit(f)(ramp({2})), ConcretizationError,
               "return the array from the transformed function and read it outside");
}

TEST(TracedRead, UnderVmapAndGradToo) {
  auto f = [](Array x) { return x ? x : lax::neg(x); };
  EXPECT_ERROR(vmap(f)(ramp({2})), ConcretizationError, "f32[] is read as a bool");
  EXPECT_ERROR(grad(f)(floats({}, {1})), ConcretizationError, "f32[] is read as a bool");
}

TEST(TracedRead, NamesTheModule) {
  auto f = [](Array x) {
    NameScope net("Net"), dense("Dense_0");
    return x ? x : lax::neg(x);
  };
  EXPECT_ERROR(jit(f)(floats({}, {1})), ConcretizationError, "is read as a bool in Net/Dense_0:");
}

TEST(TracedRead, PrintingIsNoRead) {
  std::string text;
  jit([&](Array x) { return text = x.to_string(), x; })(ramp({2}));
  EXPECT_NE(text.find("f32[2]"), std::string::npos) << text;
}

// --- leaks -----------------------------------------------------------------------------------

template <class Transformed>
static Array leak_from(Transformed transform) {
  Array leaked;
  transform([&](Array x) {
    leaked = lax::sin(x);
    return sum(leaked);
  })(ramp({2}));
  return leaked;
}
static const auto with_jit = [](auto f) { return jit(f); };
static const auto with_grad = [](auto f) { return grad(f); };
static const auto with_vmap = [](auto f) {
  return [f](Array x) { return vmap(f, {.in_axes = {1}})(lax::broadcast_in_dim(x, {2, 3}, {0})); };
};

TEST(Leaks, AValueThatOutlivesJitSaysHow) {
  Array leaked = leak_from(with_jit);
  EXPECT_ERROR(lax::neg(leaked), LeakedTracerError,
               "a traced value (f32[2]) of a finished program trace is used in neg. Something "
               "stored it outside "
               "the transformed function");
}

TEST(Leaks, OutOfGradAndVmap) {
  EXPECT_ERROR(lax::neg(leak_from(with_grad)), LeakedTracerError,
               "of a finished jvp trace is used in neg");
  EXPECT_ERROR(lax::neg(leak_from(with_vmap)), LeakedTracerError,
               "of a finished vmap trace is used in neg");
}

TEST(Leaks, ReadingOneIsRefusedToo) {
  EXPECT_ERROR(leak_from(with_jit).to_vector<float>(), LeakedTracerError,
               "of a finished program trace is used in a read of data");
}

TEST(Leaks, IntoAnotherFunction) {
  Array leaked = leak_from(with_jit);
  EXPECT_ERROR(jit([&](Array x) { return lax::add(x, leaked); })(ramp({2})), LeakedTracerError,
               "of a finished program trace is used in");
  EXPECT_ERROR(jit([](Array x) { return x; }, {.name = "step"})(leaked), LeakedTracerError,
               "of a finished program trace is used in step");
}

TEST(Leaks, AFailedTransformLeavesNoneActive) {
  EXPECT_ERROR(jit([](Array) -> Array { throw ValueError("user"); })(ramp({2})), ValueError,
               "user");
  EXPECT_TRUE(evaluating());
  EXPECT_ERROR(grad([](Array) -> Array { throw ValueError("user"); })(ramp({2})), ValueError,
               "user");
  EXPECT_TRUE(evaluating());
  EXPECT_ERROR(vmap([](Array) -> Array { throw ValueError("user"); })(ramp({2})), ValueError,
               "user");
  EXPECT_TRUE(evaluating());
  EXPECT_EQ(sum(ramp({3})).item<float>(), 3);
}

// --- shapes and dtypes -----------------------------------------------------------------------

TEST(WrongTypes, ShapesNameTheFunctionAndBoth) {
  EXPECT_ERROR(lax::add(ramp({2}), ramp({3})), ShapeError, "add");
  EXPECT_ERROR(lax::add(ramp({2}), ramp({3})), ShapeError, "2");
  EXPECT_ERROR(lax::add(ramp({2}), ramp({3})), ShapeError, "3");
}

TEST(WrongTypes, DtypesNameTheFunctionAndWhatItTakes) {
  EXPECT_ERROR(lax::sin(ints({2}, {1, 2})), DTypeError, "sin does not accept dtype int32");
  EXPECT_ERROR(lax::add(ramp({2}), lax::zeros({2}, DType::F64)), DTypeError, "add");
}

TEST(WrongTypes, TheModuleIsNamed) {
  auto f = [](Array x, Array y) {
    NameScope net("Net"), dense("Dense_0");
    return lax::dot_general(x, y, {{1}, {0}, {}, {}});
  };
  EXPECT_ERROR(jit(f)(ramp({2, 3}), ramp({2, 3})), ShapeError, "(in Net/Dense_0)");
  EXPECT_ERROR(jit(f)(ramp({2, 3}), ramp({2, 3})), ShapeError,
               "dot_general requires contracting dimensions");
}

TEST(WrongTypes, UnderVmapTheyAreThoseOfAnExample) {
  auto f = [](Array x, Array y) { return lax::dot_general(x, y, {{1}, {0}, {}, {}}); };
  EXPECT_ERROR(vmap(f)(ramp({4, 2, 3}), ramp({4, 2, 3})), ShapeError,
               "got (2, 3) over (1,) and (2, 3) over (0,)");
}

// --- control flow says which function it was -------------------------------------------------

static Array wider(Array, Array c) { return lax::broadcast(c, {2}); }
static Array scalar() { return lax::zeros({}, DType::F32); }

TEST(ControlFlowErrors, ForiLoopOfACarryOfAnotherTypeShowsBoth) {
  constexpr const char* kMessage =
      "fori_loop: the body must return a carry of the type it takes.\n"
      "  takes:   * of (f32[])\n"
      "  returns: * of (f32[2])";
  EXPECT_ERROR(lax::fori_loop(0, 3, wider, scalar()), TreeError, kMessage);
  EXPECT_ERROR(lax::fori_loop(Array(0), Array(3), wider, scalar()), TreeError, kMessage);
}

TEST(ControlFlowErrors, ForiLoopOfACarryOfAnotherStructureShowsBoth) {
  auto renamed = [](Array, Tree c) { return Tree{{"b", c["a"]}}; };
  constexpr const char* kMessage =
      "  takes:   {'a': *} of (f32[])\n"
      "  returns: {'b': *} of (f32[])";
  Tree start{{"a", scalar()}};
  EXPECT_ERROR(lax::fori_loop(0, 3, renamed, start), TreeError, kMessage);
  EXPECT_ERROR(lax::fori_loop(Array(0), Array(3), renamed, start), TreeError, kMessage);
}

TEST(ControlFlowErrors, ForiLoopBoundsAreIntegers) {
  EXPECT_ERROR(lax::fori_loop(ramp({2}), Array(3), wider, scalar()), ShapeError,
               "fori_loop: lower must be a scalar, got f32[2]");
  EXPECT_ERROR(lax::fori_loop(Array(0), scalar(), wider, scalar()), DTypeError,
               "fori_loop: upper must be an integer, got f32[]");
}

TEST(ControlFlowErrors, SwitchIsNotCond) {
  using Branch = std::function<Array(Array)>;
  std::vector<Branch> unlike{[](Array x) { return x; }, [](Array x) { return sum(x); }};
  EXPECT_ERROR(lax::switch_(Array(0), unlike, ramp({2})), TreeError,
               "switch_: the branches give different results.\n"
               "  branch 0: * of (f32[2])\n"
               "  branch 1: * of (f32[])");
  std::map<std::string, Branch> platforms{{"cpu", unlike[0]}, {"default", unlike[1]}};
  EXPECT_ERROR(jit([&](Array x) { return lax::platform_dependent(platforms, x); })(ramp({2})),
               TreeError, "platform_dependent: the branches give different results.");
}

TEST(ControlFlowErrors, SwitchIndicesAreIntegers) {
  std::vector<std::function<Array(Array)>> branches{[](Array x) { return x; }};
  EXPECT_ERROR(lax::switch_(scalar(), branches, ramp({2})), DTypeError,
               "switch_: the index must be an integer, got f32[]");
  EXPECT_ERROR(lax::switch_(ints({2}, {0, 1}), branches, ramp({2})), ShapeError,
               "switch_: the index must be a scalar, got i32[2]");
}

TEST(ControlFlowErrors, MapIsNotScan) {
  EXPECT_ERROR(lax::map(sum, ramp({})), ShapeError,
               "map: the inputs need a first axis of one length, got f32[]");
  EXPECT_ERROR(lax::map([](Tree t) { return t; }, Tree()), ValueError,
               "map: there are no arrays to map over");
  auto first = [](std::tuple<Array, Array> x) { return std::get<0>(x); };
  EXPECT_ERROR(lax::map(first, std::tuple{ramp({3}), ramp({4})}), ShapeError,
               "map: the inputs need a first axis of one length, got f32[4] at 1");
}

TEST(ControlFlowErrors, AssociativeScanOfAFunctionOfAnotherType) {
  auto first = [](const Array& a, const Array&) { return lax::slice_in_dim(a, 0, 1); };
  EXPECT_ERROR(lax::associative_scan(first, ramp({4})), TreeError,
               "associative_scan: fn must give what it takes.\n"
               "  takes: (f32[2])\n"
               "  gives: (f32[1])");
  auto none = [](std::span<const Array>, std::span<const Array>) { return std::vector<Array>(); };
  Array x = ramp({4});
  EXPECT_ERROR(lax::associative_scan(lax::CombineFn(none), {&x, 1}), TreeError, "  gives: ()");
}

// --- derivatives that do not exist -----------------------------------------------------------

TEST(NoDerivative, NamesTheOperationAndTheArgument) {
  auto f = [](Array x) { return lax::zeta(x, Array(2.0f)); };
  EXPECT_ERROR(grad(f)(floats({}, {3})), TransformError, "zeta");
}

TEST(NoDerivative, NamesTheModule) {
  auto f = [](Array x) {
    NameScope net("Net"), head("Head_0");
    return lax::zeta(x, Array(2.0f));
  };
  constexpr const char* kMessage =
      "zeta has no derivative. (Tip: lax::stop_gradient its operands.) "
      "(in Net/Head_0)";
  EXPECT_ERROR(grad(f)(floats({}, {3})), TransformError, kMessage);
  EXPECT_ERROR(grad(jit(f))(floats({}, {3})), TransformError, kMessage);
  EXPECT_ERROR(jit(grad(checkpoint(f)))(floats({}, {3})), TransformError, kMessage);
}

TEST(NoDerivative, TransposingANonlinearFunctionNamesTheModule) {
  auto f = [](Array x) {
    NameScope net("Net");
    return lax::exp(x);
  };
  EXPECT_ERROR(linear_transpose(f, ramp({2}))(ramp({2})), TransformError,
               "exp is not linear, so it has no transpose");
  EXPECT_ERROR(linear_transpose(f, ramp({2}))(ramp({2})), TransformError, "(in Net)");
}

TEST(NoDerivative, TransposingANonlinearFunctionNamesIt) {
  auto f = [](Array x) { return lax::exp(x); };
  EXPECT_ERROR(linear_transpose(f, ramp({2}))(ramp({2})), TransformError, "exp");
}

TEST(NoDerivative, InsideABodyToo) {
  auto f = [](Array x) {
    return lax::fori_loop(
        0, 2, [](Array, Array c) { return lax::zeta(c, Array(2.0f)); }, x);
  };
  EXPECT_ERROR(grad(f)(floats({}, {3})), TransformError, "zeta");
}

TEST(NoDerivative, OfWhileInsideJitAndCheckpoint) {
  auto loop = [](Array x) {
    return lax::while_loop([](Array v) { return lax::lt(v, Array(9.0f)); },
                           [](Array v) { return lax::add(v, v); }, x);
  };
  EXPECT_ERROR(grad(jit(loop))(floats({}, {1})), TransformError,
               "reverse-mode differentiation does not work for while_loop");
  EXPECT_ERROR(grad(checkpoint(loop))(floats({}, {1})), TransformError,
               "reverse-mode differentiation does not work for while_loop");
  EXPECT_ERROR(vmap(grad(loop))(floats({2}, {1, 2})), TransformError,
               "Use scan, or fori_loop with C++ integers");
}

}  // namespace linum
