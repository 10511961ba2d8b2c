#include "linum/train/loop.h"

#include "linum/base/testing.h"
#include "linum/np/np.h"
#include "linum/transforms/jit.h"

namespace linum::train {
namespace {

// Eight examples x = 0 ... 7 in batches of two.
data::Dataset numbers() {
  std::vector<float> x = {0, 1, 2, 3, 4, 5, 6, 7};
  return data::Dataset::from_columns({{"x", HostArray::of<float>({8}, std::span<const float>(x))}});
}

// The state is the sum of all x; the loss the batch's mean.
auto summing_step() {
  return jit([](Array sum, Tree batch) {
    Array x = batch["x"];
    return std::pair{sum + np::sum(x), np::mean(x)};
  });
}

FitOptions<Array> quietly(FitOptions<Array> options) {
  options.console = Console::nowhere();
  return options;
}

const Array kZero = np::array(0.0);

TEST(Fit, SeesEveryBatchInEveryEpoch) {
  auto [sum, history] = fit(kZero, numbers().batch(2), summing_step(), quietly({.epochs = 3}));
  EXPECT_EQ(sum.item<float>(), 3 * 28);
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[2].epoch, 3);
  EXPECT_EQ(history[2].steps, 4);
}

TEST(Fit, ReportsTheMeanLossThoughItIsReadLate) {
  auto fitted = fit(kZero, numbers().batch(1), summing_step(), quietly({.epochs = 2}));
  EXPECT_EQ(fitted.history[0].loss, 3.5);
  EXPECT_EQ(fitted.history[1].loss, 3.5);
}

TEST(Fit, EpochEndMayReportChangeTheStateAndStop) {
  auto fitted = fit(kZero, numbers().batch(2), summing_step(),
                    quietly({.epochs = 10, .epoch_end = [](Array& sum, EpochReport& report) {
                               report.metrics["sum"] = sum.item<double>();
                               sum = np::array(1.0);
                               report.stop = report.epoch == 2;
                             }}));
  ASSERT_EQ(fitted.history.size(), 2u);
  EXPECT_EQ(fitted.history[0].metrics["sum"], 28);
  EXPECT_EQ(fitted.history[1].metrics["sum"], 29);
  EXPECT_EQ(fitted.state.item<float>(), 1);
}

TEST(Fit, GoesOnWithTheBatchesOfALaterEpoch) {
  data::Dataset batches = numbers().shuffle(3).batch(2);
  std::vector<float> all, resumed;
  auto recording = [](std::vector<float>& seen) {
    return [&seen](Array state, Tree batch) {
      for (float x : batch["x"].array().to_vector<float>()) seen.push_back(x);
      return std::pair{state, Array(0.0)};
    };
  };
  fit(kZero, batches, recording(all), quietly({.epochs = 3}));
  fit(kZero, batches, recording(resumed), quietly({.epochs = 3, .first_epoch = 2}));
  ASSERT_EQ(all.size(), 24u);
  EXPECT_EQ(resumed, std::vector<float>(all.begin() + 8, all.end()));
  EXPECT_NE(std::vector<float>(all.begin(), all.begin() + 8),
            std::vector<float>(resumed.begin(), resumed.begin() + 8));
}

TEST(Fit, AnEndlessDataSetNeedsTheLengthOfAnEpoch) {
  data::Dataset endless = numbers().batch(2).repeat();
  EXPECT_ERROR(fit(kZero, endless, summing_step(), quietly({})), ValueError,
               "set .steps_per_epoch, or leave out repeat()");
  auto fitted = fit(kZero, endless, summing_step(), quietly({.epochs = 2, .steps_per_epoch = 6}));
  EXPECT_EQ(fitted.state.item<float>(), 3 * 28);
}

TEST(Fit, NoBatchAtAllSaysWhy) {
  EXPECT_ERROR(fit(kZero, numbers().take(0), summing_step(), quietly({})), ValueError,
               "fit: the data set is empty");
}

TEST(Fit, WritesOneLineForEachEpochWithoutATerminal) {
  std::string log;
  double time = 0;
  Console console{[&](std::string_view text) { log += text; }, [] { return 0; },
                  [&] { return time += 0.5; }};
  fit(kZero, numbers().batch(2), summing_step(), {.epochs = 2, .console = console});
  EXPECT_EQ(log,
            "epoch 1/2: loss 3.5000 (4 steps in 0:03, 1.6000 steps/s)\n"
            "epoch 2/2: loss 3.5000 (4 steps in 0:03, 1.6000 steps/s)\n");
}

TEST(Fit, AThrowingStepLeavesACleanTerminal) {
  std::vector<std::string> writes;
  double time = 0;
  Console console{[&](std::string_view text) { writes.emplace_back(text); }, [] { return 80; },
                  [&] { return time += 0.5; }};
  auto failing = [](Array state, Tree) -> std::pair<Array, Array> {
    if (state.item<int>() == 1) throw ValueError("the loss exploded");
    return {state + 1, 0.0};
  };
  EXPECT_ERROR(fit(np::array(0), numbers().batch(2), failing, {.console = console}), ValueError,
               "the loss exploded");
  EXPECT_EQ(writes.back(), "\n");
}

TEST(FormatReport, ListsMetricsAfterTheLoss) {
  EpochReport report{.epoch = 2, .steps = 469, .loss = 0.25, .seconds = 10};
  report.metrics = {{"test_accuracy", 0.91}};
  EXPECT_EQ(format_report(report, 5),
            "epoch 2/5: loss 0.2500, test_accuracy 0.9100 (469 steps in 0:10, 46.90 steps/s)");
}

}  // namespace
}  // namespace linum::train
