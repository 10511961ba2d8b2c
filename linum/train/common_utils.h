// Helpers of training loops (flax.training.common_utils).
#pragma once

#include <vector>

#include "linum/core/tree.h"

namespace linum::train {

// float32: on_value at the label's place of a new last axis, off_value elsewhere.
Array onehot(const Array& labels, std::int64_t num_classes, double on_value = 1.0,
             double off_value = 0.0);
// Trees of one structure as one tree of stacked leaves.
Tree stack_forest(const std::vector<Tree>& forest);

}  // namespace linum::train
