// Several arrays made one, and one array made several.
#pragma once

#include <optional>
#include <vector>

#include "linum/core/array.h"

namespace linum::np {

// Along an axis they all have; their dtypes promote. Without an axis they are flattened first.
Array concatenate(const std::vector<Array>& arrays, std::optional<std::int64_t> axis = 0,
                  std::optional<DType> dtype = {});
Array concat(const std::vector<Array>& arrays, std::optional<std::int64_t> axis = 0);
// Along a new axis.
Array stack(const std::vector<Array>& arrays, std::int64_t axis = 0,
            std::optional<DType> dtype = {});
Array vstack(const std::vector<Array>& arrays);        // as rows
Array hstack(const std::vector<Array>& arrays);        // side by side
Array dstack(const std::vector<Array>& arrays);        // along the third axis
Array column_stack(const std::vector<Array>& arrays);  // 1-D arrays as columns
// A matrix of blocks, row by row.
Array block(const std::vector<std::vector<Array>>& rows);
Array append(const Array& x, const Array& values, std::optional<std::int64_t> axis = {});

// Equal parts; throws ShapeError where there are none.
std::vector<Array> split(const Array& x, std::int64_t sections, std::int64_t axis = 0);
// Parts that end at these indices.
std::vector<Array> split(const Array& x, const Axes& indices, std::int64_t axis = 0);
// Parts as equal as possible, the longer ones first.
std::vector<Array> array_split(const Array& x, std::int64_t sections, std::int64_t axis = 0);
std::vector<Array> array_split(const Array& x, const Axes& indices, std::int64_t axis = 0);
std::vector<Array> vsplit(const Array& x, std::int64_t sections);
std::vector<Array> hsplit(const Array& x, std::int64_t sections);
std::vector<Array> dsplit(const Array& x, std::int64_t sections);
// The slices along an axis.
std::vector<Array> unstack(const Array& x, std::int64_t axis = 0);

// Without the slice at one index, or at several (known ones; negative ones count from the end).
Array remove(const Array& x, const Axes& indices, std::optional<std::int64_t> axis = {});
// With values in front of the elements at these indices of the old array.
Array insert(const Array& x, const Axes& indices, const Array& values,
             std::optional<std::int64_t> axis = {});

}  // namespace linum::np
