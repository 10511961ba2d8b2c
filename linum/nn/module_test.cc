// Modules: names, sharing, and the ways to run them.
#include "linum/nn/module.h"

#include "linum/nn/module_testlib.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/jit.h"
#include "linum/transforms/vmap.h"

namespace linum::nn {
namespace {

// --- names -------------------------------------------------------------------------------------

struct Compact : Module<Compact> {
  Array forward(Array x) const {
    x = Scale{}(x);
    x = Counter{}(x);
    x = Scale{}(x);
    return Scale{.name = "last"}(x);
  }
};

TEST(ModuleNames, CompactLayersCountPerClass) {
  EXPECT_EQ(paths(Compact().init(test_key(), two_rows())),
            (Paths{"params/Scale_0/scale", "params/Scale_1/scale", "params/last/scale",
                   "state/Counter_0/count"}));
}

struct SetupStyle : Module<SetupStyle> {
  Scale encoder, decoder{.name = "renamed"};
  std::vector<Scale> layers{Scale{}, Scale{}};
  std::map<std::string, Scale> heads{{"a", Scale{}}};
  std::optional<Scale> none;
  LINUM_SUBMODULES(encoder, decoder, layers, heads, none)
  Array forward(Array x) {
    x = encoder(x);
    for (Scale& layer : layers) x = layer(x);
    return heads.at("a")(decoder(x));
  }
};

TEST(ModuleNames, MembersAreNamedAfterTheirFields) {
  EXPECT_EQ(paths(SetupStyle().init(test_key(), two_rows())),
            (Paths{"params/encoder/scale", "params/heads_a/scale", "params/layers_0/scale",
                   "params/layers_1/scale", "params/renamed/scale"}));
}

struct Nested : Module<Nested> {
  Array forward(Array x) const { return SetupStyle{}(Compact{}(x)); }
};

TEST(ModuleNames, NestedModulesNestTheirVariables) {
  Tree variables = Nested().init(test_key(), two_rows());
  EXPECT_TRUE(variables.contains("params/Compact_0/Scale_1/scale"));
  EXPECT_TRUE(variables.contains("params/SetupStyle_0/encoder/scale"));
  EXPECT_TRUE(variables.contains("state/Compact_0/Counter_0/count"));
}

template <int width>
struct Templated : Module<Templated<width>> {
  Array forward(Array x) const { return Scale{}(x); }
};
struct Named : Module<Named> {
  static constexpr const char* class_name = "AnotherName";
  Array forward(Array x) const { return Scale{}(x); }
};
struct HoldsTemplated : Module<HoldsTemplated> {
  Array forward(Array x) const { return Named{}(Templated<3>{}(x)); }
};

TEST(ModuleNames, ClassNamesLackTemplateArgumentsAndMayBeChosen) {
  EXPECT_EQ(paths(HoldsTemplated().init(test_key(), two_rows())),
            (Paths{"params/AnotherName_0/Scale_0/scale", "params/Templated_0/Scale_0/scale"}));
}

struct NameScoped : Module<NameScoped> {
  Array up(Array x) const {
    return name_scope("up", [&] { return Scale{}(x); });
  }
  Array forward(Array x) const {
    x = up(x);
    return Scale{}(up(x));
  }
};

TEST(ModuleNames, ANameScopeKeepsItsPartUnderAName) {
  EXPECT_EQ(paths(NameScoped().init(test_key(), two_rows())),
            (Paths{"params/Scale_0/scale", "params/up/Scale_0/scale"}));
}

// --- sharing -----------------------------------------------------------------------------------

struct Reuse : Module<Reuse> {
  Array forward(Array x) const {
    Scale layer;
    return layer(layer(x));
  }
};

TEST(ModuleSharing, OneObjectCalledTwiceSharesItsParameters) {
  EXPECT_EQ(paths(Reuse().init(test_key(), two_rows())), (Paths{"params/Scale_0/scale"}));
}

struct CopiesBefore : Module<CopiesBefore> {
  Array forward(Array x) const {
    Scale layer, other = layer;
    return other(layer(x));
  }
};
struct CopiesAfter : Module<CopiesAfter> {
  Array forward(Array x) const {
    Scale layer;
    x = layer(x);
    Scale same = layer;
    return same(x);
  }
};

TEST(ModuleSharing, ACopyOfAnUnplacedLayerIsItsOwn) {
  EXPECT_EQ(paths(CopiesBefore().init(test_key(), two_rows())),
            (Paths{"params/Scale_0/scale", "params/Scale_1/scale"}));
}

TEST(ModuleSharing, ACopyOfAPlacedLayerSharesIt) {
  EXPECT_EQ(paths(CopiesAfter().init(test_key(), two_rows())), (Paths{"params/Scale_0/scale"}));
}

struct CalledTwice : Module<CalledTwice> {
  Array forward(Array x) const {
    Compact inner;
    return inner(inner(x));
  }
};

TEST(ModuleSharing, ACompactModuleCalledTwiceNamesItsLayersAnew) {
  Tree variables = CalledTwice().init(test_key(), two_rows());
  EXPECT_EQ(variables["params"]["Compact_0"].size(), 3u);
}

struct TransferLearning : Module<TransferLearning> {
  Compact backbone;
  LINUM_SUBMODULES(backbone)
  Array forward(Array x) const { return Scale{.name = "head"}(backbone(x)); }
};

TEST(ModuleSharing, AModuleMadeOutsideIsAdoptedByTheOneThatHoldsIt) {
  Compact backbone;
  Tree pretrained = backbone.init(test_key(), two_rows());
  TransferLearning model{.backbone = backbone};
  Tree variables = model.init(test_key(), two_rows());
  EXPECT_EQ(paths(variables["params"]["backbone"]), paths(pretrained["params"]));
}

TEST(ModuleSharing, AModuleCapturedFromOutsideIsAdoptedAtItsCall) {
  Scale outside;
  struct Calls : Module<Calls> {
    const Scale* layer = nullptr;
    Array forward(Array x) const { return (*layer)(x); }
  };
  EXPECT_EQ(paths(Calls{.layer = &outside}.init(test_key(), two_rows())),
            (Paths{"params/Scale_0/scale"}));
}

struct Lora : Module<Lora> {
  Scale base;
  std::string name = {};
  Array forward(Array x) const {
    share_scope(*this, base);
    Array bias = param("bias", initializers::zeros_init(), {x.shape(-1)});
    return np::add(base(x), bias);
  }
};
struct HasLora : Module<HasLora> {
  Array forward(Array x) const { return Lora{}(x); }
};
struct WrapsPlaced : Module<WrapsPlaced> {
  Array forward(Array x) const {
    Scale layer;
    x = layer(x);
    return Lora{.base = layer}(x);
  }
};

TEST(ModuleSharing, ShareScopePutsALayersParametersIntoItsWrapper) {
  EXPECT_EQ(paths(HasLora().init(test_key(), two_rows())),
            (Paths{"params/Lora_0/bias", "params/Lora_0/scale"}));
}

TEST(ModuleSharing, ShareScopeTakesThePlaceThatALayerHasAlready) {
  EXPECT_EQ(paths(WrapsPlaced().init(test_key(), two_rows())),
            (Paths{"params/Scale_0/bias", "params/Scale_0/scale"}));
}

TEST(ModuleSharing, ShareScopeOutsideAModelThrows) {
  EXPECT_ERROR(share_scope(Scale{}, Scale{}), CallShareScopeOnUnboundModuleError,
               "Can't call `share_scope` on unbound modules");
}

// --- init and apply ----------------------------------------------------------------------------

TEST(ModuleRun, InitWithOutputGivesBoth) {
  auto [y, variables] = Compact().init_with_output(test_key(), two_rows());
  EXPECT_EQ(y.to_vector<float>(), two_rows().to_vector<float>());
  EXPECT_EQ(variables["state/Counter_0/count"].array().item<float>(), 0);
}

struct Vast : Module<Vast> {
  Array forward(Array x) const {
    const std::int64_t side = 1 << 20;  // of four terabytes
    return np::broadcast_to(np::sum(Dense{.features = 2}(x)), {side, side});
  }
};
TEST(ModuleRun, InitComputesNoOutputs) {
  EXPECT_EQ(paths(Vast().init(test_key(), two_rows())),
            (Paths{"params/Dense_0/bias", "params/Dense_0/kernel"}));
}

TEST(ModuleRun, ApplyUsesTheGivenVariables) {
  Tree variables{{"params", Tree{{"scale", Array::of<float>({3}, {1, 10, 100})}}}};
  EXPECT_EQ(Scale().apply(variables, two_rows()).to_vector<float>(),
            (std::vector<float>{1, 20, 300, 4, 50, 600}));
}

TEST(ModuleRun, ApplyGivesTheMutableCollectionsBack) {
  Compact model;
  Tree variables = model.init(test_key(), two_rows());
  auto [y, updated] = model.apply(variables, {.mutable_collections = {"state"}}, two_rows());
  EXPECT_EQ(paths(updated), (Paths{"state/Counter_0/count"}));
  EXPECT_EQ(updated["state/Counter_0/count"].array().item<float>(), 1);
  EXPECT_EQ(variables["state/Counter_0/count"].array().item<float>(), 0);
}

TEST(ModuleRun, InitMakesWhatItsFilterAllows) {
  InitOptions only_params{.mutable_collections = {"params"}};
  EXPECT_EQ(paths(Scale().init(test_key(), only_params, two_rows())), (Paths{"params/scale"}));
}

struct AutoEncoder : Module<AutoEncoder> {
  Scale encoder, decoder;
  LINUM_SUBMODULES(encoder, decoder)
  Array encode(Array x) const {
    return method("encode", [&] { return encoder(x); });
  }
  Array forward(Array x) const { return decoder(encode(x)); }
};
struct UsesEncoder : Module<UsesEncoder> {
  AutoEncoder model;
  LINUM_SUBMODULES(model)
  Array forward(Array x) const { return model.encode(x); }
};
const auto kEncode = [](const AutoEncoder& m, Array x) { return m.encode(x); };

TEST(ModuleRun, AnotherMethodThanForward) {
  AutoEncoder model;
  Tree variables = model.init_method(test_key(), kEncode, two_rows());
  EXPECT_EQ(paths(variables), (Paths{"params/encoder/scale"}));
  EXPECT_EQ(model.apply_method(variables, kEncode, two_rows()).to_vector<float>(),
            two_rows().to_vector<float>());
}

TEST(ModuleRun, AnotherMethodCalledFromAModule) {
  EXPECT_EQ(paths(UsesEncoder().init(test_key(), two_rows())),
            (Paths{"params/model/encoder/scale"}));
}

TEST(ModuleRun, FunctionsOfAModule) {
  AutoEncoder model;
  Tree variables = init(kEncode, model)(test_key(), two_rows());
  EXPECT_EQ(paths(variables), (Paths{"params/encoder/scale"}));
  auto [y, updated] =
      nn::apply(kEncode, model, {.mutable_collections = true})(variables, two_rows());
  EXPECT_EQ(y.to_vector<float>(), two_rows().to_vector<float>());
  EXPECT_EQ(paths(updated), paths(variables));
  auto [z, same] = init_with_output(kEncode, model)(test_key(), two_rows());
  EXPECT_EQ(z.to_vector<float>(), two_rows().to_vector<float>());
}

TEST(ModuleRun, LazyInitNeedsShapesOnly) {
  Array shape = shape_struct({2, 3}, DType::F32);
  Tree variables = Compact().lazy_init(test_key(), shape);
  EXPECT_EQ(variables["params/Scale_0/scale"].array().to_vector<float>(),
            (std::vector<float>{1, 1, 1}));
}

struct InitsFromInput : Module<InitsFromInput> {
  Array forward(Array x) const {
    return param("mean", [&](const Array&) { return np::mean(x); });
  }
};

TEST(ModuleRun, LazyInitOfADependentVariableThrows) {
  EXPECT_ERROR(InitsFromInput().lazy_init(test_key(), shape_struct({2, 3}, DType::F32)),
               LazyInitError, "could not be computed with the given inputs (shape: f32[2,3]");
}

TEST(ModuleRun, BindKeepsAModelWithItsVariables) {
  AutoEncoder model;
  auto bound = model.bind(model.init(test_key(), two_rows()));
  EXPECT_EQ(bound(two_rows()).to_vector<float>(), two_rows().to_vector<float>());
  EXPECT_EQ(bound->encoder(two_rows()).to_vector<float>(), two_rows().to_vector<float>());
  EXPECT_EQ(bound->encode(two_rows()).to_vector<float>(), two_rows().to_vector<float>());
}

TEST(ModuleRun, BindKeepsMutableCollectionsFromCallToCall) {
  Counter model;
  auto bound = model.bind(model.init(test_key(), two_rows()), {.mutable_collections = {"state"}});
  bound(two_rows());
  bound(two_rows());
  EXPECT_EQ(bound.variables()["state/count"].array().item<float>(), 2);
}

TEST(ModuleRun, UnbindGivesASubmoduleAndItsVariables) {
  AutoEncoder model;
  auto bound = model.bind(model.init(test_key(), two_rows()));
  auto [encoder, variables] = bound->encoder.unbind();
  EXPECT_EQ(paths(variables), (Paths{"params/scale"}));
  EXPECT_EQ(encoder.apply(variables, two_rows()).to_vector<float>(), two_rows().to_vector<float>());
  auto [whole, all] = bound.unbind();
  EXPECT_EQ(paths(whole.init(test_key(), two_rows())), paths(all));
}

TEST(ModuleRun, UnbindOutsideBindThrows) {
  EXPECT_ERROR(Scale().unbind(), CallUnbindOnUnboundModuleError,
               "Can't call `unbind()` on unbound modules: Scale");
}

struct Clones : Module<Clones> {
  Array forward(Array x) const {
    Scale layer;
    x = layer(x);
    return layer.clone()(layer.copy()(x));
  }
};

TEST(ModuleRun, CloneAndCopyAreLayersOfTheirOwn) {
  EXPECT_EQ(Clones().init(test_key(), two_rows())["params"].size(), 3u);
}

TEST(ModuleRun, ModulePathsListEveryModule) {
  auto modules = Nested().module_paths(test_key(), two_rows());
  EXPECT_EQ(modules.at(""), "Nested");
  EXPECT_EQ(modules.at("Compact_0/Counter_0"), "Counter");
  EXPECT_EQ(modules.at("SetupStyle_0/layers_1"), "Scale");
}

struct Paths_ : Module<Paths_> {
  std::vector<std::string>* seen = nullptr;
  std::string name = {};
  Array forward(Array x) const {
    for (auto& part : path()) seen->push_back(part);
    return x;
  }
};
struct HoldsPaths : Module<HoldsPaths> {
  std::vector<std::string>* seen = nullptr;
  Array forward(Array x) const { return Paths_{.seen = seen, .name = "inner"}(x); }
};

TEST(ModuleRun, PathIsKnownInForward) {
  std::vector<std::string> seen;
  HoldsPaths{.seen = &seen}.module_paths(test_key(), two_rows());
  EXPECT_EQ(seen, (Paths{"inner"}));
}

TEST(ModuleRun, MergeParamTakesOneOfTwo) {
  std::optional<bool> none;
  EXPECT_TRUE(merge_param("train", std::optional(true), none));
  EXPECT_FALSE(merge_param("train", none, std::optional(false)));
  EXPECT_ERROR(merge_param("train", none, none), ValueError,
               "Parameter \"train\" must be passed to the constructor or at call time");
  EXPECT_ERROR(merge_param("train", std::optional(true), std::optional(true)), ValueError,
               "Should be passed just once");
}

struct Mutates : Module<Mutates> {
  int calls = 0;
  Array forward(Array x) {
    ++calls;
    return np::multiply(x, calls);
  }
};

TEST(ModuleRun, ForwardChangesOnlyACopyOfTheModel) {
  const Mutates model;
  EXPECT_EQ(model.apply(Tree::empty_dict(), two_rows()).to_vector<float>(),
            two_rows().to_vector<float>());
  EXPECT_EQ(model.apply(Tree::empty_dict(), two_rows()).to_vector<float>(),
            two_rows().to_vector<float>());
  EXPECT_EQ(model.calls, 0);
}

// --- variables inside forward ------------------------------------------------------------------

struct Looks : Module<Looks> {
  bool* ok = nullptr;
  Array forward(Array x) const {
    Scale{}(x);
    *ok = has_variable("params", "Scale_0") && !has_variable("params", "nothing") &&
          get_variable("params", "nothing").is_none() &&
          get_variable("params", "nothing", Tree(x)).is_leaf() &&
          variables().contains("params/Scale_0/scale") && is_mutable_collection("params") &&
          is_initializing() && has_rng("params") && !has_rng("noise");
    put_variable("extra", "x", x);
    return x;
  }
};

TEST(ModuleVariables, CanBeAskedForAndPut) {
  bool ok = false;
  Tree variables = Looks{.ok = &ok}.init(test_key(), two_rows());
  EXPECT_TRUE(ok);
  EXPECT_EQ(paths(variables), (Paths{"extra/x", "params/Scale_0/scale"}));
}

// --- under transforms --------------------------------------------------------------------------

Tree tens() { return {{"params", Tree{{"scale", Array::of<float>({3}, {10, 10, 10})}}}}; }

TEST(ModuleTransforms, ApplyUnderJit) {
  auto run = jit([](Tree variables, Array x) { return Scale().apply(variables, x); });
  EXPECT_EQ(run(tens(), two_rows()).to_vector<float>(),
            (std::vector<float>{10, 20, 30, 40, 50, 60}));
}

TEST(ModuleTransforms, InitUnderJit) {
  auto run = jit([](Array key, Array x) { return Compact().init(key, x); });
  EXPECT_EQ(paths(run(test_key(), two_rows())), paths(Compact().init(test_key(), two_rows())));
}

TEST(ModuleTransforms, GradOfTheParameters) {
  auto loss = [](Tree variables) { return np::sum(Scale().apply(variables, two_rows())); };
  Tree grads = grad(loss)(tens());
  EXPECT_EQ(grads["params/scale"].array().to_vector<float>(), (std::vector<float>{5, 7, 9}));
}

TEST(ModuleTransforms, ApplyUnderVmap) {
  auto run = vmap([](Array x) { return Scale().apply(tens(), x); });
  EXPECT_EQ(run(two_rows()).to_vector<float>(), (std::vector<float>{10, 20, 30, 40, 50, 60}));
}

TEST(ModuleTransforms, AnEnsembleIsAVmapOverVariables) {
  auto init = vmap([](Array key) { return nn::Dense{.features = 2}.init(key, two_rows()); });
  Tree variables = init(random::split(test_key(), 4));
  EXPECT_EQ(variables["params/kernel"].array().shape(), (Shape{4, 3, 2}));
  auto apply = vmap([](Tree v, Array x) { return nn::Dense{.features = 2}.apply(v, x); },
                    {.in_axes = {0, std::nullopt}});
  EXPECT_EQ(apply(variables, two_rows()).shape(), (Shape{4, 2, 2}));
}

}  // namespace
}  // namespace linum::nn
