// Arrays as text, by NumPy's rules.
#pragma once

#include <string>
#include <string_view>

#include "linum/core/array.h"

namespace linum {

struct PrintOptions {
  int precision = 8;              // most digits behind the point
  std::int64_t threshold = 1000;  // larger arrays are summarized ...
  std::int64_t edgeitems = 3;     // ... to so many elements at each end of an axis
  std::size_t linewidth = 75;
  bool suppress = false;  // no exponents for small numbers
};
// Those of all printing that is not told otherwise. Safe to call from any thread.
PrintOptions print_options();
void set_print_options(const PrintOptions& options);

// Other options for what this thread prints until the end of the scope.
class PrintOptionsScope {
 public:
  explicit PrintOptionsScope(const PrintOptions& options);
  ~PrintOptionsScope();
  PrintOptionsScope(const PrintOptionsScope&) = delete;

 private:
  PrintOptions options_;
  const PrintOptionsScope* outer_;
  friend PrintOptions print_options();
};

// The elements between brackets. `prefix` stands in front of the first line, as much room is left
// in front of the others; `suffix` behind the last.
std::string format_elements(const HostArray& array, const PrintOptions& options,
                            std::string_view separator = " ", std::string_view prefix = "",
                            std::string_view suffix = "");

}  // namespace linum
