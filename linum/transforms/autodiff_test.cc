#include "linum/transforms/autodiff.h"

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/jacobian.h"

namespace linum {

static Array square_sum(Array x) { return lax::reduce_sum(lax::mul(x, x), {0}); }

// --- jvp -------------------------------------------------------------------------------------

TEST(Jvp, GivesValueAndTangent) {
  auto [y, t] =
      jvp([](Array x) { return lax::sin(x); }, std::tuple{Array(0.0f)}, std::tuple{Array(2.0f)});
  EXPECT_EQ(y.item<float>(), 0);
  EXPECT_EQ(t.item<float>(), 2);
}

TEST(Jvp, TakesSeveralArguments) {
  auto f = [](Array x, Array y) { return lax::mul(x, y); };
  auto [y, t] = jvp(f, std::tuple{Array(3.0f), Array(5.0f)}, std::tuple{Array(1.0f), Array(10.0f)});
  EXPECT_EQ(t.item<float>(), 35);
}

TEST(Jvp, AConstantResultHasZeroTangent) {
  auto [y, t] = jvp([](Array) { return ramp({3}); }, std::tuple{ramp({2})}, std::tuple{ramp({2})});
  expect_close(t, lax::zeros({3}, DType::F32));
}

TEST(Jvp, TreesGoThrough) {
  using Params = std::map<std::string, Array>;
  auto f = [](Params p) { return Params{{"y", lax::mul(p["w"], p["w"])}}; };
  auto [y, t] =
      jvp(f, std::tuple{Params{{"w", Array(3.0f)}}}, std::tuple{Params{{"w", Array(1.0f)}}});
  EXPECT_EQ(t["y"].item<float>(), 6);
}

TEST(Jvp, OtherStructuresOfTangentsAreRefused) {
  auto f = [](Tree t) { return t; };
  EXPECT_ERROR(jvp(f, std::tuple{Tree{{"w", ramp({2})}}}, std::tuple{Tree{{"v", ramp({2})}}}),
               TreeError, "jvp");
}

TEST(Jvp, OtherShapesOfTangentsNameBoth) {
  auto f = [](Array x) { return x; };
  EXPECT_ERROR(jvp(f, std::tuple{ramp({2})}, std::tuple{ramp({3})}), ShapeError,
               "leaf 0 has primal f32[2] but tangent f32[3]");
}

// --- linearize -------------------------------------------------------------------------------

TEST(Linearize, TheLinearFunctionRunsManyTimes) {
  int calls = 0;
  auto [y, lin] = linearize([&](Array x) { return ++calls, lax::sin(x); }, Array(0.0f));
  EXPECT_EQ(lin(Array(2.0f)).item<float>(), 2);
  EXPECT_EQ(lin(Array(3.0f)).item<float>(), 3);
  EXPECT_EQ(calls, 1);
}

TEST(Linearize, AgreesWithJvp) {
  auto f = [](Array x) { return lax::mul(lax::exp(x), lax::sin(x)); };
  Array x = floats({3}, {0.1f, 0.5f, 2}), t = floats({3}, {1, -1, 2});
  expect_close(linearize(f, x).second(t), jvp(f, std::tuple{x}, std::tuple{t}).second);
}

TEST(Linearize, OtherShapesOfTangentsNameBoth) {
  auto lin = linearize([](Array x) { return lax::sin(x); }, ramp({2})).second;
  EXPECT_ERROR(lin(ramp({3})), ShapeError,
               "linearize: leaf 0 has primal f32[2] but tangent f32[3]");
}

// --- vjp -------------------------------------------------------------------------------------

TEST(Vjp, PullsCotangentsBackToEveryArgument) {
  auto [y, back] = vjp([](Array x, Array y) { return lax::mul(x, y); }, Array(3.0f), Array(5.0f));
  EXPECT_EQ(y.item<float>(), 15);
  auto [dx, dy] = back(Array(2.0f));
  EXPECT_EQ(dx.item<float>(), 10);
  EXPECT_EQ(dy.item<float>(), 6);
}

TEST(Vjp, IntegerArgumentsGetZeros) {
  auto f = [](Array x, Array n) { return lax::mul(x, lax::convert_element_type(n, DType::F32)); };
  auto [dx, dn] = vjp(f, floats({1}, {3}), ints({1}, {5})).second(floats({1}, {1}));
  expect_close(dx, floats({1}, {5}));
  EXPECT_EQ(dn.dtype(), DType::I32);
}

TEST(Vjp, OtherShapesOfCotangentsNameBoth) {
  auto back = vjp([](Array x) { return lax::sin(x); }, ramp({2})).second;
  EXPECT_ERROR(back(ramp({3})), ShapeError, "cotangent 0 is f32[3] for a result f32[2]");
}

TEST(Vjp, OtherDtypesOfCotangentsNameBoth) {
  auto back = vjp([](Array x) { return lax::sin(x); }, ramp({2})).second;
  EXPECT_ERROR(back(ints({2}, {1, 2})), DTypeError, "cotangent 0 is i32[2] for a result f32[2]");
}

TEST(Vjp, OtherStructuresOfCotangentsShowBoth) {
  auto back = vjp([](Array x) { return Tree{{"y", x}}; }, ramp({2})).second;
  EXPECT_ERROR(back(Tree{{"z", ramp({2})}}), TreeError, "{'z': ");
}

// --- grad ------------------------------------------------------------------------------------

TEST(Grad, OfAScalarFunction) {
  EXPECT_EQ(grad([](Array x) { return lax::mul(x, x); })(Array(3.0f)).item<float>(), 6);
}

TEST(Grad, OfAnArray) { expect_close(grad(square_sum)(ramp({3})), floats({3}, {0, 2, 4})); }

TEST(Grad, ValueComesAlong) {
  auto [value, g] = value_and_grad(square_sum)(ramp({3}));
  EXPECT_EQ(value.item<float>(), 5);
  expect_close(g, floats({3}, {0, 2, 4}));
}

TEST(Grad, AuxiliaryResultsComeAlong) {
  auto f = [](Array x) {
    return std::pair{square_sum(x), std::map<std::string, Array>{{"twice", lax::add(x, x)}}};
  };
  auto [value_aux, g] = value_and_grad(f)(ramp({3}));
  EXPECT_EQ(value_aux.first.item<float>(), 5);
  expect_close(value_aux.second["twice"], floats({3}, {0, 2, 4}));
  auto [only, aux] = grad(f)(ramp({3}));
  expect_close(only, g);
  expect_close(aux["twice"], floats({3}, {0, 2, 4}));
}

TEST(Grad, OfAnyArgument) {
  auto f = [](Array x, Array y) { return lax::mul(lax::mul(x, x), y); };
  EXPECT_EQ(grad<1>(f)(Array(3.0f), Array(5.0f)).item<float>(), 9);
}

TEST(Grad, OfSeveralArguments) {
  auto f = [](Array x, Array y) { return lax::mul(lax::mul(x, x), y); };
  auto [dx, dy] = grad<0, 1>(f)(Array(3.0f), Array(5.0f));
  EXPECT_EQ(dx.item<float>(), 30);
  EXPECT_EQ(dy.item<float>(), 9);
}

struct Layer {
  Array kernel, bias;
  LINUM_FIELDS(kernel, bias)
};

TEST(Grad, OfAStructIsAStruct) {
  auto f = [](Layer l) {
    return lax::reduce_sum(lax::add(lax::mul(l.kernel, l.kernel), l.bias), {0});
  };
  Layer g = grad(f)(Layer{floats({2}, {1, 2}), floats({2}, {5, 5})});
  expect_close(g.kernel, floats({2}, {2, 4}));
  expect_close(g.bias, floats({2}, {1, 1}));
}

TEST(Grad, StaticArgumentsPass) {
  auto f = [](Array x, int n) { return lax::integer_pow(x, n); };
  EXPECT_EQ(grad(f)(Array(2.0f), 3).item<float>(), 12);
}

TEST(Grad, OfWhatDoesNotMatterIsZero) {
  auto f = [](Array x, Array) { return square_sum(x); };
  expect_close(grad<1>(f)(ramp({2}), ramp({3})), lax::zeros({3}, DType::F32));
}

TEST(Grad, OfSecondOrder) {
  auto f = [](Array x) { return lax::mul(x, lax::mul(x, x)); };
  EXPECT_EQ(grad(grad(f))(Array(2.0f)).item<float>(), 12);
  EXPECT_EQ(grad(grad(grad(f)))(Array(2.0f)).item<float>(), 6);
}

TEST(Grad, UsesAConcreteValueInBranches) {
  Array flag(1);
  auto f = [&](Array x) { return flag.item<int>() ? lax::mul(x, x) : x; };
  EXPECT_EQ(grad(f)(Array(3.0f)).item<float>(), 6);
}

TEST(Grad, StopGradientStopsIt) {
  auto f = [](Array x) { return lax::mul(x, lax::stop_gradient(x)); };
  EXPECT_EQ(grad(f)(Array(3.0f)).item<float>(), 3);
}

TEST(Grad, OfAVectorFunctionNamesItsShapeAndTheFix) {
  EXPECT_ERROR(grad([](Array x) { return lax::sin(x); })(ramp({3})), ShapeError,
               "grad is defined for functions with a scalar result, got f32[3]; reduce it");
}

TEST(Grad, OfAnIntegerNamesTheArgument) {
  EXPECT_ERROR(grad(square_sum)(ints({2}, {1, 2})), DTypeError,
               "grad requires real or complex inputs, got i32[2] in argument 0");
}

TEST(Grad, OfAnIntegerInATreeNamesThePath) {
  auto f = [](Tree t) { return square_sum(t["dense"]["kernel"].array()); };
  Tree params{{"dense", Tree{{"kernel", ramp({2})}, {"steps", ints({}, {1})}}}};
  EXPECT_ERROR(grad(f)(params), DTypeError, "i32[] in argument 0 at dense/steps");
}

TEST(Grad, OfAnIntegerResultIsRefused) {
  auto f = [](Array x) { return lax::convert_element_type(square_sum(x), DType::I32); };
  EXPECT_ERROR(grad(f)(ramp({2})), DTypeError, "grad requires a real result, got i32[]");
}

TEST(Grad, OfAComplexResultSaysWhatToDo) {
  auto f = [](Array x) { return lax::complex(square_sum(x), square_sum(x)); };
  EXPECT_ERROR(grad(f)(ramp({2})), DTypeError, "use vjp for complex results");
}

TEST(Grad, OfATreeResultIsRefused) {
  auto f = [](Tree t) { return t; };
  EXPECT_ERROR(value_and_grad_tree([&](const Tree& args) { return f(args[0]); },
                                   Tree::list({Tree{{"a", Array(1.0f)}, {"b", Array(1.0f)}}}),
                                   std::vector<int>{0}, false),
               TreeError, "grad is defined for functions with a scalar result, got {'a': ");
}

// --- jacobians -------------------------------------------------------------------------------

static Array vector_function(Array x) {
  Array y = lax::concatenate({lax::sin(x), lax::mul(x, x)}, 0);
  return lax::mul(y, lax::broadcast(lax::reduce_sum(x, {0}), {y.shape(0)}));
}

TEST(Jacobian, ForwardHasResultThenArgumentAxes) {
  Array j = jacfwd([](Array x) { return lax::mul(x, x); })(floats({2}, {3, 4}));
  expect_close(j, floats({2, 2}, {6, 0, 0, 8}));
}

TEST(Jacobian, ReverseIsForward) {
  Array x = floats({3}, {0.5f, 1, 2});
  Array j = jacrev(vector_function)(x);
  EXPECT_EQ(j.shape(), (Shape{6, 3}));
  expect_close(j, jacfwd(vector_function)(x));
  expect_close(jacobian(vector_function)(x), j);
}

TEST(Jacobian, OfAnyArgument) {
  auto f = [](Array x, Array y) { return lax::mul(x, y); };
  expect_close(jacfwd<1>(f)(floats({2}, {2, 3}), ramp({2})), floats({2, 2}, {2, 0, 0, 3}));
  expect_close(jacrev<1>(f)(floats({2}, {2, 3}), ramp({2})), floats({2, 2}, {2, 0, 0, 3}));
}

TEST(Jacobian, OfAStructIsAStruct) {
  auto f = [](Layer l) { return lax::add(lax::mul(l.kernel, l.kernel), l.bias); };
  const Layer at{ramp({2}), ramp({2})};
  for (const Layer& j : {jacfwd(f)(at), jacrev(f)(at)}) {
    expect_close(j.kernel, floats({2, 2}, {0, 0, 0, 2}));
    expect_close(j.bias, floats({2, 2}, {1, 0, 0, 1}));
  }
}

TEST(Jacobian, OfATreeResultIsATreeOfTrees) {
  auto f = [](Tree t) { return Tree{{"y", lax::mul(t["a"], t["b"])}}; };
  Tree point{{"a", Array(3.0f)}, {"b", Array(5.0f)}};
  for (const Tree& j : {jacfwd(f)(point), jacrev(f)(point)}) {
    EXPECT_EQ(j["y/a"].array().item<float>(), 5);
    EXPECT_EQ(j["y/b"].array().item<float>(), 3);
  }
}

TEST(Jacobian, OfIntegersIsRefused) {
  EXPECT_ERROR(jacfwd(square_sum)(ints({2}, {1, 2})), DTypeError,
               "jacfwd requires real inputs, got i32[2]");
  EXPECT_ERROR(jacrev(square_sum)(ints({2}, {1, 2})), DTypeError,
               "jacrev requires real inputs, got i32[2]");
}

TEST(Hessian, IsTheSecondDerivative) {
  auto f = [](Array x) { return lax::reduce_prod(x, {0}); };
  expect_close(hessian(f)(floats({3}, {2, 3, 5})), floats({3, 3}, {0, 5, 3, 5, 0, 2, 3, 2, 0}));
}

TEST(Hessian, TimesAVectorByComposition) {
  auto f = [](Array x) { return lax::reduce_prod(x, {0}); };
  Array x = floats({3}, {2, 3, 5}), v = floats({3}, {1, 0, 2});
  auto hvp = jvp(grad(f), std::tuple{x}, std::tuple{v}).second;
  expect_close(hvp, lax::dot(hessian(f)(x), v));
}

// --- linear_transpose ------------------------------------------------------------------------

TEST(LinearTranspose, OfALinearFunction) {
  auto f = [](Array x) { return lax::add(lax::mul(x, Array(3.0f)), lax::rev(x, {0})); };
  auto [back] = linear_transpose(f, ramp({3}))(floats({3}, {1, 2, 4}));
  expect_close(back, floats({3}, {3 + 4, 6 + 2, 12 + 1}));
}

TEST(LinearTranspose, MayCaptureValues) {
  Array w = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  auto [back] =
      linear_transpose([w](Array x) { return lax::dot(w, x); }, ramp({3}))(floats({2}, {1, 10}));
  expect_close(back, floats({3}, {41, 52, 63}));
}

TEST(LinearTranspose, OfANonlinearFunctionNamesTheOperation) {
  auto f = [](Array x) { return lax::sin(x); };
  EXPECT_ERROR(linear_transpose(f, ramp({3}))(ramp({3})), TransformError, "sin");
}

}  // namespace linum
