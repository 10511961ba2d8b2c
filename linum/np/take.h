// Picking and placing elements by arrays of indices or by conditions.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "linum/core/array.h"

namespace linum::np {

struct TakeOptions {
  // "fill" (the default) gives fill_value out of bounds, "clip" the nearest element, "wrap" counts
  // on from the other end; "promise_in_bounds": there is nothing out of bounds.
  std::string_view mode = "fill";
  Array fill_value = {};
  bool unique_indices = false;  // promises
  bool indices_are_sorted = false;
};
// x's slices at these indices along an axis; of the flat array without one.
Array take(const Array& x, const Array& indices, std::optional<std::int64_t> axis = {},
           const TakeOptions& options = {});
// result[i, j] = x[indices[i, j], j] for axis 0, and so on; other axes broadcast.
Array take_along_axis(const Array& x, const Array& indices, std::optional<std::int64_t> axis = -1,
                      const TakeOptions& options = {});
// The inverse: x with values put at these indices. (A new array, as always.)
Array put_along_axis(const Array& x, const Array& indices, const Array& values,
                     std::optional<std::int64_t> axis);
// x, flat, with values at these indices; values repeat. Modes: "drop", "clip", "wrap".
Array put(const Array& x, const Array& indices, const Array& values,
          std::string_view mode = "drop");
// x with values, in order and repeated, where the mask holds.
Array place(const Array& x, const Array& mask, const Array& values);

// choices[a] element by element. Modes: "raise" (concrete a only), "wrap", "clip".
Array choose(const Array& a, const std::vector<Array>& choices, std::string_view mode = "raise");
// The first choice whose condition holds, else the default.
Array select(const std::vector<Array>& conditions, const std::vector<Array>& choices,
             const Array& otherwise = 0);

// --- where conditions hold --------------------------------------------------------------------

// How many places there will be must be known: from concrete data, or by `size`. Places that are
// left over read fill_value (0 by default).
struct NonzeroOptions {
  std::optional<std::int64_t> size = {};
  Array fill_value = {};
};
// Where x is not zero: one index array for each axis.
std::vector<Array> nonzero(const Array& x, const NonzeroOptions& options = {});
Array flatnonzero(const Array& x, const NonzeroOptions& options = {});
// The same as rows.
Array argwhere(const Array& x, const NonzeroOptions& options = {});
// The slices along an axis whose condition holds.
Array compress(const Array& condition, const Array& x, std::optional<std::int64_t> axis = {},
               const NonzeroOptions& options = {});
Array extract(const Array& condition, const Array& x, const NonzeroOptions& options = {});

// --- flat and multi-dimensional indices -------------------------------------------------------

// The indices along each axis of flat ones, which are clipped to the shape.
std::vector<Array> unravel_index(const Array& indices, const Shape& shape);
// The flat index. Modes as choose's, and "ignore".
Array ravel_multi_index(const std::vector<Array>& multi_index, const Shape& dims,
                        std::string_view mode = "raise");
// Index arrays that pick the product of these rows, columns, ...
std::vector<Array> ix_(const std::vector<Array>& sequences);

}  // namespace linum::np
