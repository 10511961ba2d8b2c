#include "linum/train/early_stopping.h"

#include "linum/base/testing.h"

namespace linum::train {
namespace {

TEST(EarlyStopping, StopsAfterItsPatienceIsOver) {
  EarlyStopping stopping{.patience = 2};
  for (double metric : {3.0, 2.0, 2.0, 2.5}) stopping = stopping.update(metric);
  EXPECT_FALSE(stopping.should_stop);
  stopping = stopping.update(2.1);
  EXPECT_TRUE(stopping.should_stop);
  EXPECT_EQ(stopping.best_metric, 2.0);
}

TEST(EarlyStopping, AnImprovementStartsTheCountAgain) {
  EarlyStopping stopping{.patience = 1};
  for (double metric : {3.0, 3.0, 2.0, 2.0}) stopping = stopping.update(metric);
  EXPECT_FALSE(stopping.should_stop);
}

TEST(EarlyStopping, SmallImprovementsDoNotCount) {
  EarlyStopping stopping{.min_delta = 0.5};
  stopping = stopping.update(3.0).update(2.75);
  EXPECT_FALSE(stopping.has_improved);
  EXPECT_TRUE(stopping.should_stop);
}

TEST(EarlyStopping, ResetForgetsWhatItSaw) {
  EarlyStopping stopping = EarlyStopping{.patience = 0}.update(1).update(2).reset();
  EXPECT_FALSE(stopping.should_stop);
  EXPECT_TRUE(stopping.update(5).has_improved);
}

}  // namespace
}  // namespace linum::train
