// Where progress is shown: a terminal, or a log file without one.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace linum::train {

struct Console {
  std::function<void(std::string_view)> write;
  std::function<int()> columns;  // 0: no terminal
  std::function<double()> now;   // seconds

  // Standard error. No terminal either where TERM is "dumb".
  static Console standard_error();
  // Shows nothing.
  static Console nowhere();
};

// "0:07", "1:02:03"
std::string format_duration(double seconds);
// Four digits that matter: "0.0231", "12.31", "1.2e-05", "nan".
std::string format_number(double number);

}  // namespace linum::train
