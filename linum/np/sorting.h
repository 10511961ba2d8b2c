// Orders of elements.
#pragma once

#include <optional>
#include <vector>

#include "linum/core/array.h"

namespace linum::np {

struct SortOptions {
  bool stable = true;
  bool descending = false;
};
// Ascending along an axis, or of the flat array for std::nullopt. NaN comes last (first where
// descending).
Array sort(const Array& x, std::optional<std::int64_t> axis = -1, const SortOptions& options = {});
// The indices that sort; equal elements keep their order. int32.
Array argsort(const Array& x, std::optional<std::int64_t> axis = -1,
              const SortOptions& options = {});
// The indices that sort by the last key, equal ones by the key before it, and so on.
Array lexsort(const std::vector<Array>& keys, std::int64_t axis = -1);
// Sorted as complex numbers.
Array sort_complex(const Array& x);

// Element `kth` where it would be if sorted, smaller ones in front of it, larger ones behind.
Array partition(const Array& x, std::int64_t kth, std::int64_t axis = -1);
Array argpartition(const Array& x, std::int64_t kth, std::int64_t axis = -1);

}  // namespace linum::np
