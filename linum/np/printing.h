// Arrays as text (jax.numpy.array_repr, array_str, printoptions).
#pragma once

#include <optional>
#include <string>

#include "linum/core/print.h"

namespace linum::np {

// The options to change; the others stay as they are.
struct PrintChange {
  std::optional<int> precision = {};  // most digits behind the point
  std::optional<std::int64_t> threshold = {}, edgeitems = {};
  std::optional<std::size_t> linewidth = {};
  std::optional<bool> suppress = {};  // no exponents for small numbers
};

PrintOptions get_printoptions();
// For all threads.
void set_printoptions(const PrintChange& change);
// For this thread, until the end of the scope: np::printoptions options{{.precision = 3}};
class printoptions : public PrintOptionsScope {
 public:
  explicit printoptions(const PrintChange& change);
};

struct TextOptions {
  std::optional<std::size_t> max_line_width = {};
  std::optional<int> precision = {};
  std::optional<bool> suppress_small = {};
};
// "[0. 1.]"
std::string array_str(const Array& x, const TextOptions& options = {});
// "Array([0., 1.], dtype=float32)". The dtype is left out where NumPy would guess it: bool, int64,
// float64, complex128.
std::string array_repr(const Array& x, const TextOptions& options = {});

}  // namespace linum::np
