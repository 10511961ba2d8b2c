// Layers that draw random numbers (flax.linen.stochastic).
#pragma once

#include "linum/nn/module.h"

namespace linum::nn {

// What a call of Dropout may set.
struct DropoutCall {
  std::optional<bool> deterministic = {};
  std::optional<Array> rng = {};  // a key, instead of the module's stream
  LINUM_FIELDS(deterministic, rng)
};

// Zeroes elements with probability `rate` and scales the others by 1 / (1 - rate), so that the mean
// stays. Srivastava et al. 2014. Deterministic (given here or at the call, once): the identity.
//   x = nn::Dropout{.rate = 0.5}(x, !train);
//   model.apply(variables, nn::Rngs{{"dropout", key}}, x, true);
// Throws ValueError unless `deterministic` is given once, InvalidRngError without a key.
struct Dropout : Module<Dropout> {
  double rate = 0.0;
  Axes broadcast_dims = {};  // axes along which one draw holds for all
  std::optional<bool> deterministic = {};
  std::string rng_collection = "dropout";
  std::string name = {};

  Array forward(const Array& inputs) const { return forward(inputs, DropoutCall{}); }
  Array forward(const Array& inputs, bool deterministic) const {
    return forward(inputs, DropoutCall{.deterministic = deterministic});
  }
  Array forward(const Array& inputs, const DropoutCall& call) const;

  using Module<Dropout>::operator();
  Array operator()(const Array& inputs, const DropoutCall& call) const {
    return this->operator()<const Array&, const DropoutCall&>(inputs, call);
  }
};

}  // namespace linum::nn
