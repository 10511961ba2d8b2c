#include "linum/train/dynamic_scale.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"

namespace linum::train {

std::pair<Tree, Array> DynamicScale::unscale(const Tree& grads) const {
  Tree unscaled = tree::map(
      [&](const Array& g) { return lax::convert_element_type(g, DType::F32) / scale; }, grads);
  Array finite = np::array(true);
  for (const Array& g : tree::leaves(unscaled)) {
    finite = np::logical_and(finite, np::all(np::isfinite(g)));
  }
  return {unscaled, finite};
}

DynamicScale DynamicScale::next(const Array& finite) const {
  Array grow = fin_steps == growth_interval;
  Array largest = make_scalar(static_cast<double>(std::numeric_limits<float>::max()), DType::F32);
  Array grown = np::minimum(scale * growth_factor, largest);
  Array finite_scale = np::where(np::logical_and(grow, finite), grown, scale);
  Array reduced = scale * backoff_factor;
  if (minimum_scale) reduced = np::maximum(reduced, *minimum_scale);
  DynamicScale out = *this;
  out.scale = np::where(finite, finite_scale, reduced);
  out.fin_steps = np::where(np::logical_or(grow, np::logical_not(finite)), 0, fin_steps + 1);
  return out;
}

// The settings are static.
Tree DynamicScale::to_tree() const {
  auto settings =
      std::tuple{growth_factor, backoff_factor, growth_interval, minimum_scale.value_or(-1)};
  return Tree{{"fin_steps", fin_steps}, {"scale", scale}, {"settings", linum::to_tree(settings)}};
}

DynamicScale DynamicScale::from_tree(const Tree& tree) {
  DynamicScale out;
  double least = 0;
  std::tie(out.growth_factor, out.backoff_factor, out.growth_interval, least) =
      linum::from_tree<std::tuple<double, double, int, double>>(tree["settings"]);
  out.minimum_scale = least < 0 ? std::nullopt : std::optional(least);
  out.fin_steps = tree["fin_steps"].array();
  out.scale = tree["scale"].array();
  return out;
}

}  // namespace linum::train
