#include "linum/train/early_stopping.h"

#include <cmath>

namespace linum::train {

EarlyStopping EarlyStopping::update(double metric) const {
  EarlyStopping next = *this;
  next.has_improved = std::isinf(best_metric) || best_metric - metric > min_delta;
  if (next.has_improved) {
    next.best_metric = metric;
    next.patience_count = 0;
  } else {
    next.should_stop = should_stop || patience_count >= patience;
    ++next.patience_count;
  }
  return next;
}

}  // namespace linum::train
