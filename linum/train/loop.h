// fit: a training loop with epochs, a progress bar and reports.
//
//   auto step = jit([&](train::State state, Tree batch) {
//     ...
//     return std::pair{state.apply_gradients(grads), loss};
//   }, {.donate = {0}});
//   auto [state, history] = train::fit(initial, images.shuffle(0).batch(128), step,
//       {.epochs = 5, .epoch_end = [&](train::State& state, train::EpochReport& report) {
//          report.metrics["test_accuracy"] = evaluate(state);
//        }});
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "linum/core/pytree.h"
#include "linum/data/dataset.h"
#include "linum/train/console.h"

namespace linum::train {

struct EpochReport {
  std::int64_t epoch = 0;  // counted from 1
  std::int64_t steps = 0;
  double loss = 0;                             // mean over the epoch's steps
  double seconds = 0;                          // of its steps
  std::map<std::string, double> metrics = {};  // your own, shown beside the loss
  bool stop = false;                           // set it to end the training here
};
// "epoch 1/5: loss 0.4312, test_accuracy 0.9102 (469 steps in 0:05, 85.1 steps/s)"
std::string format_report(const EpochReport& report, std::int64_t epochs);

template <class S>
struct FitOptions {
  std::int64_t epochs = 1;
  std::int64_t first_epoch = 1;      // to go on where a checkpoint was made
  std::int64_t steps_per_epoch = 0;  // 0: the data set's size
  int prefetch = 2;                  // batches made ahead, by threads of their own
  int threads = 1;
  std::optional<Console> console = std::nullopt;  // standard error; Console::nowhere() is silent
  // After each epoch: add metrics to the report, change the state, or stop.
  std::function<void(S& state, EpochReport& report)> epoch_end = nullptr;
};

// The same without the state's type: `step` trains on a batch and gives its loss.
struct LoopOptions {
  std::int64_t epochs, first_epoch, steps_per_epoch;
  int prefetch, threads;
  Console console;
};
std::vector<EpochReport> run_epochs(const LoopOptions& options, const data::Dataset& batches,
                                    const std::function<Array(const Tree& batch)>& step,
                                    const std::function<void(EpochReport&)>& epoch_end);

template <class S>
struct Fitted {
  S state;
  std::vector<EpochReport> history;
};

// Trains on all batches, in each epoch in the data set's order for that epoch. step(state, batch)
// gives {state, loss}: a pair or tuple. The device is never waited for: losses are read a few steps
// late. Throws ValueError for a data set without end and no steps_per_epoch.
template <class S, class Step>
Fitted<S> fit(S state, const data::Dataset& batches, Step&& step, FitOptions<S> options = {}) {
  LoopOptions loop{
      options.epochs,          options.first_epoch,
      options.steps_per_epoch, options.prefetch,
      options.threads,         options.console ? *options.console : Console::standard_error()};
  auto run_step = [&](const Tree& batch) -> Array {
    auto out = step(state, batch);
    state = std::move(std::get<0>(out));
    return std::get<1>(out);
  };
  auto epoch_end = [&](EpochReport& report) {
    if (options.epoch_end) options.epoch_end(state, report);
  };
  auto history = run_epochs(loop, batches, run_step, epoch_end);
  return {std::move(state), std::move(history)};
}

}  // namespace linum::train
