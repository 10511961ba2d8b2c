#include "linum/data/dataset.h"

#include <set>

#include "linum/base/testing.h"
#include "linum/data/permutation.h"

namespace linum::data {
namespace {

// Rows {"x": [10 i, 10 i + 1], "y": i}.
Dataset rows(std::int64_t count) {
  std::vector<int> x, y;
  for (int i = 0; i < count; ++i) {
    x.insert(x.end(), {10 * i, 10 * i + 1});
    y.push_back(i);
  }
  return Dataset::from_columns({{"x", HostArray::of<int>({count, 2}, std::span<const int>(x))},
                                {"y", HostArray::of<int>({count}, std::span<const int>(y))}});
}
std::vector<int> labels(const Example& e) {
  auto y = e.at("y").as<int>();
  return {y.begin(), y.end()};
}
std::vector<int> all_labels(const Dataset& d) {
  std::vector<int> out;
  for (const Example& e : d)
    for (int y : labels(e)) out.push_back(y);
  return out;
}

TEST(Permutation, IsTheSameEverywhere) {
  EXPECT_EQ(permutation(8, 0, 0), (std::vector<std::int64_t>{4, 1, 7, 6, 5, 2, 0, 3}));
}

TEST(Permutation, HasEveryIndexOnceAndDiffersByEpoch) {
  auto first = permutation(100, 7, 0), second = permutation(100, 7, 1);
  EXPECT_NE(first, second);
  EXPECT_EQ(std::set(first.begin(), first.end()).size(), 100u);
  EXPECT_EQ(permutation(100, 7, 0), first);
  EXPECT_NE(permutation(100, 8, 0), first);
}

TEST(Dataset, AnExampleIsARowOfEachColumn) {
  Example e = rows(3)[1];
  EXPECT_EQ(e.at("x").shape(), (Shape{2}));
  EXPECT_EQ(e.at("x").as<int>()[1], 11);
  EXPECT_EQ(labels(e), (std::vector<int>{1}));
}

TEST(Dataset, BatchesStackExamples) {
  Dataset batches = rows(5).batch(2);
  ASSERT_EQ(batches.size(), 3);
  EXPECT_EQ(batches[1].at("x").shape(), (Shape{2, 2}));
  EXPECT_EQ(labels(batches[1]), (std::vector<int>{2, 3}));
  EXPECT_EQ(labels(batches[2]), (std::vector<int>{4}));
}

TEST(Dataset, TheRemainderCanBeDropped) {
  EXPECT_EQ(all_labels(rows(5).batch(2, true)), (std::vector<int>{0, 1, 2, 3}));
}

TEST(Dataset, ShuffleReordersEveryEpochAnew) {
  Dataset shuffled = rows(20).shuffle(3);
  auto first = all_labels(shuffled.epoch(0)), second = all_labels(shuffled.epoch(1));
  EXPECT_NE(first, second);
  EXPECT_EQ(std::set(second.begin(), second.end()).size(), 20u);
  EXPECT_EQ(all_labels(rows(20).shuffle(3).epoch(1)), second);
}

TEST(Dataset, RepeatGoesThroughTheSameEpochs) {
  Dataset shuffled = rows(4).shuffle(1);
  auto expected = all_labels(shuffled.epoch(0));
  for (int y : all_labels(shuffled.epoch(1))) expected.push_back(y);
  EXPECT_EQ(all_labels(shuffled.repeat(2)), expected);
  EXPECT_EQ(all_labels(shuffled.batch(2).repeat(2)), expected);
}

TEST(Dataset, AnEndlessDataSetIsTakenFrom) {
  Dataset endless = rows(3).repeat();
  EXPECT_EQ(endless.size(), Dataset::kEndless);
  EXPECT_EQ(all_labels(endless.batch(2).take(3)), (std::vector<int>{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(all_labels(endless.skip(1).take(3)), (std::vector<int>{1, 2, 0}));
}

TEST(Dataset, MapSeesExamplesAndIndices) {
  auto add = [](const Example& e, std::int64_t index) {
    Example out = e;
    int y = labels(e)[0] * 100 + static_cast<int>(index);
    out["y"] = HostArray::of<int>({}, std::array{y});
    return out;
  };
  EXPECT_EQ(all_labels(rows(2).map_with_index(add).repeat(2)), (std::vector<int>{0, 101, 2, 103}));
}

TEST(Dataset, ShardsShareAllExamples) {
  EXPECT_EQ(all_labels(rows(5).shard(0, 2)), (std::vector<int>{0, 2, 4}));
  EXPECT_EQ(all_labels(rows(5).shard(1, 2)), (std::vector<int>{1, 3}));
}

TEST(Dataset, ListsAndSourcesOfOnesOwn) {
  Example one{{"y", HostArray::of<int>({}, std::array{1})}};
  Example two{{"y", HostArray::of<int>({}, std::array{2})}};
  EXPECT_EQ(all_labels(Dataset::from_list({one, two}).batch(2)), (std::vector<int>{1, 2}));
  struct Squares : Source {
    std::int64_t size() const override { return 4; }
    Example get(std::int64_t i) const override {
      return {{"y", HostArray::of<int>({}, std::array{static_cast<int>(i * i)})}};
    }
  };
  EXPECT_EQ(all_labels(Dataset::from_source(std::make_shared<Squares>()).skip(1)),
            (std::vector<int>{1, 4, 9}));
}

TEST(Dataset, AnEmptyOneHasNoExamples) {
  EXPECT_EQ(all_labels(rows(3).take(0).shuffle(1).batch(2)), std::vector<int>{});
  EXPECT_ERROR(rows(3).take(0)[0], ValueError, "example 0 of an empty data set");
}

TEST(Dataset, SaysWhatDoesNotFit) {
  HostArray two(DType::I32, {2}), three(DType::I32, {3});
  EXPECT_ERROR(Dataset::from_columns({{"a", two}, {"b", three}}), ShapeError,
               "column 'b' has 3 rows, column 'a' has 2");
  EXPECT_ERROR(Dataset::from_list({{{"a", two}}, {{"a", three}}}).batch(2)[0], ShapeError,
               "column 'a' of example 1 is int32(3,), of the first example of the batch int32(2,)");
  EXPECT_ERROR(Dataset::from_list({{{"a", two}}, {{"b", two}}}).batch(2)[0], TreeError,
               "example 1 of a batch has other columns than the first; 'a' is one of the first's");
  EXPECT_ERROR(rows(3).batch(0), ValueError, "batch_size must be 1 or more, got 0");
  EXPECT_ERROR(rows(3).batch(4, true), ValueError,
               "batches of 4 with drop_remainder leave nothing of 3 examples");
  EXPECT_ERROR(rows(3).repeat().shuffle(1), ValueError, "call shuffle() before repeat()");
  EXPECT_ERROR(rows(3).shard(2, 2), ValueError, "got index 2 of 2 shards");
}

}  // namespace
}  // namespace linum::data
