#include "linum/base/erase.h"

#include <gtest/gtest.h>

#include <string>

namespace linum {
namespace {

TEST(Erase, CallsWhatItHolds) {
  auto f = erase<std::string(const std::string&, int)>(
      [](const std::string& s, int n) { return s + std::to_string(n); });
  EXPECT_EQ(f("x", 3), "x3");
}

TEST(Erase, ConvertsTheResult) {
  EXPECT_EQ(erase<double(float)>([](float x) { return x < 0; })(-1), 1.0);
}

TEST(Erase, ForwardsWithoutCopies) {
  auto f = erase<std::unique_ptr<int>(std::unique_ptr<int>)>([](auto p) { return p; });
  auto number = std::make_unique<int>(3);
  int* same = number.get();
  EXPECT_EQ(f(std::move(number)).get(), same);
}

TEST(Erase, CopiesShareTheCallable) {
  std::function<int()> next = erase<int()>([n = 0]() mutable { return ++n; });
  auto copy = next;
  EXPECT_EQ(next(), 1);
  EXPECT_EQ(copy(), 2);
}

TEST(Erase, DestroysTheCallableWithTheLastCopy) {
  auto held = std::make_shared<int>(3);
  {
    auto f = erase<int()>([held] { return *held; });
    auto copy = f;
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace linum
