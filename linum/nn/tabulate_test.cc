// The tables of flax.linen.tabulate: compared whole with Flax's own output.
#include <fstream>
#include <sstream>

#include "linum/nn/module_testlib.h"
#include "linum/nn/text_table.h"

namespace linum::nn {
namespace {

std::string fixture(const std::string& name) {
  std::ifstream file(std::string(LINUM_SOURCE_DIR) + "/tests/tabulate/" + name);
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

struct Mlp : Module<Mlp> {
  Array forward(Array x) const {
    x = Dense{.features = 4}(x);
    return Dense{.features = 2}(x);
  }
};
Array sixteen_by_nine() { return lax::zeros({16, 9}, DType::F32); }

TEST(Tabulate, AsFlaxPrintsForATerminal) {
  EXPECT_EQ(Mlp().tabulate(test_key(), sixteen_by_nine()), fixture("mlp.txt"));
}

// Moving means, as BatchNorm keeps them.
struct Norm : Module<Norm> {
  Array forward(Array x) const {
    for (const char* n : {"mean", "var"}) {
      variable("batch_stats", n, [&] { return Tree(lax::zeros({x.shape(-1)}, DType::F32)); });
    }
    param("bias", initializers::zeros_init(), {x.shape(-1)});
    return np::multiply(x, param("scale", initializers::ones_init(), {x.shape(-1)}));
  }
};
struct Block : Module<Block> {
  Array forward(Array x, bool train) const {
    x = Norm{}(Dense{.features = 8}(x));
    return train ? lax::max(x, Array(0.0)) : x;
  }
};
struct Net : Module<Net> {
  Tree forward(Array x) const {
    for (int i = 0; i < 2; ++i) x = Block{}(x, true);
    Dense head{.features = 300, .name = "head"};
    Array scale = param("scale", initializers::ones_init(), {2, 300});
    return Tree{{"logits", np::multiply(head(x), np::sum(scale, 0))},
                {"pair", Tree::list({x, head(x)})}};
  }
};
Array picture() { return lax::zeros({2, 8, 8, 3}, DType::F32); }

TEST(Tabulate, WrapsAndCutsInANarrowTerminal) {
  EXPECT_EQ(Net().tabulate(test_key(), picture()), fixture("net.txt"));
}

TEST(Tabulate, WithoutColorAndWide) {
  EXPECT_EQ(Net().tabulate(test_key(), {.width = 120, .color = false}, picture()),
            fixture("net_plain.txt"));
}

TEST(Tabulate, DepthSumsWhatLiesBelow) {
  TabulateOptions options{.depth = 1, .show_repeated = true, .width = 150, .color = false};
  EXPECT_EQ(Net().tabulate(test_key(), options, picture()), fixture("net_depth_1.txt"));
}

TEST(TextTable, KeepsEmptyLines) {
  StyledText text("a b\n\nc");
  EXPECT_EQ(text.wrapped(10).size(), 3u);
}

TEST(TextTable, BreaksBetweenWords) {
  std::vector<StyledText> lines = StyledText("one two three").wrapped(7);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].render(TextStyle::Plain, false), "one two");
  EXPECT_EQ(lines[1].render(TextStyle::Plain, false), "three");
}

TEST(TextTable, CutsLongWords) {
  EXPECT_EQ(StyledText("abcdefgh").wrapped(4)[0].render(TextStyle::Plain, false), "abc…");
}

}  // namespace
}  // namespace linum::nn
