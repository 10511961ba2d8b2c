#include "linum/optim/utils.h"

#include <cmath>
#include <numbers>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/random/random.h"
#include "linum/transforms/custom.h"

namespace linum::optim {

Tree scale_gradient(const Tree& inputs, const Scalar& scale) {
  if (scale.is(1.0)) return inputs;
  if (scale.is(0.0)) return tree::map(lax::stop_gradient, inputs);
  auto same = [](const Tree& x, const Array&) { return x; };
  auto forward = [](const Tree& x, const Array& s) { return std::pair<Tree, Array>(x, s); };
  auto backward = [](const Array& s, const Tree& ct) {
    Tree scaled = tree::map([&](const Array& g) { return g * s; }, ct);
    return std::tuple<Tree, Array>(scaled, lax::zeros_like(s));
  };
  return custom_vjp(same, forward, backward)(inputs, scale.array());
}

MultiNormalDiagFromLogScale::MultiNormalDiagFromLogScale(Array loc, Array log_scale)
    : mean_(std::move(loc)),
      log_scale_(std::move(log_scale)),
      scale_(np::exp(log_scale_)),
      param_shape_(np::broadcast_shapes({mean_.shape(), scale_.shape()})) {}

Array MultiNormalDiagFromLogScale::sample(const Shape& shape, const Array& key) const {
  Shape full = shape;
  full.insert(full.end(), param_shape_.begin(), param_shape_.end());
  return random::normal(key, full) * scale_ + mean_;
}

Array MultiNormalDiagFromLogScale::log_prob(const Array& x) const {
  Array z = (x - mean_) / scale_;
  Array log_density = -0.5 * np::square(z) - np::log(scale_) - 0.5 * std::log(2 * std::numbers::pi);
  Axes axes;
  for (std::size_t i = 0; i < param_shape_.size(); ++i)
    axes.push_back(-1 - static_cast<std::int64_t>(i));
  return axes.empty() ? log_density : np::sum(log_density, {.axis = axes});
}

}  // namespace linum::optim
