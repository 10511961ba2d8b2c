#include "linum/train/progress.h"

#include <fmt/format.h>

#include <algorithm>

namespace linum::train {
namespace {

constexpr double kSecondsBetweenDraws = 0.1;
constexpr int kSmallestBar = 8, kLargestBar = 40;

std::string count_text(const ProgressLine& line) {
  if (line.total == 0) return std::to_string(line.done);
  std::string total = std::to_string(line.total);
  return fmt::format("{:>{}}/{}", line.done, total.size(), total);
}

std::string numbers_text(const ProgressLine& line) {
  std::string out = count_text(line);
  if (line.steps_per_second > 0) {
    out += fmt::format("  {} steps/s", format_number(line.steps_per_second));
  }
  if (line.has_loss) out += fmt::format("  loss {}", format_number(line.loss));
  if (line.steps_per_second > 0 && line.total > 0) {
    double left = static_cast<double>(line.total - line.done) / line.steps_per_second;
    out += fmt::format("  {} left", format_duration(left));
  }
  return out;
}

std::string bar_text(const ProgressLine& line, int width) {
  auto filled = static_cast<int>(width * std::min(line.done, line.total) / line.total);
  std::string out(static_cast<std::size_t>(width), ' ');
  std::fill_n(out.begin(), filled, '=');
  if (filled > 0 && filled < width) out[static_cast<std::size_t>(filled) - 1] = '>';
  return "[" + out + "]";
}

}  // namespace

std::string format_progress(const ProgressLine& line, int columns) {
  std::string numbers = numbers_text(line);
  int taken = static_cast<int>(line.label.size() + numbers.size()) + 5;  // spaces and brackets
  int width = std::min(columns - taken, kLargestBar);
  std::string out = line.label + " ";
  if (line.total > 0 && width >= kSmallestBar) out += bar_text(line, width) + " ";
  out += numbers;
  if (static_cast<int>(out.size()) > columns) out.resize(static_cast<std::size_t>(columns));
  return out;
}

ProgressBar::ProgressBar(Console console, std::string label, std::int64_t total_steps)
    : console_(std::move(console)), start_(console_.now()) {
  line_.label = std::move(label);
  line_.total = total_steps;
}

ProgressBar::~ProgressBar() {
  if (visible_) console_.write("\n");
}

void ProgressBar::advance() {
  ++line_.done;
  double now = console_.now();
  // The first step compiles: it says nothing about the others.
  if (line_.done == 1) first_step_ = now;
  double since_first = now - first_step_;
  if (line_.done > 1 && since_first > 0) {
    line_.steps_per_second = static_cast<double>(line_.done - 1) / since_first;
  }
  if (now - drawn_ >= kSecondsBetweenDraws) {
    drawn_ = now;
    draw();
  }
}

void ProgressBar::set_loss(double loss) {
  line_.loss = loss;
  line_.has_loss = true;
}

void ProgressBar::draw() {
  int columns = console_.columns();
  if (columns <= 1) return;
  // One column stays free: a terminal would wrap after the last.
  console_.write("\r" + format_progress(line_, columns - 1) + "\x1b[K");
  visible_ = true;
}

void ProgressBar::finish(const std::string& summary) {
  console_.write(visible_ ? "\r" + summary + "\x1b[K\n" : summary + "\n");
  visible_ = false;
}

double ProgressBar::seconds() const { return console_.now() - start_; }

}  // namespace linum::train
