#include "linum/train/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>

namespace linum::train {
namespace {

// One call for the whole text, so that a terminal never shows half of it.
void write_to_stderr(std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

int columns_of_stderr() {
  const char* term = std::getenv("TERM");
  if (!::isatty(STDERR_FILENO) || (term && std::string_view(term) == "dumb")) return 0;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

double seconds_now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

}  // namespace

Console Console::standard_error() { return {write_to_stderr, columns_of_stderr, seconds_now}; }

Console Console::nowhere() {
  return {[](std::string_view) {}, [] { return 0; }, seconds_now};
}

std::string format_duration(double seconds) {
  auto total = static_cast<std::int64_t>(std::llround(std::max(seconds, 0.0)));
  std::int64_t h = total / 3600, m = total / 60 % 60, s = total % 60;
  return h > 0 ? fmt::format("{}:{:02}:{:02}", h, m, s) : fmt::format("{}:{:02}", m, s);
}

std::string format_number(double number) {
  double size = std::fabs(number);
  if (!std::isfinite(number)) return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
  if (size != 0 && (size < 1e-3 || size >= 1e6)) return fmt::format("{:.1e}", number);
  return fmt::format("{:.{}f}", number, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 4);
}

}  // namespace linum::train
