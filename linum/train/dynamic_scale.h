// DynamicScale: losses scaled up so that float16 gradients do not vanish
// (flax.training.dynamic_scale).
#pragma once

#include <limits>
#include <optional>

#include "linum/core/value.h"
#include "linum/transforms/autodiff.h"

namespace linum::train {

struct DynamicScale;

// `aux`: the value, or the pair of value and what the function gave beside it.
template <class Aux, class Grad>
struct DynamicScaleResult;

// A pytree; a training step takes one and gives the next:
//   auto [next_scale, is_finite, loss, grads] = scale.value_and_grad(loss_fn)(state.params);
//   auto updated = state.apply_gradients(grads);
//   state.params = optim::tree_where(is_finite, updated.params, state.params);
struct DynamicScale {
  double growth_factor = 2.0, backoff_factor = 0.5;
  int growth_interval = 2000;  // steps with finite gradients until the scale grows
  std::optional<double> minimum_scale = std::numeric_limits<float>::min();
  Array fin_steps = make_integer_scalar(0, DType::I32);
  Array scale = make_scalar(65536.0, DType::F32);

  // As linum::value_and_grad, of the scaled function; value and gradients (float32) are scaled
  // back.
  template <std::size_t... ArgNums, class F>
  auto value_and_grad(F f) const;

  Tree to_tree() const;
  static DynamicScale from_tree(const Tree& tree);

  // Scaled back, and whether all gradients are finite.
  std::pair<Tree, Array> unscale(const Tree& grads) const;
  // For the next step.
  DynamicScale next(const Array& finite) const;
};

template <class Aux, class Grad>
struct DynamicScaleResult {
  DynamicScale dynamic_scale;
  Array finite;
  Aux aux;
  Grad grad;
};

template <std::size_t... ArgNums, class F>
auto DynamicScale::value_and_grad(F f) const {
  return [self = *this, f = std::move(f)]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    constexpr bool has_aux = linum::detail::Objective<R>::has_aux;
    auto scaled = [&](const Args&... a) {
      if constexpr (has_aux) {
        auto [value, aux] = f(a...);
        return std::pair{self.scale * value, aux};
      } else {
        return self.scale * f(a...);
      }
    };
    auto [value, grads] = linum::value_and_grad<ArgNums...>(scaled)(args...);
    if constexpr (has_aux) {
      value.first = value.first / self.scale;
    } else {
      value = value / self.scale;
    }
    auto [unscaled, finite] = self.unscale(linum::to_tree(grads));
    return DynamicScaleResult<decltype(value), decltype(grads)>{
        self.next(finite), finite, value, linum::from_tree<decltype(grads)>(unscaled)};
  };
}

}  // namespace linum::train
