// What a user who makes a mistake with a model reads.
#include "linum/nn/errors.h"

#include "linum/lax/lax.h"
#include "linum/nn/functions.h"
#include "linum/nn/module_testlib.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/checkpoint.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/jit.h"

namespace linum::nn {
namespace {

Array one_row() { return Array::of<float>({1, 2}, {1, 2}); }

struct Twice : Module<Twice> {
  std::function<void(const Twice&)> body;
  Array forward(Array x) const {
    body(*this);
    return x;
  }
};
Tree run(std::function<void(const Twice&)> body) {
  return Twice{.body = std::move(body)}.init(test_key(), one_row());
}

TEST(ModuleErrors, TwoParametersOfOneName) {
  auto body = [](const Twice& m) {
    m.param("w", initializers::ones_init(), {2});
    m.param("w", initializers::ones_init(), {2});
  };
  EXPECT_ERROR(run(body), NameInUseError,
               "Could not create param \"w\" in Module Twice (\"/\"): Name in use");
}

TEST(ModuleErrors, TwoVariablesOfOneName) {
  auto body = [](const Twice& m) {
    m.variable("state", "n", [] { return Tree(Array(0)); });
    m.variable("state", "n", [] { return Tree(Array(0)); });
  };
  EXPECT_ERROR(run(body), NameInUseError, "Could not create variable \"n\" in Module Twice");
}

TEST(ModuleErrors, TwoSubmodulesOfOneName) {
  auto body = [](const Twice&) {
    Scale{.name = "layer"}(one_row());
    Scale{.name = "layer"}(one_row());
  };
  EXPECT_ERROR(run(body), NameInUseError, "Could not create submodule \"layer\" in Module Twice");
}

TEST(ModuleErrors, ASubmoduleNamedAsAParameter) {
  auto body = [](const Twice& m) {
    m.param("Scale_0", initializers::ones_init(), {2});
    Scale{}(one_row());
  };
  EXPECT_ERROR(run(body), NameInUseError, "Could not create submodule \"Scale_0\"");
}

TEST(ModuleErrors, ParamsInsideParams) {
  Tree variables = Scale().init(test_key(), one_row());
  EXPECT_ERROR(Scale().apply({{"params", variables}}, one_row()),
               ApplyScopeInvalidVariablesStructureError, "a dict with an extra params layer");
}

TEST(ModuleErrors, ParamsInsteadOfVariables) {
  EXPECT_ERROR(Scale().apply(Tree(one_row()), one_row()), ApplyScopeInvalidVariablesTypeError,
               "pass what init returned");
}

TEST(ModuleErrors, TheVariablesOfAnotherModel) {
  struct Wraps : Module<Wraps> {
    Array forward(Array x) const { return Scale{.name = "mine"}(x); }
  };
  Tree other{{"params", Tree{{"theirs", Tree{{"scale", Array(1.0f)}}}}}};
  EXPECT_ERROR(Wraps().apply(other, one_row()), ScopeParamNotFoundError,
               "Could not find parameter named \"scale\" in scope \"/mine\"");
}

TEST(ModuleErrors, AnotherInputSizeThanAtInit) {
  Tree variables = Dense{.features = 2}.init(test_key(), Array::of<float>({1, 3}, {1, 2, 3}));
  EXPECT_ERROR(Dense{.features = 2}.apply(variables, one_row()), ScopeParamShapeError,
               "For parameter \"kernel\" in \"/\", the given initializer is expected to generate "
               "shape (2, 2), but the existing parameter it received has shape (3, 2)");
}

TEST(ModuleErrors, AnImmutableVariable) {
  Tree variables = Counter().init(test_key(), one_row());
  EXPECT_ERROR(Counter().apply(variables, one_row()), ModifyScopeVariableError,
               "{.mutable_collections = {\"state\"}}");
}

TEST(ModuleErrors, ACallOutsideInitAndApply) {
  EXPECT_ERROR(
      Scale()(one_row()), CallCompactUnboundModuleError,
      "Can't call compact methods on unbound modules: Scale is used outside init and apply");
  EXPECT_ERROR(Scale().forward(one_row()), CallCompactUnboundModuleError, "unbound modules");
}

TEST(ModuleErrors, AModuleInsideAPlainTransform) {
  auto body = [](const Twice&) {
    Scale layer;
    jit([&](Array x) { return layer(x); })(one_row());
  };
  EXPECT_ERROR(run(body), JaxTransformError, "Transform the whole apply instead");
}

TEST(ModuleErrors, AParameterMadeInsideAPlainTransform) {
  auto body = [](const Twice& m) {
    grad([&](Array x) {
      return np::sum(np::multiply(x, m.param("w", initializers::ones_init(), {2})));
    })(one_row());
  };
  EXPECT_ERROR(run(body), JaxTransformError, "is used inside a transform");
}

TEST(ModuleErrors, AVariableKeptAfterApply) {
  std::optional<Variable> kept;
  run([&](const Twice& m) { kept = m.variable("state", "n", [] { return Tree(Array(0)); }); });
  EXPECT_ERROR(kept->set_value(Array(1)), InvalidScopeError, "no longer valid");
}

TEST(ModuleErrors, ATracedValueKeptAfterApply) {
  Array kept;
  struct Leaks : Module<Leaks> {
    Array* out = nullptr;
    Array forward(Array x) const {
      *out = np::add(x, 1);
      return x;
    }
  };
  Leaks{.out = &kept}.init(test_key(), one_row());
  EXPECT_ERROR(np::add(kept, 1), LeakedTracerError, "");
}

TEST(ModuleErrors, APerturbationThatWasNotGiven) {
  struct Perturbs : Module<Perturbs> {
    Array forward(Array x) const { return perturb("h", x); }
  };
  Tree wrong{{"perturbations", Tree{{"other", one_row()}}}};
  EXPECT_ERROR(
      Perturbs().apply(wrong, one_row()), ValueError,
      "Perturbation collection perturbations present, but missing perturbation variable h");
}

TEST(ModuleErrors, AnExceptionLeavesNoSessionBehind) {
  EXPECT_THROW(run([](const Twice&) { throw std::runtime_error("mine"); }), std::runtime_error);
  EXPECT_EQ(detail::Session::current(), nullptr);
  EXPECT_EQ(paths(Scale().init(test_key(), one_row())), (Paths{"params/scale"}));
}

// --- errors of operations name the module, once -----------------------------------------------

struct Runs : Module<Runs> {
  std::function<Array(Array)> f;
  std::string name;
  Array forward(Array x) const { return f(x); }
};
// One module inside another.
struct OuterNet : Module<OuterNet> {
  std::function<Array(Array)> f;
  Array forward(Array x) const { return Runs{.f = f, .name = "block"}(x); }
};

// What a model tells whose block runs f.
template <class E>
static std::string told(std::function<Array(Array)> f) {
  OuterNet net{.f = std::move(f)};
  return message_of<E>([&] { net.init(test_key(), np::ones({2, 3})); });
}
static void expect_named_once(const std::string& message, const std::string& beginning) {
  EXPECT_EQ(message.substr(0, beginning.size()), beginning);
  EXPECT_TRUE(message.ends_with(" (in OuterNet/block)")) << message;
  EXPECT_EQ(message.find("(in "), message.rfind("(in ")) << message;
}

TEST(ErrorsInModules, OfPrimitives) {
  expect_named_once(told<ShapeError>([](Array x) { return lax::add(x, np::ones({2, 4})); }), "add");
  expect_named_once(told<DTypeError>([](Array) {
                      return lax::sin(np::array({1, 2}));
                    }),
                    "sin does not accept dtype int32");
}

TEST(ErrorsInModules, OfCompositeOperations) {
  expect_named_once(told<ShapeError>([](Array x) { return np::matmul(x, x); }), "matmul");
  expect_named_once(told<ShapeError>([](Array x) { return lax::dot(x, x); }), "dot");
  auto joined = [](Array x) { return np::concatenate({x, np::ones({3, 4})}, 0); };
  expect_named_once(told<ShapeError>(joined), "concatenate");
}

TEST(ErrorsInModules, OfValuesAndOfTheUsers) {
  expect_named_once(told<ValueError>([](Array) { return nn::one_hot(np::array({0}), -2); }),
                    "one_hot: num_classes must not be negative");
  expect_named_once(told<ValueError>([](Array) -> Array { throw ValueError("mine"); }), "mine");
}

TEST(ErrorsInModules, OfControlFlow) {
  auto widens = [](Array x) {
    return lax::fori_loop(
        0, 2,
        [](Array, Array c) {
          return np::concatenate({c, c}, 0);
        },
        x);
  };
  expect_named_once(told<TreeError>(widens), "fori_loop: the body must return a carry");
}

TEST(ErrorsInModules, TheInnermostModuleIsNamed) {
  Runs model{.f = [](Array x) {
    OuterNet{.f = [](Array y) { return y; }}(x);  // has ended
    return np::matmul(x, x);
  }};
  std::string message = message_of<ShapeError>([&] { model.init(test_key(), np::ones({2, 3})); });
  EXPECT_TRUE(message.ends_with(" (in Runs)")) << message;
}

TEST(ErrorsInModules, UnderTransformsToo) {
  OuterNet net{.f = [](Array x) { return np::sum(np::matmul(x, x)); }};
  auto loss = [&](Array x) { return net.apply(Tree::empty_dict(), x); };
  auto message = [](auto f) { return message_of<ShapeError>([&] { f(np::ones({2, 3})); }); };
  expect_named_once(message(jit(loss)), "matmul");
  expect_named_once(message(grad(checkpoint(loss))), "matmul");
}

TEST(ErrorsInModules, DerivedTypesStayThemselves) {
  struct Mine : ValueError {
    using ValueError::ValueError;
  };
  EXPECT_EQ(told<Mine>([](Array) -> Array { throw Mine("mine"); }), "mine");
}

TEST(ErrorsInModules, WithoutNamesThereIsNoPath) {
  override_named_call off(false);
  EXPECT_EQ(told<ValueError>([](Array) -> Array { throw ValueError("mine"); }), "mine");
}

}  // namespace
}  // namespace linum::nn
