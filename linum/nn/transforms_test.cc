// Lifted transforms: what becomes of variables and keys.
#include "linum/nn/transforms.h"

#include "linum/nn/module_testlib.h"

namespace linum::nn {
namespace {

Array three_rows() { return Array::of<float>({3, 2}, {1, 2, 3, 4, 5, 6}); }
// carry + x * scale, counting its calls.
struct Step : Module<Step> {
  std::string name = {};
  std::pair<Array, Array> forward(Array carry, Array x) const {
    Array y = np::add(carry, Scale{}(x));
    return {y, y};
  }
};
const auto kCall = [](auto& m, const auto&... args) { return m(args...); };

struct SharedLoop : Module<SharedLoop> {
  std::pair<Array, Array> forward(Array xs) const {
    Step step;
    return scan(kCall, {.variable_broadcast = "params", .split_rngs = {{"params", false}}})(
        step, lax::zeros({2}, DType::F32), xs);
  }
};

TEST(LiftedScan, SharesBroadcastParameters) {
  auto [out, variables] = SharedLoop().init_with_output(test_key(), three_rows());
  EXPECT_EQ(paths(variables), (Paths{"params/Step_0/Scale_0/scale"}));
  EXPECT_EQ(variables["params/Step_0/Scale_0/scale"].array().shape(), (Shape{2}));
  EXPECT_EQ(floats(out.first), (std::vector<float>{9, 12}));
  EXPECT_EQ(floats(out.second), (std::vector<float>{1, 2, 4, 6, 9, 12}));
  EXPECT_EQ(floats(SharedLoop().apply(variables, three_rows()).first), (std::vector<float>{9, 12}));
}

struct Layers : Module<Layers> {
  Array forward(Array x) const {
    auto body = [](auto& layer, Array carry) { return std::pair{layer(carry), Tree()}; };
    Dense layer{.features = 2};
    return scan(body,
                {.variable_axes = {{"params", 0}}, .split_rngs = {{"params", true}}, .length = 4})(
               layer, x)
        .first;
  }
};

TEST(LiftedScan, StacksParametersOfRepeatedLayers) {
  Tree variables = Layers().init(test_key(), three_rows());
  Array kernel = variables["params/Dense_0/kernel"].array();
  EXPECT_EQ(kernel.shape(), (Shape{4, 2, 2}));
  std::vector<float> k = floats(kernel);
  EXPECT_NE(k[0], k[4]) << "each layer has a key of its own";
  EXPECT_EQ(Layers().apply(variables, three_rows()).shape(), (Shape{3, 2}));
}

struct Counting : Module<Counting> {
  Array forward(Array xs) const {
    auto body = [](auto& counter, Array carry, Array x) {
      Array y = counter(x);
      return std::pair{carry, y};
    };
    Counter counter{.name = "counter"};
    if (is_initializing()) return counter(xs);
    return scan(body, {.variable_carry = "state"})(counter, Array(0.0f), xs).second;
  }
};

TEST(LiftedScan, CarriesVariablesFromStepToStep) {
  Tree variables = Counting().init(test_key(), three_rows());
  auto [y, updated] = Counting().apply(variables, {.mutable_collections = {"state"}}, three_rows());
  EXPECT_EQ(updated["state/counter/count"].array().item<float>(), 3);
  EXPECT_EQ(floats(y), (std::vector<float>{2, 3, 5, 6, 8, 9}));
}

struct DependsOnStep : Module<DependsOnStep> {
  Array forward(Array xs) const {
    auto body = [](const auto& m, Array carry, Array x) {
      m.param("mean", [&](const Array&) { return np::mean(x); });
      return std::pair{carry, x};
    };
    ScanOptions options{.variable_broadcast = "params", .split_rngs = {{"params", false}}};
    return scan(body, options)(*this, Array(0.0f), xs).second;
  }
};

TEST(LiftedScan, ABroadcastVariableOfTheStepThrows) {
  EXPECT_ERROR(DependsOnStep().init(test_key(), three_rows()), ValueError,
               "a broadcast variable has a data dependency on the scan body");
}

TEST(LiftedScan, LengthMustBeKnown) {
  struct NoLength : Module<NoLength> {
    Array forward(Array x) const {
      auto body = [](const auto&, Array carry) { return std::pair{carry, Tree()}; };
      return scan(body)(*this, x).first;
    }
  };
  EXPECT_ERROR(NoLength().init(test_key(), three_rows()), ValueError, "length should be specified");
}

struct InsideSelf : Module<InsideSelf> {
  Array forward(Array xs) const {
    auto body = [](const auto&, Array carry, Array x) {
      return std::pair{np::add(carry, Scale{}(x)), Tree()};
    };
    return scan(body, {.variable_broadcast = "params", .split_rngs = {{"params", false}}})(
               *this, lax::zeros({2}, DType::F32), xs)
        .first;
  }
};

TEST(LiftedScan, OfTheRunningModuleMakesLayersThere) {
  EXPECT_EQ(paths(InsideSelf().init(test_key(), three_rows())), (Paths{"params/Scale_0/scale"}));
}

TEST(LiftedScan, BroadcastArgumentsAndAxes) {
  struct Axes : Module<Axes> {
    std::pair<Array, Array> forward(Array xs, Array shift) const {
      auto body = [](const auto&, Array carry, Array x, Array by) {
        return std::pair{np::add(carry, np::sum(x)), np::add(x, by)};
      };
      ScanOptions options{.in_axes = {1, std::nullopt}, .out_axes = {1}};
      return scan(body, options)(*this, Array(0.0f), xs, shift);
    }
  };
  auto [sum, ys] = Axes().apply(Tree::empty_dict(), three_rows(), Array(10.0f));
  EXPECT_EQ(sum.item<float>(), 21);
  EXPECT_EQ(ys.shape(), (Shape{3, 2}));
  EXPECT_EQ(floats(ys), (std::vector<float>{11, 12, 13, 14, 15, 16}));
}

// --- vmap ----------------------------------------------------------------------------------------

struct Ensemble : Module<Ensemble> {
  bool shared = false;
  Array forward(Array x) const {
    VariableAxis axis = shared ? VariableAxis(std::nullopt) : VariableAxis(0);
    return vmap(Dense{.features = 4},
                {.variable_axes = {{"params", axis}}, .split_rngs = {{"params", !shared}}})(x);
  }
};

TEST(LiftedVmap, MapsParametersAndNamesTheLayer) {
  Tree variables = Ensemble().init(test_key(), three_rows());
  EXPECT_EQ(variables["params/VmapDense_0/kernel"].array().shape(), (Shape{3, 2, 4}));
  EXPECT_EQ(Ensemble().apply(variables, three_rows()).shape(), (Shape{3, 4}));
}

TEST(LiftedVmap, SharesParametersWithoutAnAxis) {
  Ensemble model{.shared = true};
  Tree variables = model.init(test_key(), three_rows());
  EXPECT_EQ(variables["params/VmapDense_0/kernel"].array().shape(), (Shape{2, 4}));
  Tree plain{{"params", variables["params/VmapDense_0"]}};
  EXPECT_EQ(floats(model.apply(variables, three_rows())),
            floats(Dense{.features = 4}.apply(plain, three_rows())));
}

TEST(LiftedVmap, DifferentBatchSizesThrow) {
  struct TwoSizes : Module<TwoSizes> {
    Array forward(Array x, Array y) const {
      return vmap([](const auto&, Array a, Array b) { return np::add(a, b); })(*this, x, y);
    }
  };
  EXPECT_ERROR(TwoSizes().init(test_key(), three_rows(), Array::of<float>({2}, {1, 2})), ValueError,
               "Inconsistent batch axis sizes: 3 and 2");
}

// --- the others ----------------------------------------------------------------------------------

struct Jitted_ : Module<Jitted_> {
  Array forward(Array x) const { return jit(Scale{})(x); }
};

TEST(LiftedJit, KeepsTheVariables) {
  Tree variables = Jitted_().init(test_key(), three_rows());
  EXPECT_EQ(paths(variables), (Paths{"params/JitScale_0/scale"}));
  EXPECT_EQ(floats(Jitted_().apply(variables, three_rows())), floats(three_rows()));
}

struct Chooses : Module<Chooses> {
  Array forward(Array pred, Array x) const {
    Scale layer;
    auto yes = [](auto& m, Array v) { return m(v); };
    auto no = [](auto& m, Array v) { return np::multiply(m(v), -1); };
    return cond(pred, yes, no, layer, x);
  }
};

TEST(LiftedCond, BranchesShareTheModule) {
  Tree variables = Chooses().init(test_key(), Array(true), three_rows());
  EXPECT_EQ(paths(variables), (Paths{"params/Scale_0/scale"}));
  EXPECT_EQ(floats(Chooses().apply(variables, Array(true), three_rows()))[1], 2);
  EXPECT_EQ(floats(Chooses().apply(variables, Array(false), three_rows()))[1], -2);
}

struct Switches : Module<Switches> {
  Array forward(Array index, Array x) const {
    std::vector<std::function<Array(const Switches&, Array)>> branches;
    for (float by : {1.0f, 2.0f, 3.0f}) {
      branches.push_back([by](const Switches&, Array v) { return np::multiply(v, by); });
    }
    return switch_(index, branches, *this, x);
  }
};

TEST(LiftedSwitch, TakesTheBranchOfTheIndex) {
  EXPECT_EQ(floats(Switches().apply(Tree::empty_dict(), Array(2), three_rows()))[0], 3);
}

struct Doubles : Module<Doubles> {
  Array forward(Array x) const {
    auto small = [](const auto&, Array v) { return np::less(np::max(v), 100.0); };
    auto twice = [](const auto& m, Array v) {
      Variable turns = m.variable("state", "turns", [] { return Tree(lax::full({}, 0.0f)); });
      turns.set_value(np::add(turns.value(), 1));
      return np::multiply(v, 2);
    };
    variable("state", "turns", [] { return Tree(lax::full({}, 0.0f)); });
    if (is_initializing()) return x;
    return while_loop(small, twice, *this, x, {.carry_variables = "state"});
  }
};

TEST(LiftedWhile, CarriesVariables) {
  Tree variables = Doubles().init(test_key(), three_rows());
  auto [y, updated] = Doubles().apply(variables, {.mutable_collections = {"state"}}, three_rows());
  EXPECT_EQ(floats(y)[5], 192);
  EXPECT_EQ(updated["state/turns"].array().item<float>(), 5);
}

struct Differentiates : Module<Differentiates> {
  Tree forward(Array x) const {
    Scale layer;
    layer(x);
    auto [y, pull_back] = vjp(kCall, layer, std::tuple{x});
    auto [params, dx] = pull_back(lax::ones(y.shape(), y.dtype()));
    auto loss = [](auto& m, Array v) { return np::sum(np::square(m(v))); };
    auto [value, grads] = value_and_grad(loss, layer, x);
    return Tree::list({params, dx, value, std::get<0>(grads)});
  }
};

TEST(LiftedVjp, GivesGradientsOfVariablesAndArguments) {
  auto [out, variables] = Differentiates().init_with_output(test_key(), three_rows());
  EXPECT_EQ(floats(out[0]["params/scale"]), (std::vector<float>{9, 12}));
  EXPECT_EQ(floats(out[1]), (std::vector<float>(6, 1)));
  EXPECT_EQ(out[2].array().item<float>(), 91);
  EXPECT_EQ(floats(out[3]), (std::vector<float>{2, 4, 6, 8, 10, 12}));
}

struct Pushes : Module<Pushes> {
  std::pair<Array, Array> forward(Array x) const {
    Scale layer;
    layer(x);
    Tree tangent{{"params", Tree{{"scale", lax::ones({2}, DType::F32)}}}};
    std::tuple<Array> still{lax::zeros_like(x)};
    return jvp(kCall, layer, std::tuple{x}, still, tangent);
  }
};

TEST(LiftedJvp, FollowsTangentsOfVariables) {
  auto [out, variables] = Pushes().init_with_output(test_key(), three_rows());
  EXPECT_EQ(floats(out.second), floats(three_rows()));
}

struct Halved : Module<Halved> {
  Array forward(Array x) const {
    auto times = [](float by) {
      return [by](const Tree& t) {
        return tree::map([by](const Array& v) { return np::multiply(v, by); }, t);
      };
    };
    Scale layer;
    MapOptions options{.map_in = times(0.5f), .map_out = times(2.0f), .init = true};
    return map_variables(kCall, "params", options)(layer, x);
  }
};

TEST(LiftedMapVariables, SeesVariablesThroughAFunction) {
  auto [y, variables] = Halved().init_with_output(test_key(), three_rows());
  EXPECT_EQ(floats(variables["params/Scale_0/scale"]), (std::vector<float>{2, 2}));
  EXPECT_EQ(floats(y), floats(three_rows()));
}

}  // namespace
}  // namespace linum::nn
