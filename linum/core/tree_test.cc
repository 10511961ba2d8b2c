#include "linum/core/tree.h"

#include <gmock/gmock.h>

#include "linum/base/testing.h"
#include "linum/lax/lax.h"

namespace linum {
namespace {

using testing::ElementsAre;

Array f(float v) { return Array::of<float>({1}, {v}); }
Tree model() {
  return {{"params", Tree{{"Dense_1", Tree{{"kernel", f(1)}}},
                          {"Dense_0", Tree{{"kernel", f(2)}, {"bias", f(3)}}}}},
          {"steps", Tree::list({f(4), Tree()})}};
}
std::vector<float> values(const Tree& t) {
  std::vector<float> out;
  for (const Array& x : tree::leaves(t)) out.push_back(x.item<float>());
  return out;
}

struct Setting final : Static {
  explicit Setting(int v) : value(v) {}
  bool equals(const Static& other) const override {
    auto* same = dynamic_cast<const Setting*>(&other);
    return same && same->value == value;
  }
  std::string to_string() const override { return str_cat("setting ", value); }
  int value;
};
Tree setting(int v) { return Tree(std::shared_ptr<const Static>(std::make_shared<Setting>(v))); }

// --- looking ---------------------------------------------------------------------------------

TEST(Tree, ShowsItsStructure) {
  EXPECT_EQ(model().to_string(),
            "{'params': {'Dense_0': {'bias': f32[1], 'kernel': f32[1]}, 'Dense_1': {'kernel': "
            "f32[1]}}, 'steps': [f32[1], None]}");
}

TEST(Tree, IsReadByPath) {
  Tree t = model();
  EXPECT_EQ(t["params/Dense_0/kernel"].array().item<float>(), 2);
  EXPECT_EQ(t["params"]["Dense_0"]["bias"].array().item<float>(), 3);
  EXPECT_EQ(t["steps"][0].array().item<float>(), 4);
  EXPECT_EQ(t["steps/0"].array().item<float>(), 4);
  EXPECT_TRUE(t.contains("steps/1"));
  EXPECT_FALSE(t.contains("steps/2"));
  EXPECT_FALSE(t.contains("params/Dense_2"));
  EXPECT_EQ(t.find("params/Dense_0/kernel/deeper"), nullptr);
}

TEST(Tree, PrefersAKeyWithASlashToAPath) {
  Tree t{{"a/b", f(1)}, {"a", Tree{{"b", f(2)}}}};
  EXPECT_EQ(t["a/b"].array().item<float>(), 1);
}

TEST(Tree, NamesTheKeysThatThereAre) {
  EXPECT_ERROR(model()["weights"], TreeError,
               "no entry 'weights' in a dictionary with keys {'params', 'steps'}");
  EXPECT_ERROR(model()["steps"][2], TreeError, "index 2 is out of range for a list of 2");
  EXPECT_ERROR(model()["params"][0], TreeError,
               "a tree is read as a list but is a dictionary with keys {'Dense_0', 'Dense_1'}");
  EXPECT_ERROR(model().array(), TreeError, "a tree is read as an array but is a dictionary");
  EXPECT_ERROR(Tree().array(), TreeError, "a tree is read as an array but is nothing");
  EXPECT_ERROR(Tree(f(1)).as_dict(), TreeError, "read as a dictionary but is an array f32[1]");
  EXPECT_ERROR(setting(3).as_list(), TreeError, "but is the static value setting 3");
  EXPECT_ERROR(Tree(f(1)).as_static(), TreeError, "a tree is read as a static value");
}

// --- changing --------------------------------------------------------------------------------

TEST(Tree, IsAValue) {
  Tree a = model(), b = a;
  b.set("params/Dense_0/bias", f(9));
  EXPECT_EQ(a["params/Dense_0/bias"].array().item<float>(), 3);
  EXPECT_EQ(b["params/Dense_0/bias"].array().item<float>(), 9);
  b.mutable_dict().erase("steps");
  EXPECT_TRUE(a.contains("steps"));
}

TEST(Tree, GrowsDictionariesAlongAPath) {
  Tree t;
  t.set("a/b/c", f(1));
  t.set("a/d", f(2));
  EXPECT_EQ(t.to_string(), "{'a': {'b': {'c': f32[1]}, 'd': f32[1]}}");
  t.erase("a/b");
  EXPECT_EQ(t.to_string(), "{'a': {'d': f32[1]}}");
  EXPECT_ERROR(t.erase("a/b"), TreeError, "no entry 'a/b'");
  EXPECT_ERROR(t.set("a/d/e", f(3)), TreeError, "read as a dictionary but is an array");
}

TEST(Tree, SetsListEntriesInPlace) {
  Tree t = model();
  t.set("steps/0", f(7));
  EXPECT_EQ(t["steps"][0].array().item<float>(), 7);
  EXPECT_EQ(t["steps"].size(), 2u);
}

// --- jax.tree --------------------------------------------------------------------------------

TEST(TreeLeaves, AreInTheOrderOfTheirKeys) {
  EXPECT_THAT(values(model()), ElementsAre(3, 2, 1, 4));
}

TEST(TreeLeaves, HavePaths) {
  std::vector<std::string> paths;
  for (auto& [path, x] : tree::leaves_with_path(model())) paths.push_back(path);
  EXPECT_THAT(paths, ElementsAre("params/Dense_0/bias", "params/Dense_0/kernel",
                                 "params/Dense_1/kernel", "steps/0"));
}

TEST(TreeStructure, GivesTheTreeBack) {
  auto [leaves, def] = tree::flatten(model());
  EXPECT_EQ(def.num_leaves(), 4u);
  EXPECT_EQ(def.to_string(),
            "{'params': {'Dense_0': {'bias': *, 'kernel': *}, 'Dense_1': {'kernel': *}}, 'steps': "
            "[*, None]}");
  EXPECT_EQ(tree::unflatten(def, leaves).to_string(), model().to_string());
  EXPECT_TRUE(def.matches(model()));
  EXPECT_TRUE(def == tree::structure(model()));
  leaves.pop_back();
  EXPECT_ERROR(def.unflatten(leaves), TreeError, "unflatten needs 4 leaves for {'params'");
}

TEST(TreeStructure, TellsListsNothingAndStaticsApart) {
  auto same = [](const Tree& a, const Tree& b) { return tree::structure(a) == tree::structure(b); };
  EXPECT_TRUE(same(Tree::list({f(1), Tree()}), Tree::list({f(2), Tree()})));
  EXPECT_FALSE(same(Tree::list({f(1), Tree()}), Tree::list({f(1), f(2)})));
  EXPECT_FALSE(same(Tree::list({f(1)}), Tree::list({f(1), f(2)})));
  EXPECT_FALSE(same(Tree{{"a", f(1)}}, Tree{{"b", f(1)}}));
  EXPECT_FALSE(same(Tree::list({}), Tree::empty_dict()));
  EXPECT_TRUE(same(setting(3), setting(3)));
  EXPECT_FALSE(same(setting(3), setting(4)));
  EXPECT_FALSE(same(setting(3), Tree()));
}

TEST(TreeMap, AppliesAFunctionToLeaves) {
  Tree doubled = tree::map([](const Array& x) { return lax::add(x, x); }, model());
  EXPECT_THAT(values(doubled), ElementsAre(6, 4, 2, 8));
  Tree sums =
      tree::map([](const Array& x, const Array& y) { return lax::add(x, y); }, model(), doubled);
  EXPECT_THAT(values(sums), ElementsAre(9, 6, 3, 12));
  Tree three =
      tree::map([](const Array& x, const Array& y, const Array& z) { return x.defined() ? z : y; },
                model(), doubled, sums);
  EXPECT_THAT(values(three), ElementsAre(9, 6, 3, 12));
}

TEST(TreeMap, LeavesNothingWhereTheFunctionGivesNothing) {
  Tree t = tree::map_with_path(
      [](const std::string& path, const Array& x) {
        return path.find("kernel") != std::string::npos ? x : Array();
      },
      model());
  EXPECT_EQ(t.to_string(),
            "{'params': {'Dense_0': {'bias': None, 'kernel': f32[1]}, 'Dense_1': {'kernel': "
            "f32[1]}}, 'steps': [None, None]}");
}

TEST(TreeMap, ShowsBothStructuresAndWhereTheyDiffer) {
  Tree a{{"params", Tree{{"bias", f(1)}, {"kernel", f(2)}}}};
  Tree b{{"params", Tree{{"kernel", f(2)}, {"scale", f(1)}}}};
  auto first = [](const Array& x, const Array&) { return x; };
  EXPECT_ERROR(
      tree::map(first, a, b), TreeError,
      "tree::map: the trees have different structures: 'params/bias' is only in the first\n"
      "  first:  {'params': {'bias': f32[1], 'kernel': f32[1]}}\n"
      "  second: {'params': {'kernel': f32[1], 'scale': f32[1]}}");
  Tree c{{"params", Tree{{"bias", f(1)}, {"kernel", f(2)}, {"scale", f(3)}}}};
  EXPECT_ERROR(tree::map(first, a, c), TreeError, "'params/scale' is only in the second");
  Tree d{{"params", Tree{{"bias", Tree::list({f(1)})}, {"kernel", f(2)}}}};
  EXPECT_ERROR(tree::map(first, a, d), TreeError,
               "at 'params/bias' the first has an array f32[1], the second a list of 1");
  EXPECT_ERROR(tree::map(first, Tree::list({f(1)}), Tree::list({f(1), f(2)})), TreeError,
               "the first has a list of 1, the second a list of 2");
  EXPECT_ERROR(tree::check_same_structure(setting(1), setting(2), "apply"), TreeError,
               "apply: the trees have different structures: at '' the first has the static value "
               "setting 1, the second the static value setting 2");
}

TEST(TreeReduce, FoldsLeaves) {
  auto add = [](const Array& x, const Array& y) { return lax::add(x, y); };
  EXPECT_EQ(tree::reduce(add, model(), f(0)).item<float>(), 10);
  EXPECT_TRUE(tree::all(model()));
  EXPECT_FALSE(tree::all(Tree::list({f(1), f(0)})));
  EXPECT_TRUE(tree::all(Tree()));
}

TEST(TreeReduce, JoinsNeighboursInRounds) {
  const auto sub = [](const Array& x, const Array& y) { return lax::sub(x, y); };
  const Tree t = Tree::list({f(1), f(2), f(3), f(4), f(5)});  // ((1 - 2) - (3 - 4)) - 5
  EXPECT_EQ(tree::reduce_associative(sub, t).item<float>(), -5);
  EXPECT_EQ(tree::reduce_associative(sub, Tree(), f(7)).item<float>(), 7);
  EXPECT_ERROR(tree::reduce_associative(sub, Tree()), ValueError, "needs an identity");
}

TEST(TreeTranspose, TurnsATreeInsideOut) {
  Tree outer = Tree::list({f(0), f(0)}), inner{{"a", f(0)}, {"b", f(0)}};
  Tree t = Tree::list({Tree{{"a", f(1)}, {"b", f(2)}}, Tree{{"a", f(3)}, {"b", f(4)}}});
  Tree turned = tree::transpose(TreeDef(outer), TreeDef(inner), t);
  EXPECT_EQ(turned.to_string(), "{'a': [f32[1], f32[1]], 'b': [f32[1], f32[1]]}");
  EXPECT_THAT(values(turned), ElementsAre(1, 3, 2, 4));
  EXPECT_ERROR(tree::transpose(TreeDef(outer), TreeDef(outer), Tree::list({f(1)})), TreeError,
               "tree::transpose needs 4 leaves, got 1");
}

TEST(TreeBroadcast, RepeatsAPrefix) {
  EXPECT_THAT(values(tree::broadcast(Tree(f(5)), model())), ElementsAre(5, 5, 5, 5));
  Tree prefix{{"params", f(1)}, {"steps", Tree()}};
  EXPECT_EQ(tree::broadcast(prefix, model()).to_string(),
            "{'params': {'Dense_0': {'bias': f32[1], 'kernel': f32[1]}, 'Dense_1': {'kernel': "
            "f32[1]}}, 'steps': [None, None]}");
  EXPECT_ERROR(tree::broadcast(Tree::list({f(1)}), model()), TreeError,
               "a prefix tree [f32[1]] does not fit {'params'");
  EXPECT_ERROR(tree::broadcast(Tree{{"a", f(1)}, {"b", f(2)}}, model()), TreeError,
               "no entry 'params'");
}

}  // namespace
}  // namespace linum
