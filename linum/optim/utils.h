// Small helpers of optax that are no transformations.
#pragma once

#include "linum/core/tree.h"
#include "linum/optim/scalar.h"

namespace linum::optim {

// The inputs, with gradients `scale` times as large.
Tree scale_gradient(const Tree& inputs, const Scalar& scale);

// A normal distribution with a diagonal covariance, exp(2 log_scale); loc and log_scale broadcast.
class MultiNormalDiagFromLogScale {
 public:
  MultiNormalDiagFromLogScale(Array loc, Array log_scale);
  // Of shape (...shape, ...parameters).
  Array sample(const Shape& shape, const Array& key) const;
  // Of each point; the parameters' axes are summed over.
  Array log_prob(const Array& x) const;
  const Array& log_scale() const { return log_scale_; }
  std::vector<Array> params() const { return {mean_, log_scale_}; }

 private:
  Array mean_, log_scale_, scale_;
  Shape param_shape_;
};
inline MultiNormalDiagFromLogScale multi_normal(Array loc, Array log_scale) {
  return {std::move(loc), std::move(log_scale)};
}

}  // namespace linum::optim
