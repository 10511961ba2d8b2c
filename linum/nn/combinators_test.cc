#include "linum/nn/combinators.h"

#include "linum/nn/activation.h"
#include "linum/nn/module_testlib.h"

namespace linum::nn {
namespace {

Sequential two_layers() {
  return Sequential{.layers = {Dense{.features = 4}, relu, Dense{.features = 2}}};
}

TEST(Sequential, RunsLayersInOrder) {
  Array doubled = Sequential{.layers = {Scale{}, [](const Array& x) { return np::multiply(x, 2); },
                                        [](const Array& x) { return np::add(x, 1); }}}
                      .init_with_output(test_key(), two_rows())
                      .first;
  EXPECT_EQ(doubled.to_vector<float>(), (std::vector<float>{3, 5, 7, 9, 11, 13}));
}

TEST(Sequential, NamesLayersByTheirPlace) {
  EXPECT_EQ(paths(two_layers().init(test_key(), two_rows())),
            (Paths{"params/layers_0/bias", "params/layers_0/kernel", "params/layers_2/bias",
                   "params/layers_2/kernel"}));
}

struct MadeInside : Module<MadeInside> {
  Array forward(Array x) const { return two_layers()(x); }
};
struct Member : Module<Member> {
  Sequential net = two_layers();
  LINUM_SUBMODULES(net)
  Array forward(Array x) const { return net(x); }
};
struct HoldsMember : Module<HoldsMember> {
  Array forward(Array x) const { return Member{}(x); }
};

TEST(Sequential, MadeInAForwardItsLayersBelongThere) {
  Tree params = MadeInside().init(test_key(), two_rows())["params"];
  EXPECT_EQ(paths(params),
            (Paths{"Dense_0/bias", "Dense_0/kernel", "Dense_1/bias", "Dense_1/kernel"}));
}

TEST(Sequential, AsAMemberItKeepsItsLayers) {
  EXPECT_TRUE(Member().init(test_key(), two_rows()).contains("params/net/layers_2/kernel"));
  EXPECT_TRUE(
      HoldsMember().init(test_key(), two_rows()).contains("params/Member_0/net/layers_2/kernel"));
}

struct Wraps : Module<Wraps> {
  Layer inner;
  LINUM_SUBMODULES(inner)
  Array forward(Array x) const { return Dense{.features = 2}(inner(x)); }
};
struct MakesBoth : Module<MakesBoth> {
  Array forward(Array x) const {
    return Wraps{.inner = Sequential{.layers = {Dense{.features = 3}}}}(x);
  }
};

TEST(Layer, PassedToAModuleFromOutsideItIsItsMember) {
  Wraps model{.inner = Sequential{.layers = {Dense{.features = 3}}}};
  EXPECT_EQ(
      paths(model.init(test_key(), two_rows())["params"]),
      (Paths{"Dense_0/bias", "Dense_0/kernel", "inner/layers_0/bias", "inner/layers_0/kernel"}));
}

TEST(Layer, PassedToAModuleOfTheSameForwardItIsItsNeighbour) {
  EXPECT_EQ(
      paths(MakesBoth().init(test_key(), two_rows())["params"]),
      (Paths{"Dense_0/bias", "Dense_0/kernel", "Wraps_0/Dense_0/bias", "Wraps_0/Dense_0/kernel"}));
}

struct Splits : Module<Splits> {
  std::pair<Array, Array> forward(Array x) const { return {x, np::multiply(x, 10)}; }
};

TEST(Sequential, SeveralResultsAreSeveralArguments) {
  Sequential model{
      .layers = {Splits{}, [](const Array& a, const Array& b) { return np::add(a, b); }}};
  EXPECT_EQ(model.apply(Tree::empty_dict(), two_rows()).to_vector<float>(),
            (std::vector<float>{11, 22, 33, 44, 55, 66}));
}

TEST(Sequential, TakesSeveralArguments) {
  Sequential model{.layers = {[](const Array& a, const Array& b) { return np::subtract(a, b); }}};
  EXPECT_EQ(model.apply(Tree::empty_dict(), Array(5.0f), Array(3.0f)).item<float>(), 2);
}

TEST(Sequential, WithoutLayersThrows) {
  EXPECT_ERROR(Sequential().apply(Tree::empty_dict(), two_rows()), ValueError,
               "Empty Sequential module");
}

TEST(Sequential, AWrongNumberOfArgumentsThrows) {
  Sequential model{.layers = {Splits{}, Scale{}}};
  EXPECT_ERROR(model.init(test_key(), two_rows()), ValueError,
               "The layer Scale cannot be called with 2 arrays");
  EXPECT_ERROR(Sequential{.layers = {Splits{}}}.init(test_key(), two_rows()), ValueError,
               "gives 2 results");
}

}  // namespace
}  // namespace linum::nn
