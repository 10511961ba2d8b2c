#include "linum/train/loop.h"

#include <fmt/format.h>

#include <deque>

#include "linum/train/progress.h"

namespace linum::train {
namespace {

// How many steps the losses are read late: by then they are computed, and the device has work.
constexpr std::size_t kLag = 4;

// Losses on their way from the device.
class LossTrail {
 public:
  explicit LossTrail(ProgressBar& bar) : bar_(bar) {}
  void push(Array loss) {
    pending_.push_back(std::move(loss));
    if (pending_.size() > kLag) read_one();
  }
  double mean() {
    while (!pending_.empty()) read_one();
    return count_ ? sum_ / static_cast<double>(count_) : 0;
  }

 private:
  void read_one() {
    double loss = pending_.front().item<double>();
    pending_.pop_front();
    sum_ += loss;
    ++count_;
    bar_.set_loss(loss);
  }

  ProgressBar& bar_;
  std::deque<Array> pending_;
  double sum_ = 0;
  std::int64_t count_ = 0;
};

std::int64_t steps_of(const LoopOptions& options, const data::Dataset& batches) {
  if (options.steps_per_epoch > 0) return options.steps_per_epoch;
  if (batches.size() == data::Dataset::kEndless) {
    throw ValueError(
        "fit: the data set repeats without end; set .steps_per_epoch, or leave out repeat()");
  }
  if (batches.size() == 0) {
    throw ValueError("fit: the data set is empty; there is nothing to train on");
  }
  return batches.size();
}

// All epochs in one stream, so that its threads work on across their ends.
data::Iterator stream_of(const LoopOptions& options, const data::Dataset& batches,
                         std::int64_t steps) {
  data::Dataset all = batches;
  if (batches.size() != data::Dataset::kEndless) all = batches.repeat();
  return all.skip((options.first_epoch - 1) * steps)
      .take((options.epochs - options.first_epoch + 1) * steps)
      .iterate({.prefetch = options.prefetch, .threads = options.threads});
}

std::string label_of(std::int64_t epoch, std::int64_t epochs) {
  return fmt::format("epoch {}/{}", epoch, epochs);
}

}  // namespace

std::string format_report(const EpochReport& report, std::int64_t epochs) {
  std::string out =
      fmt::format("{}: loss {}", label_of(report.epoch, epochs), format_number(report.loss));
  for (auto& [name, value] : report.metrics) {
    out += fmt::format(", {} {}", name, format_number(value));
  }
  out += fmt::format(" ({} steps in {}", report.steps, format_duration(report.seconds));
  if (report.seconds > 0) {
    double rate = static_cast<double>(report.steps) / report.seconds;
    out += fmt::format(", {} steps/s", format_number(rate));
  }
  return out + ")";
}

std::vector<EpochReport> run_epochs(const LoopOptions& options, const data::Dataset& batches,
                                    const std::function<Array(const Tree&)>& step,
                                    const std::function<void(EpochReport&)>& epoch_end) {
  const std::int64_t steps = steps_of(options, batches);
  std::vector<EpochReport> history;
  if (options.first_epoch > options.epochs) return history;
  data::Iterator stream = stream_of(options, batches, steps);
  data::DeviceIterator on_device = data::prefetch_to_device(stream);
  for (std::int64_t epoch = options.first_epoch; epoch <= options.epochs; ++epoch) {
    ProgressBar bar(options.console, label_of(epoch, options.epochs), steps);
    LossTrail losses(bar);
    EpochReport report{.epoch = epoch};
    for (; report.steps < steps; ++report.steps) {
      losses.push(step(*on_device.next()));
      bar.advance();
    }
    report.loss = losses.mean();
    report.seconds = bar.seconds();
    epoch_end(report);
    bar.finish(format_report(report, options.epochs));
    history.push_back(report);
    if (report.stop) break;
  }
  return history;
}

}  // namespace linum::train
