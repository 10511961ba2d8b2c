#include "linum/base/ref.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace linum {
namespace {

struct Counted : RefCounted {
  explicit Counted(int* alive) : alive_(alive) { ++*alive_; }
  ~Counted() override { --*alive_; }
  int* alive_;
};
struct Derived final : Counted {
  using Counted::Counted;
};

TEST(Ref, IsOnePointerWide) { EXPECT_EQ(sizeof(Ref<Counted>), sizeof(void*)); }

TEST(Ref, DestroysWithTheLastHandle) {
  int alive = 0;
  {
    Ref<Counted> a = make_ref<Counted>(&alive);
    EXPECT_TRUE(a->unique());
    Ref<Counted> b = a;
    EXPECT_FALSE(a->unique());
    a = nullptr;
    EXPECT_EQ(alive, 1);
    EXPECT_TRUE(b->unique());
  }
  EXPECT_EQ(alive, 0);
}

TEST(Ref, ConvertsToItsBase) {
  int alive = 0;
  {
    Ref<Counted> base = make_ref<Derived>(&alive);
    Ref<Counted> moved = std::move(base);
    EXPECT_FALSE(base);  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Ref, AssignsToItself) {
  int alive = 0;
  Ref<Counted> a = make_ref<Counted>(&alive);
  Ref<Counted>& same = a;
  a = same;
  EXPECT_EQ(alive, 1);
}

TEST(Ref, IsSharedBetweenThreads) {
  int alive = 0;
  {
    Ref<Counted> shared = make_ref<Counted>(&alive);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([shared] {
        for (int i = 0; i < 1000; ++i) EXPECT_TRUE(Ref<Counted>(shared));
      });
    for (std::thread& t : threads) t.join();
    EXPECT_TRUE(shared->unique());
  }
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace linum
