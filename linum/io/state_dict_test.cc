#include "linum/io/state_dict.h"

#include "linum/base/testing.h"
#include "linum/core/pytree.h"

namespace linum::io {
namespace {

Array vector(std::vector<float> v) {
  auto n = static_cast<std::int64_t>(v.size());
  return Array::of<float>({n}, v);
}

Tree sample() {
  return Tree{{"layers", Tree::list({vector({1, 2}), Tree{{"w", vector({3})}}})},
              {"name", to_tree(std::string("net"))},
              {"none", Tree()}};
}

TEST(StateDict, ListsBecomeDictionariesAndStaticsGo) {
  EXPECT_EQ(to_state_dict(sample()).to_string(),
            "{'layers': {'0': f32[2], '1': {'w': f32[1]}}, 'none': None}");
}

TEST(StateDict, TheTargetGivesStructureTheStateGivesArrays) {
  Tree state = to_state_dict(sample());
  state.set("layers/0", vector({8, 9}));
  Tree back = from_state_dict(sample(), state);
  EXPECT_EQ(back.to_string(), sample().to_string());
  EXPECT_EQ(back["layers"][0].array().to_vector<float>(), (std::vector<float>{8, 9}));
}

TEST(StateDict, NamesThePathOfWhatDoesNotFit) {
  Tree missing = to_state_dict(sample());
  missing.erase("layers/1/w");
  EXPECT_ERROR(from_state_dict(sample(), missing), TreeError,
               "the state has no entry at 'layers/1/w', expected f32[1]");
  Tree shape = to_state_dict(sample());
  shape.set("layers/0", vector({1}));
  EXPECT_ERROR(from_state_dict(sample(), shape), TreeError,
               "the state has shape (1,) at 'layers/0', expected (2,)");
  Tree longer = to_state_dict(sample());
  longer.set("layers/2", vector({1}));
  EXPECT_ERROR(from_state_dict(sample(), longer), TreeError,
               "the state has 3 entries at 'layers', expected a list of 2");
  Tree kind = to_state_dict(sample());
  kind.set("layers/0", Tree{{"x", vector({1})}});
  EXPECT_ERROR(from_state_dict(sample(), kind), TreeError,
               "the state has {'x': f32[1]} at 'layers/0', expected an array");
}

TEST(FlattenDict, PathsAndBack) {
  Tree nested{{"a", Tree{{"b", vector({1})}, {"c", vector({2})}}}};
  Tree flat = flatten_dict(nested);
  EXPECT_EQ(flat.to_string(), "{'a/b': f32[1], 'a/c': f32[1]}");
  EXPECT_EQ(unflatten_dict(flat).to_string(), nested.to_string());
}

}  // namespace
}  // namespace linum::io
