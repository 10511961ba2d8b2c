// Arrays as sets of numbers: sorted, each once.
#pragma once

#include <optional>

#include "linum/core/array.h"

namespace linum::np {

// How many there are must be known: from concrete data, or by `size`. Then the rest is fill_value:
// by default the least element of the result, for setdiff1d 0.
struct SetOptions {
  std::optional<std::int64_t> size = {};
  Array fill_value = {};
};

struct UniqueOptions {
  std::optional<std::int64_t> axis = {};  // slices along it; of the flat array without one
  bool equal_nan = true;                  // all NaN are one
  std::optional<std::int64_t> size = {};
  Array fill_value = {};
};
Array unique(const Array& x, const UniqueOptions& options = {});

// With the place of each element's first occurrence, the place in `values` of each element of x,
// and how often each occurs.
struct Unique {
  Array values, indices, inverse_indices, counts;
};
Unique unique_all(const Array& x, const UniqueOptions& options = {.equal_nan = false});
struct UniqueCounts {
  Array values, counts;
};
UniqueCounts unique_counts(const Array& x, const SetOptions& options = {});
struct UniqueInverse {
  Array values, inverse_indices;
};
UniqueInverse unique_inverse(const Array& x, const SetOptions& options = {});
Array unique_values(const Array& x, const SetOptions& options = {});

// Which elements of x occur among the others (do not, with invert).
Array isin(const Array& x, const Array& elements, bool invert = false);

Array union1d(const Array& x, const Array& y, const SetOptions& options = {});
Array intersect1d(const Array& x, const Array& y, const SetOptions& options = {});
// With the places in x and y; where there is none, their sizes.
struct Intersection {
  Array values, x_indices, y_indices;
};
Intersection intersect1d_with_indices(const Array& x, const Array& y,
                                      const SetOptions& options = {});
// In x, but not in y.
Array setdiff1d(const Array& x, const Array& y, const SetOptions& options = {});
// In one of both only.
Array setxor1d(const Array& x, const Array& y, const SetOptions& options = {});

}  // namespace linum::np
