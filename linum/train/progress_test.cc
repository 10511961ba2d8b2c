#include "linum/train/progress.h"

#include <cmath>

#include "linum/base/testing.h"

namespace linum::train {
namespace {

// A console that remembers what was written, with a clock that stands until it is moved.
struct Recorder {
  int columns = 80;
  double time = 100;
  std::vector<std::string> writes;

  Console console() {
    return {[this](std::string_view text) { writes.emplace_back(text); },
            [this] { return columns; }, [this] { return time; }};
  }
  std::string all() const {
    std::string out;
    for (auto& w : writes) out += w;
    return out;
  }
};

TEST(FormatProgress, ShowsBarRateLossAndTimeLeft) {
  ProgressLine line{.label = "epoch 1/5",
                    .done = 120,
                    .total = 240,
                    .steps_per_second = 60,
                    .loss = 0.43125,
                    .has_loss = true};
  EXPECT_EQ(format_progress(line, 76),
            "epoch 1/5 [=======>        ] 120/240  60.00 steps/s  loss 0.4313  0:02 left");
}

TEST(FormatProgress, LeavesOutWhatDoesNotFit) {
  ProgressLine line{.label = "epoch 1/5", .done = 120, .total = 240, .steps_per_second = 60};
  EXPECT_EQ(format_progress(line, 46), "epoch 1/5 120/240  60.00 steps/s  0:02 left");
  EXPECT_EQ(format_progress(line, 20), "epoch 1/5 120/240  6");
}

TEST(FormatProgress, WithoutATotalCountsOnly) {
  EXPECT_EQ(format_progress({.label = "steps", .done = 7}, 80), "steps 7");
}

TEST(FormatNumber, KeepsFourDigits) {
  EXPECT_EQ(format_number(0.02311), "0.0231");
  EXPECT_EQ(format_number(12.3456), "12.35");
  EXPECT_EQ(format_number(123.456), "123.5");
  EXPECT_EQ(format_number(12345.6), "12346");
  EXPECT_EQ(format_number(1.23e-5), "1.2e-05");
  EXPECT_EQ(format_number(0), "0.0000");
  EXPECT_EQ(format_number(NAN), "nan");
  EXPECT_EQ(format_number(-INFINITY), "-inf");
}

TEST(FormatDuration, HasHoursOnlyWhenNeeded) {
  EXPECT_EQ(format_duration(7.4), "0:07");
  EXPECT_EQ(format_duration(3723), "1:02:03");
  EXPECT_EQ(format_duration(-1), "0:00");
}

TEST(ProgressBar, DrawsAtMostTenTimesASecond) {
  Recorder r;
  ProgressBar bar(r.console(), "train", 1000);
  for (int i = 0; i < 1000; ++i) {
    r.time += 0.001;
    bar.advance();
  }
  EXPECT_GE(r.writes.size(), 9u);
  EXPECT_LE(r.writes.size(), 11u);
}

TEST(ProgressBar, RedrawsInPlaceWithOneWriteEach) {
  Recorder r;
  ProgressBar bar(r.console(), "train", 10);
  for (int i = 0; i < 10; ++i) {
    r.time += 1;
    bar.advance();
  }
  ASSERT_EQ(r.writes.size(), 10u);
  for (auto& w : r.writes) {
    EXPECT_EQ(w.front(), '\r');
    EXPECT_TRUE(w.ends_with("\x1b[K"));
    EXPECT_EQ(w.find('\n'), std::string::npos);
    EXPECT_LE(w.size(), 80u + 4);
  }
  EXPECT_NE(r.writes.back().find("10/10  1.0000 steps/s  0:00 left"), std::string::npos);
}

TEST(ProgressBar, TheFirstStepDoesNotCountInTheRate) {
  Recorder r;
  ProgressBar bar(r.console(), "train", 10);
  r.time += 30;  // compiles
  bar.advance();
  for (int i = 0; i < 4; ++i) {
    r.time += 0.5;
    bar.advance();
  }
  EXPECT_NE(r.writes.back().find("2.0000 steps/s"), std::string::npos) << r.writes.back();
}

TEST(ProgressBar, WithoutATerminalWritesTheSummaryOnly) {
  Recorder r;
  r.columns = 0;
  {
    ProgressBar bar(r.console(), "train", 10);
    for (int i = 0; i < 10; ++i) {
      r.time += 1;
      bar.advance();
    }
    bar.finish("done");
  }
  EXPECT_EQ(r.all(), "done\n");
}

TEST(ProgressBar, TheSummaryTakesTheBarsPlace) {
  Recorder r;
  {
    ProgressBar bar(r.console(), "train", 10);
    bar.advance();
    bar.finish("done");
  }
  EXPECT_EQ(r.writes.back(), "\rdone\x1b[K\n");
}

TEST(ProgressBar, AnAbandonedBarEndsItsLine) {
  Recorder r;
  { ProgressBar(r.console(), "train", 10).advance(); }
  EXPECT_EQ(r.writes.back(), "\n");
}

}  // namespace
}  // namespace linum::train
