// A progress bar on one line of a terminal; quiet elsewhere.
#pragma once

#include <cstdint>
#include <string>

#include "linum/train/console.h"

namespace linum::train {

// What a bar shows.
struct ProgressLine {
  std::string label;                 // "epoch 1/5"
  std::int64_t done = 0, total = 0;  // steps; total 0: unknown
  double steps_per_second = 0;       // 0: not known yet
  double loss = 0;
  bool has_loss = false;
};
// "epoch 1/5 [=====>    ]  120/469  85.1 steps/s  loss 0.4312  0:04 left" in `columns` characters.
// What does not fit is left out: the bar first, then the end.
std::string format_progress(const ProgressLine& line, int columns);

// Redraws in place, at most ten times a second, each time with one write. Writes nothing but the
// last line where there is no terminal.
class ProgressBar {
 public:
  ProgressBar(Console console, std::string label, std::int64_t total_steps);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  // Of an unfinished bar, ends its line: what is printed next does not run into it.
  ~ProgressBar();

  // One more step is done.
  void advance();
  void set_loss(double loss);
  // Removes the bar and writes this line in its place.
  void finish(const std::string& summary);
  double seconds() const;  // since the start

 private:
  void draw();

  Console console_;
  ProgressLine line_;
  double start_, first_step_ = 0, drawn_ = -1;
  bool visible_ = false;
};

}  // namespace linum::train
