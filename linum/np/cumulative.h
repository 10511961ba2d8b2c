// Running sums and products.
#pragma once

#include <optional>

#include "linum/core/array.h"

namespace linum::np {

// Element i reduces the elements up to i along the axis; without one the array is flat. bool gives
// int32.
Array cumsum(const Array& x, std::optional<std::int64_t> axis = {},
             std::optional<DType> dtype = {});
Array cumprod(const Array& x, std::optional<std::int64_t> axis = {},
              std::optional<DType> dtype = {});
// NaN counts as 0 (or 1).
Array nancumsum(const Array& x, std::optional<std::int64_t> axis = {},
                std::optional<DType> dtype = {});
Array nancumprod(const Array& x, std::optional<std::int64_t> axis = {},
                 std::optional<DType> dtype = {});

// The array API's: the axis is optional for vectors only, and the result may start with that of no
// elements.
struct CumulativeOptions {
  std::optional<std::int64_t> axis = {};
  std::optional<DType> dtype = {};
  bool include_initial = false;
};
Array cumulative_sum(const Array& x, const CumulativeOptions& options = {});
Array cumulative_prod(const Array& x, const CumulativeOptions& options = {});

}  // namespace linum::np
