// The functional core: variables, names, streams of a scope.
#include "linum/nn/scope.h"

#include "linum/nn/errors.h"
#include "linum/nn/module_testlib.h"
#include "linum/transforms/jit.h"

namespace linum::nn {
namespace {

Array number(float x) { return Array::of<float>({}, {x}); }
float value_of(const Tree& t) { return t.array().item<float>(); }

ScopeRef scope_over(const Tree& variables, const Filter& mutable_collections = false) {
  return Scope::root(variables, {.rngs = test_key(), .mutable_collections = mutable_collections});
}
Tree one_param() { return {{"params", Tree{{"w", number(3)}}}}; }

TEST(Scope, ReadsWhatItWasGiven) {
  ScopeRef scope = scope_over(one_param());
  EXPECT_TRUE(scope->has_variable("params", "w"));
  EXPECT_EQ(value_of(scope->get_variable("params", "w")), 3);
  EXPECT_TRUE(scope->get_variable("params", "b").is_none());
}

TEST(Scope, ChildrenSeeTheirPart) {
  ScopeRef scope = scope_over({{"params", Tree{{"inner", Tree{{"w", number(5)}}}}}});
  ScopeRef inner = scope->push("inner");
  EXPECT_EQ(value_of(inner->get_variable("params", "w")), 5);
  EXPECT_EQ(inner->path_text(), "/inner");
  EXPECT_EQ(inner->parent(), scope);
  EXPECT_EQ(paths(inner->variables()), (Paths{"params/w"}));
}

TEST(Scope, PutMakesDictionariesOnTheWay) {
  ScopeRef scope = scope_over(Tree::empty_dict(), true);
  scope->push("a")->push("b")->put_variable("state", "n", number(1));
  EXPECT_EQ(paths(scope->mutable_variables()), (Paths{"state/a/b/n"}));
}

TEST(Scope, PutMergesDictionaries) {
  ScopeRef scope = scope_over(Tree::empty_dict(), true);
  scope->put_variable("state", "d", Tree{{"x", number(1)}});
  scope->put_variable("state", "d", Tree{{"y", number(2)}});
  EXPECT_EQ(paths(scope->variables()), (Paths{"state/d/x", "state/d/y"}));
}

TEST(Scope, PutDoesNotChangeTheGivenTree) {
  Tree variables = one_param();
  ScopeRef scope = scope_over(variables, true);
  scope->put_variable("params", "w", number(4));
  EXPECT_EQ(value_of(variables["params/w"]), 3);
}

TEST(Scope, VariableWritesThrough) {
  ScopeRef scope = scope_over(Tree::empty_dict(), "state");
  Variable n = scope->variable("state", "n", [] { return Tree(number(1)); });
  EXPECT_TRUE(n.is_mutable());
  n.set_value(number(2));
  EXPECT_EQ(value_of(scope->get_variable("state", "n")), 2);
  EXPECT_EQ(n.collection() + "/" + n.name(), "state/n");
}

TEST(Scope, NamesAreTakenOnce) {
  ScopeRef scope = scope_over(Tree::empty_dict(), true);
  scope->reserve("x", "params");
  EXPECT_TRUE(scope->name_reserved("x", "params"));
  EXPECT_TRUE(scope->name_reserved("x")) << "not for a child";
  EXPECT_FALSE(scope->name_reserved("x", "state")) << "collections share names";
  scope->push("child");
  EXPECT_TRUE(scope->name_reserved("child", "params"));
  EXPECT_ERROR(scope->push("child"), NameInUseError, "Could not create submodule \"child\"");
  EXPECT_NE(scope->push("child", true), nullptr);
}

TEST(Scope, DefaultNamesCount) {
  ScopeRef scope = scope_over(Tree::empty_dict(), true);
  EXPECT_EQ(scope->default_name("Dense_"), "Dense_0");
  scope->push("Dense_0");
  EXPECT_EQ(scope->default_name("Dense_"), "Dense_1");
}

TEST(Scope, RewoundForgetsNamesButNotKeys) {
  ScopeRef scope = scope_over(Tree::empty_dict(), true);
  scope->push("child");
  Words first = scope->make_rng().to_vector<std::uint32_t>();
  EXPECT_FALSE(scope->rewound()->name_reserved("child"));
  EXPECT_NE(scope->rewound()->make_rng().to_vector<std::uint32_t>(), first);
  EXPECT_EQ(scope->rewound(true)->make_rng().to_vector<std::uint32_t>(), first);
}

// --- errors --------------------------------------------------------------------------------------

TEST(ScopeErrors, AParameterThatIsMissing) {
  ScopeRef scope = scope_over(one_param());
  auto init = [](const Array&) { return number(0); };
  EXPECT_ERROR(scope->param("b", init), ScopeParamNotFoundError,
               "Could not find parameter named \"b\" in scope \"/\". The given parameters there: "
               "\"w\"");
}

TEST(ScopeErrors, AParameterOfAnotherShape) {
  ScopeRef scope = scope_over(one_param());
  auto init = [](const Array&) { return Array::of<float>({2}, {0, 0}); };
  EXPECT_ERROR(scope->param("w", init), ScopeParamShapeError,
               "For parameter \"w\" in \"/\", the given initializer is expected to generate shape "
               "(2,), but the existing parameter it received has shape ()");
}

TEST(ScopeErrors, ACollectionThatIsEmpty) {
  auto zero = [] { return Tree(number(0)); };
  EXPECT_ERROR(
      scope_over(one_param())->variable("state", "n", zero), ScopeCollectionNotFound,
      "Tried to access \"n\" from collection \"state\" in \"/\" but the collection is empty");
  auto init = [](const Array&) { return number(0); };
  EXPECT_ERROR(scope_over(Tree::empty_dict())->param("w", init), ScopeCollectionNotFound,
               "from collection \"params\"");
}

TEST(ScopeErrors, AVariableThatIsMissing) {
  ScopeRef scope = scope_over({{"state", Tree{{"m", number(0)}}}});
  EXPECT_ERROR(scope->variable("state", "n", [] { return Tree(number(0)); }),
               ScopeVariableNotFoundError,
               "No Variable named \"n\" for collection \"state\" exists in \"/\"");
}

TEST(ScopeErrors, AnUpdateOfAnImmutableCollection) {
  EXPECT_ERROR(scope_over(one_param())->put_variable("params", "w", number(1)),
               ModifyScopeVariableError,
               "Cannot update variable \"w\" in \"/\" because collection \"params\" is immutable");
}

TEST(ScopeErrors, UseAfterTheEnd) {
  ScopeRef scope = scope_over(one_param(), true);
  scope->invalidate();
  EXPECT_ERROR(scope->put_variable("params", "w", number(1)), InvalidScopeError,
               "The scope \"/\" is no longer valid");
}

TEST(ScopeErrors, WhatIsNoDictionaryOfCollections) {
  EXPECT_ERROR(scope_over(Tree(number(1))), ApplyScopeInvalidVariablesTypeError,
               "should be a dictionary of collections");
  EXPECT_ERROR(scope_over({{"params", Tree(number(1))}}), ApplyScopeInvalidVariablesTypeError,
               "Each collection should be a dictionary");
}

TEST(ScopeErrors, UseInsideATransform) {
  ScopeRef scope = scope_over(Tree::empty_dict(), true);
  auto puts = linum::jit([&](Array x) {
    scope->put_variable("state", "x", x);
    return x;
  });
  EXPECT_ERROR(puts(number(1)), JaxTransformError,
               "Jax transforms and Flax models cannot be mixed");
}

}  // namespace
}  // namespace linum::nn
