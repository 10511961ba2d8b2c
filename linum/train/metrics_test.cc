#include "linum/train/metrics.h"

#include <cmath>

#include "linum/base/testing.h"
#include "linum/np/np.h"
#include "linum/transforms/jit.h"

namespace linum::train {
namespace {

TEST(Average, IsTheMeanOfAllBatches) {
  Average average = Average().update(np::array({1.0, 2.0, 3.0})).update(np::array({6.0}));
  EXPECT_EQ(average.compute().item<float>(), 3);
  EXPECT_EQ(average.count.item<int>(), 4);
}

TEST(Average, LeavesOutMaskedValues) {
  Array values = np::array({1.0, 100.0, 3.0}), mask = np::array({true, false, true});
  EXPECT_EQ(Average().update(values, mask).compute().item<float>(), 2);
  EXPECT_ERROR(Average().update(values, np::array({true})), ShapeError,
               "a mask of shape (1,) for values of shape (3,)");
}

TEST(Average, OfNothingIsNotANumber) { EXPECT_TRUE(std::isnan(Average().compute().item<float>())); }

TEST(Average, MergesWhatWasCountedApart) {
  Average a = Average().update(np::array({1.0, 1.0})), b = Average().update(np::array({4.0}));
  EXPECT_EQ(a.merge(b).compute().item<float>(), 2);
}

const Array logits = np::array({{2.0, 1.0}, {0.0, 3.0}, {5.0, 4.0}, {1.0, 1.5}});

TEST(Accuracy, CountsRightPredictions) {
  EXPECT_EQ(Accuracy().update(logits, np::array({0, 1, 1, 1})).compute().item<float>(), 0.75);
  Array mask = np::array({true, true, false, false});
  EXPECT_EQ(Accuracy().update(logits, np::array({0, 0, 0, 0}), mask).compute().item<float>(), 0.5);
}

TEST(Accuracy, OfYesAndNoTakesAThreshold) {
  Array scores = np::array({0.2, 0.9, 0.5, 0.4}), labels = np::array({0, 1, 1, 1});
  EXPECT_EQ(Accuracy().update_binary(scores, labels, 0.5).compute().item<float>(), 0.75);
}

TEST(Accuracy, SaysWhichLabelsItNeeds) {
  EXPECT_ERROR(Accuracy().update(logits, np::zeros({4, 2}, int32)), ShapeError,
               "logits with one axis (the classes) more than labels, got f32[4,2] and i32[4,2]");
  EXPECT_ERROR(Accuracy().update(logits, np::zeros({4})), DTypeError,
               "take np::argmax(labels, -1)");
}

TEST(Welford, MatchesMeanAndDeviationOfAllValues) {
  Array all = np::array({1.0, 2.0, 4.0, 8.0, 16.0, 32.0});
  Welford w = Welford().update(np::array({1.0, 2.0})).update(np::array({4.0, 8.0, 16.0, 32.0}));
  Statistics s = w.compute();
  EXPECT_NEAR(s.mean.item<float>(), 10.5, 1e-5);
  EXPECT_NEAR(s.standard_deviation.item<float>(), np::std(all).item<float>(), 1e-5);
  EXPECT_NEAR(s.standard_error_of_mean.item<float>(), np::std(all).item<float>() / std::sqrt(6.0),
              1e-5);
}

TEST(Metrics, GoThroughJitAsOneArgument) {
  auto step = jit([](Metrics metrics, Array logits, Array labels) {
    return metrics.update(np::mean(logits), logits, labels);
  });
  Metrics metrics =
      step(step(Metrics(), logits, np::array({0, 1, 1, 1})), logits, np::array({0, 1, 0, 1}));
  EXPECT_EQ(step.cache_size(), 1u);
  auto numbers = compute(metrics);
  EXPECT_EQ(numbers["accuracy"], 0.875);
  EXPECT_NEAR(numbers["loss"], 17.5 / 8, 1e-6);
}

struct Mine {
  Average length;
  LastValue rate;
  LINUM_FIELDS(length, rate)
};

TEST(Metrics, AStructOfMetricsMergesAndResetsByField) {
  Mine a{Average().update(2.0), LastValue().update(0.1)};
  Mine b{Average().update(4.0), LastValue().update(0.2)};
  auto numbers = compute(merge(a, b));
  EXPECT_EQ(numbers["length"], 3);
  EXPECT_NEAR(numbers["rate"], 0.2, 1e-7);
  EXPECT_EQ(reset(a).length.count.item<int>(), 0);
}

}  // namespace
}  // namespace linum::train
