// Losses of numbers (optax/losses/_regression.py). Elementwise unless said otherwise; an undefined
// target means zero.
#pragma once

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::losses {

// (predictions - targets)^2; no broadcasting.
Array squared_error(const Array& predictions, const Array& targets = {});
// Half of that: its derivative is the error.
Array l2_loss(const Array& predictions, const Array& targets = {});
// The mean of squared_error over all elements: a scalar.
Array mse(const Array& predictions, const Array& targets);

// Quadratic below delta, linear above (Huber, 1964).
Array huber_loss(const Array& predictions, const Array& targets = {}, const Array& delta = 1.0);
// log(cosh(error)): like huber_loss, but smooth (Chen et al, 2019).
Array log_cosh(const Array& predictions, const Array& targets = {});

struct CosineOptions {
  Array epsilon = 0.0;    // least squared norm, against division by zero
  np::AxisArg axis = -1;  // of the vectors
  Array where = {};       // bool: which elements take part
};
// The cosine of the angle between two vectors; cosine_distance is 1 minus that.
Array cosine_similarity(const Array& predictions, const Array& targets,
                        const CosineOptions& options = {});
Array cosine_distance(const Array& predictions, const Array& targets,
                      const CosineOptions& options = {});

}  // namespace linum::losses
