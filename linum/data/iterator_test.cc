#include "linum/data/iterator.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "linum/base/testing.h"
#include "linum/data/dataset.h"

namespace linum::data {
namespace {

Example number(int y) { return {{"y", HostArray::of<int>({}, std::array{y})}}; }
int number(const Example& e) { return e.at("y").as<int>()[0]; }

Dataset numbers(int count) {
  std::vector<Example> out;
  for (int i = 0; i < count; ++i) out.push_back(number(i));
  return Dataset::from_list(std::move(out));
}
std::vector<int> rest(Iterator& from) {
  std::vector<int> out;
  while (auto e = from.next()) out.push_back(number(*e));
  return out;
}

struct Ahead : testing::TestWithParam<IterateOptions> {};

TEST_P(Ahead, GivesEveryExampleInOrder) {
  Iterator from = numbers(50).iterate(GetParam());
  std::vector<int> expected(50);
  for (int i = 0; i < 50; ++i) expected[static_cast<std::size_t>(i)] = i;
  EXPECT_EQ(rest(from), expected);
  EXPECT_FALSE(from.next().has_value());
}

TEST_P(Ahead, GoesOnFromASavedState) {
  Dataset shuffled = numbers(10).shuffle(5).repeat(2);
  Iterator first = shuffled.iterate(GetParam());
  for (int i = 0; i < 13; ++i) first.next();
  IteratorState state = first.state();
  EXPECT_EQ(state.next.item<int>(), 13);
  std::vector<int> expected = rest(first);

  Iterator second = shuffled.iterate(GetParam());
  second.next();
  second.restore(state);
  EXPECT_EQ(rest(second), expected);
  EXPECT_EQ(expected.size(), 7u);
}

TEST_P(Ahead, AnExceptionReachesTheConsumerInItsTurn) {
  auto fail_at_three = [](const Example& e) {
    if (number(e) == 3) throw std::runtime_error("picture 3 is broken");
    return e;
  };
  Iterator from = numbers(6).map(fail_at_three).iterate(GetParam());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(number(*from.next()), i);
  EXPECT_ERROR(from.next(), std::runtime_error, "picture 3 is broken");
}

TEST_P(Ahead, StopsInTheMiddle) {
  for (int i = 0; i < 20; ++i) {
    Iterator from = numbers(1000).iterate(GetParam());
    from.next();
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, Ahead,
                         testing::Values(IterateOptions{}, IterateOptions{.prefetch = 2},
                                         IterateOptions{.prefetch = 8, .threads = 3}));

TEST(Iterator, AfterAnExceptionTheNextExampleCanBeRead) {
  auto fail_at_one = [](const Example& e) {
    if (number(e) == 1) throw std::runtime_error("broken");
    return e;
  };
  Iterator from = numbers(3).map(fail_at_one).prefetch();
  from.next();
  EXPECT_THROW(from.next(), std::runtime_error);
  EXPECT_EQ(number(*from.next()), 2);
}

TEST(Iterator, WorksAheadNoFurtherThanAsked) {
  std::atomic<int> made{0};
  auto count = [&](const Example& e) {
    ++made;
    return e;
  };
  Iterator from = numbers(100).map(count).prefetch(4);
  for (int i = 0; i < 500 && made < 4; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(made, 4);
  from.next();
  for (int i = 0; i < 500 && made < 5; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(made, 5);
}

TEST(Iterator, RefusesTheStateOfAnotherDataSet) {
  Iterator from = numbers(10).iterate();
  EXPECT_ERROR(from.restore(numbers(11).iterate().state()), ValueError,
               "the saved iterator state (example 0 of 11) does not belong to this data set of 10");
  EXPECT_ERROR(numbers(3).iterate({.prefetch = -1}), ValueError, "prefetch must be 0 or more");
}

TEST(Iterator, RangeLoopsRead) {
  int sum = 0;
  for (const Example& e : numbers(4)) sum += number(e);
  for (const Example& e : numbers(4).prefetch()) sum += number(e);
  EXPECT_EQ(sum, 12);
}

struct Batch {
  Array y;
  LINUM_FIELDS(y)
};

TEST(DeviceIterator, GivesArraysAndTheStateOfWhatComesNext) {
  Iterator from = numbers(5).prefetch();
  DeviceIterator device = prefetch_to_device(from, 2);
  EXPECT_EQ(from_tree<Batch>(*device.next()).y.item<int>(), 0);
  IteratorState state = device.state();
  EXPECT_EQ(state.next.item<int>(), 1);
  EXPECT_EQ((*device.next())["y"].array().item<int>(), 1);
  Iterator again = numbers(5).iterate();
  again.restore(state);
  EXPECT_EQ(rest(again), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_ERROR(prefetch_to_device(again, 0), ValueError, "a buffer of 1 or more, got 0");
}

}  // namespace
}  // namespace linum::data
