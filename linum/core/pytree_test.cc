#include "linum/core/pytree.h"

#include <gmock/gmock.h>

#include "linum/base/testing.h"
#include "linum/lax/lax.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

using testing::ElementsAre;

Array leaf(float v) { return Array::of<float>({1}, {v}); }

struct Layer {
  Array kernel, bias;
  LINUM_FIELDS(kernel, bias)
};
struct Model {
  std::vector<Layer> layers;
  std::map<std::string, Array> named;
  std::optional<Array> scale;
  std::tuple<Array, int> pair;
  std::string activation = "relu";
  LINUM_FIELDS(layers, named, scale, pair, activation)
};

Model mixed() {
  return {.layers = {{leaf(1), leaf(2)}, {leaf(3), leaf(4)}},
          .named = {{"b", leaf(5)}, {"a", leaf(6)}},
          .scale = leaf(7),
          .pair = {leaf(8), 3}};
}

TEST(Pytree, ConvertsStructsOfContainers) {
  EXPECT_EQ(
      to_tree(mixed()).to_string(),
      "{'activation': 'relu', 'layers': [{'bias': f32[1], 'kernel': f32[1]}, {'bias': f32[1], "
      "'kernel': f32[1]}], 'named': {'a': f32[1], 'b': f32[1]}, 'pair': [f32[1], 3], 'scale': "
      "f32[1]}");
}

TEST(Pytree, GivesThemBack) {
  Model m = from_tree<Model>(to_tree(mixed()));
  EXPECT_EQ(m.layers[1].bias.item<float>(), 4);
  EXPECT_EQ(m.named.at("a").item<float>(), 6);
  EXPECT_EQ(m.scale->item<float>(), 7);
  EXPECT_EQ(std::get<1>(m.pair), 3);
  EXPECT_EQ(m.activation, "relu");
}

TEST(Pytree, HoldsNothingForAnEmptyOptional) {
  Model m = mixed();
  m.scale = std::nullopt;
  EXPECT_TRUE(to_tree(m)["scale"].is_none());
  EXPECT_FALSE(from_tree<Model>(to_tree(m)).scale);
}

TEST(Pytree, HasNamedPaths) {
  std::vector<std::string> paths;
  for (auto& [path, x] : tree::leaves_with_path(to_tree(mixed()))) paths.push_back(path);
  EXPECT_THAT(paths, ElementsAre("layers/0/bias", "layers/0/kernel", "layers/1/bias",
                                 "layers/1/kernel", "named/a", "named/b", "pair/0", "scale"));
}

TEST(Pytree, ConvertsPairsAndNestedContainers) {
  std::pair<Array, std::vector<std::optional<Array>>> x{leaf(1), {leaf(2), std::nullopt}};
  Tree t = to_tree(x);
  EXPECT_EQ(t.to_string(), "[f32[1], [f32[1], None]]");
  auto y = from_tree<decltype(x)>(t);
  EXPECT_EQ(y.second[0]->item<float>(), 2);
  EXPECT_FALSE(y.second[1]);
}

TEST(Pytree, GoesThroughJit) {
  auto bump = jit([](Model m) {
    for (Layer& l : m.layers) l.bias = lax::add(l.bias, l.kernel);
    return m;
  });
  Model m = bump(mixed());
  EXPECT_EQ(m.layers[0].bias.item<float>(), 3);
  EXPECT_EQ(m.layers[1].bias.item<float>(), 7);
  EXPECT_EQ(m.activation, "relu");
  Model other = mixed();
  other.activation = "tanh";  // belongs to the structure: another program
  EXPECT_EQ(bump(other).activation, "tanh");
  EXPECT_EQ(bump.cache_size(), 2u);
}

TEST(Pytree, NamesTheFieldThatIsMissingOrWrong) {
  Tree t = to_tree(mixed());
  t.erase("named");
  EXPECT_ERROR(from_tree<Model>(t), TreeError,
               "no entry 'named' in a dictionary with keys {'activation'");
  t = to_tree(mixed());
  t.set("layers/0/kernel", Tree());
  EXPECT_ERROR(from_tree<Model>(t), TreeError, "a tree is read as an array but is nothing");
}

// --- a type with its own conversion, and one without any -------------------------------------

struct Pair {
  Array low, high;
  Tree to_tree() const { return Tree::list({low, high}); }
  static Pair from_tree(const Tree& t) { return {t[0], t[1]}; }
};

TEST(Pytree, UsesATypesOwnConversion) {
  Pair p = from_tree<Pair>(to_tree(Pair{leaf(1), leaf(2)}));
  EXPECT_EQ(to_tree(p).to_string(), "[f32[1], f32[1]]");
  EXPECT_EQ(p.high.item<float>(), 2);
}

struct Opaque {
  int value = 0;
};

TEST(Static, HoldsAnyOtherValue) {
  Tree t = to_tree(Opaque{5});
  EXPECT_TRUE(t.is_static());
  EXPECT_EQ(t.to_string(), "<static>");
  EXPECT_EQ(from_tree<Opaque>(t).value, 5);
  EXPECT_EQ(tree::leaves(t).size(), 0u);
}

TEST(Static, IsEqualByValueWhereTheTypeHasEquality) {
  EXPECT_TRUE(TreeDef(to_tree(3)) == TreeDef(to_tree(3)));
  EXPECT_FALSE(TreeDef(to_tree(3)) == TreeDef(to_tree(4)));
  EXPECT_FALSE(TreeDef(to_tree(3)) == TreeDef(to_tree(3L)));
  EXPECT_FALSE(TreeDef(to_tree(Opaque{1})) == TreeDef(to_tree(Opaque{1})));
  Tree once = to_tree(Opaque{1});
  EXPECT_TRUE(TreeDef(once) == TreeDef(Tree(once)));
}

TEST(Static, ComesBackAsTheTypeThatWentIn) {
  EXPECT_ERROR(from_tree<int>(to_tree(2.5)), TreeError,
               "a static value came back from a tree as another C++ type");
}

}  // namespace
}  // namespace linum
