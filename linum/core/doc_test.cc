#include "linum/core/doc.h"

#include <gtest/gtest.h>

namespace linum {
namespace {

Doc list(const std::vector<Doc>& parts) {
  return Doc::group(Doc("[") + Doc::nest(2, Doc::line("") + join(parts, Doc::line())) +
                    Doc::line("") + "]");
}

TEST(Doc, StaysOnOneLineWhereItFits) { EXPECT_EQ(list({"one", "two"}).format(9), "[one two]"); }

TEST(Doc, BreaksEveryLineOfAGroupThatDoesNotFit) {
  EXPECT_EQ(list({"one", "two"}).format(8), "[\n  one\n  two\n]");
}

TEST(Doc, BreaksOuterGroupsFirst) {
  EXPECT_EQ(list({list({"a", "b"}), "three"}).format(8), "[\n  [a b]\n  three\n]");
}

TEST(Doc, WritesTheFlatFormOfALine) {
  EXPECT_EQ(Doc::group(Doc("a") + Doc::line("; ") + "b").format(80), "a; b");
}

}  // namespace
}  // namespace linum
