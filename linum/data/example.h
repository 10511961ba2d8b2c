// What data sets are made of: named host arrays.
#pragma once

#include <map>
#include <span>
#include <string>

#include "linum/base/host_array.h"
#include "linum/core/tree.h"

namespace linum::data {

// One example or one batch, by column: {"image": uint8[28,28,1], "label": int32[]}.
using Example = std::map<std::string, HostArray>;

// Joins examples along a new first axis; throws ShapeError or TreeError naming the column and the
// place where they differ.
Example stack(std::span<const Example> examples);
// Row `i` of the first axis of each column, without a copy.
Example row(const Example& columns, std::int64_t i);
// The arrays on the default device; from_tree<YourStruct>(to_device(batch)) gives them names.
Tree to_device(const Example& example);

}  // namespace linum::data
