// EarlyStopping: ends a training that no longer improves (flax.training.early_stopping).
#pragma once

#include <limits>

namespace linum::train {

//   stopping = stopping.update(validation_loss);
//   if (stopping.should_stop) break;
struct EarlyStopping {
  double min_delta = 0;  // the least decrease that counts
  int patience = 0;      // updates without one that are forgiven
  double best_metric = std::numeric_limits<double>::infinity();  // lower is better
  int patience_count = 0;
  bool should_stop = false, has_improved = false;

  EarlyStopping update(double metric) const;
  // The same settings, nothing seen yet.
  EarlyStopping reset() const { return {.min_delta = min_delta, .patience = patience}; }
};

}  // namespace linum::train
