#include "linum/nn/filter.h"

#include <gtest/gtest.h>

#include "linum/base/testing.h"
#include "linum/nn/errors.h"

namespace linum::nn {
namespace {

TEST(Filter, ABoolSelectsAllOrNone) {
  EXPECT_TRUE(Filter(true).contains("params"));
  EXPECT_FALSE(Filter(false).contains("params"));
}

TEST(Filter, NamesSelectThemselves) {
  EXPECT_TRUE(Filter("params").contains("params"));
  EXPECT_FALSE(Filter("params").contains("state"));
  Filter both{"params", "state"};
  EXPECT_TRUE(both.contains("params") && both.contains("state"));
  EXPECT_FALSE(both.contains("cache"));
}

TEST(Filter, ADenyListSelectsTheOthers) {
  Filter filter = DenyList({"params", "state"});
  EXPECT_FALSE(filter.contains("params"));
  EXPECT_TRUE(filter.contains("cache"));
  Filter twice = DenyList(Filter(DenyList("params")));
  EXPECT_TRUE(twice.contains("params"));
  EXPECT_FALSE(twice.contains("cache"));
}

TEST(Filter, IsEmptyWhenNothingPasses) {
  EXPECT_TRUE(Filter(false).empty());
  EXPECT_TRUE(Filter(std::set<std::string>{}).empty());
  EXPECT_TRUE(Filter(DenyList(true)).empty());
  EXPECT_FALSE(Filter(DenyList("params")).empty());
  EXPECT_FALSE(Filter("params").empty());
}

TEST(Filter, PrintsAsInFlax) {
  EXPECT_EQ(Filter(true).to_string(), "True");
  EXPECT_EQ(Filter({"b", "a"}).to_string(), "['a', 'b']");
  EXPECT_EQ(Filter(DenyList("a")).to_string(), "DenyList(['a'])");
}

TEST(Filter, AnEmptyNameThrows) {
  EXPECT_ERROR(Filter(""), InvalidFilterError, "Invalid Filter: \"\"");
}

// Every pair of filters against sets of names, one by one.
class FilterAlgebra : public testing::TestWithParam<std::pair<int, int>> {
 protected:
  static Filter filter(int i) {
    const std::vector<Filter> all{
        true,          false, "a", Filter{"a", "b"}, DenyList("a"), DenyList(Filter{"b", "c"}),
        DenyList(true)};
    return all[static_cast<std::size_t>(i)];
  }
};

TEST_P(FilterAlgebra, UnionSubtractIntersect) {
  Filter a = filter(GetParam().first), b = filter(GetParam().second);
  for (std::string name : {"a", "b", "c", "d"}) {
    bool in_a = a.contains(name), in_b = b.contains(name);
    EXPECT_EQ(union_filters(a, b).contains(name), in_a || in_b) << name;
    EXPECT_EQ(subtract_filters(a, b).contains(name), in_a && !in_b) << name;
    EXPECT_EQ(intersect_filters(a, b).contains(name), in_a && in_b) << name;
  }
}

std::vector<std::pair<int, int>> all_pairs() {
  std::vector<std::pair<int, int>> out;
  for (int a = 0; a < 7; ++a) {
    for (int b = 0; b < 7; ++b) out.emplace_back(a, b);
  }
  return out;
}
INSTANTIATE_TEST_SUITE_P(AllPairs, FilterAlgebra, testing::ValuesIn(all_pairs()));

}  // namespace
}  // namespace linum::nn
