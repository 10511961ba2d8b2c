// Linear layers (flax.linen.linear).
#pragma once

#include "linum/lax/structure.h"
#include "linum/nn/module.h"

namespace linum::nn {

// y = x W + b over the last axis.
struct Dense : Module<Dense> {
  std::int64_t features = 0;
  bool use_bias = true;
  std::optional<DType> dtype = {};  // of the computation; default: promoted from x and W
  DType param_dtype = DType::F32;
  lax::Precision precision = lax::Precision::Default;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer bias_init = initializers::zeros_init();
  std::string name = {};

  Array forward(Array inputs) const;
};

}  // namespace linum::nn
