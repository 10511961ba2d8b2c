#include "linum/nn/type_name.h"

#include <gtest/gtest.h>

namespace outer {
struct Plain {};
template <class T>
struct Of {
  struct Inner {};
};
struct Chosen {
  static constexpr const char* class_name = "Other";
};
}  // namespace outer

namespace linum::nn {
namespace {

struct Hidden {};

TEST(TypeName, LacksNamespacesAndTemplateArguments) {
  struct Local {};
  EXPECT_EQ(class_name_of<outer::Plain>(), "Plain");
  EXPECT_EQ(class_name_of<outer::Of<outer::Plain>>(), "Of");
  EXPECT_EQ((class_name_of<outer::Of<outer::Of<int>>>()), "Of");
  EXPECT_EQ(class_name_of<outer::Of<int>::Inner>(), "Inner");
  EXPECT_EQ(class_name_of<Hidden>(), "Hidden");
  EXPECT_EQ(class_name_of<Local>(), "Local");
}

TEST(TypeName, MayBeChosen) { EXPECT_EQ(class_name_of<outer::Chosen>(), "Other"); }

TEST(TypeName, OfBothCompilersSignatures) {
  EXPECT_EQ(detail::short_type_name("f() [T = a::Dense<a::B>]"), "Dense");
  EXPECT_EQ(detail::short_type_name("f() [with T = a::Dense<int>; X = y]"), "Dense");
}

}  // namespace
}  // namespace linum::nn
