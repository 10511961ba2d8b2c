#include "linum/base/bounded_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace linum {
namespace {

using Value = std::shared_ptr<int>;
using Cache = BoundedCache<Value>;

Value value(int i) { return std::make_shared<int>(i); }

TEST(BoundedCache, KeepsTheFirstValueOfAKey) {
  Cache cache(2);
  EXPECT_EQ(cache.find("a"), nullptr);
  Value first = value(1);
  EXPECT_EQ(cache.insert("a", first), first);
  EXPECT_EQ(cache.insert("a", value(2)), first);
  EXPECT_EQ(cache.find("a"), first);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(BoundedCache, LetsGoWhatWasNotFound) {
  Cache cache(3);
  for (const char* key : {"a", "b", "c"}) cache.insert(key, value(0));
  EXPECT_NE(cache.find("a"), nullptr);
  cache.insert("d", value(0));
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_EQ(cache.size(), 3u);
}

TEST(BoundedCache, TurnsRoundWhereAllWereFound) {
  Cache cache(2);
  for (const char* key : {"a", "b"}) cache.insert(key, value(0)), cache.find(key);
  cache.insert("c", value(0));
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_NE(cache.find("b"), nullptr);
}

TEST(BoundedCache, DestroysWhatItLetsGo) {
  Cache cache(1);
  std::weak_ptr<int> first = cache.insert("a", value(1));
  std::weak_ptr<int> second = cache.insert("b", value(2));
  EXPECT_TRUE(first.expired());
  cache.clear();
  EXPECT_TRUE(second.expired());
  EXPECT_EQ(cache.size(), 0u);
}

TEST(BoundedCache, StaysBoundedUnderManyThreads) {
  Cache cache(16);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string key = std::to_string((i * (t + 1)) % 40);
        Value found = cache.find(key);
        if (!found) found = cache.insert(key, value(std::stoi(key)));
        EXPECT_EQ(*found, std::stoi(key));
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_LE(cache.size(), 16u);
}

}  // namespace
}  // namespace linum
