// Padding: jax.numpy.pad.
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "linum/core/array.h"

namespace linum::np {

// Elements before and after. pad(x, 1), pad(x, {1, 2}) for all axes, pad(x, {{1, 2}, {0, 1}}) for
// each axis its own.
class PadWidths {
 public:
  using Pair = std::pair<std::int64_t, std::int64_t>;
  PadWidths(std::integral auto width)
      : pairs_{{static_cast<std::int64_t>(width), static_cast<std::int64_t>(width)}} {}
  PadWidths(std::int64_t before, std::int64_t after) : pairs_{{before, after}} {}
  PadWidths(std::initializer_list<Pair> pairs) : pairs_(pairs) {}
  PadWidths(std::vector<Pair> pairs) : pairs_(std::move(pairs)) {}

  // One pair for each of `rank` axes; throws ValueError naming `what` for another number of them,
  // or for negative widths.
  std::vector<Pair> resolve(std::int64_t rank, std::string_view what) const;

 private:
  std::vector<Pair> pairs_;
};

struct PadOptions {
  // "constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect",
  // "symmetric", "wrap", "empty".
  std::string_view mode = "constant";
  // Rank 0, or (2) for before and after, or (rank, 2).
  Array constant_values = 0;
  Array end_values = 0;  // of linear_ramp; shapes as above
  // How many elements at each end the statistics are of; all of them by default.
  std::optional<PadWidths> stat_length = {};
  std::string_view reflect_type = "even";  // or "odd": reflected at the edge's value, too
};
Array pad(const Array& x, const PadWidths& widths, const PadOptions& options = {});
inline Array pad(const Array& x, const PadWidths& widths, std::string_view mode) {
  return pad(x, widths, PadOptions{.mode = mode});
}

// f(padded, axis, before, after) gives the array with the edges along the axis, which are zeros at
// first, filled in; it is called for each axis in turn.
using PadFunction =
    std::function<Array(const Array&, std::int64_t axis, std::int64_t before, std::int64_t after)>;
Array pad(const Array& x, const PadWidths& widths, const PadFunction& f);

}  // namespace linum::np
