// Normalization layers (flax.linen.normalization): y = (x - mean) / sqrt(variance + epsilon), times
// scale, plus bias. Statistics are computed in float32 at least, unless told otherwise.
#pragma once

#include "linum/nn/module.h"
#include "linum/nn/sizes.h"

namespace linum::nn {

// What a call may set:
//   nn::LayerNorm{}(x, {.mask = tokens_are_real});
struct NormCall {
  std::optional<Array> mask = {};  // bool, broadcasts to x: which elements the statistics count
  LINUM_FIELDS(mask)
};

namespace detail {

// Lets a layer be called with options in braces.
template <class Derived, class Call>
struct CallableWith : Module<Derived> {
  using Module<Derived>::operator();
  Array operator()(const Array& x, const Call& call) const {
    return this->template operator()<const Array&, const Call&>(x, call);
  }
};

}  // namespace detail

struct BatchNormCall {
  std::optional<bool> use_running_average = {};
  std::optional<Array> mask = {};
  LINUM_FIELDS(use_running_average, mask)
};

// Over all axes but `axis`: mean and variance of the batch, or (use_running_average, given here or
// at the call, once) their running averages, the variables batch_stats/mean and var. In training
// the collection must be mutable:
//   auto [y, updated] = model.apply(variables, {.mutable_collections = {"batch_stats"}}, x, true);
// Ioffe and Szegedy 2015. Throws ValueError unless use_running_average is given once,
// ModifyScopeVariableError, ScopeCollectionNotFound.
struct BatchNorm : detail::CallableWith<BatchNorm, BatchNormCall> {
  std::optional<bool> use_running_average = {};
  Sizes axis = -1;
  double momentum = 0.99;  // of the running averages
  double epsilon = 1e-5;
  std::optional<DType> dtype = {};  // of the result; default: promoted from x and parameters
  DType param_dtype = DType::F32;
  bool use_bias = true;
  bool use_scale = true;
  Initializer bias_init = initializers::zeros;
  Initializer scale_init = initializers::ones;
  // Of vmap (or another named axis): statistics over all its examples, but when initializing.
  std::string axis_name = {};
  bool use_fast_variance = true;  // mean of squares minus squared mean, instead of two passes
  bool force_float32_reductions = true;
  std::string name = {};

  Array forward(const Array& x, const BatchNormCall& call = {}) const;
  Array forward(const Array& x, bool use_running_average) const {
    return forward(x, BatchNormCall{.use_running_average = use_running_average});
  }
};

// Over reduction_axes of each example. Ba, Kiros and Hinton 2016.
struct LayerNorm : detail::CallableWith<LayerNorm, NormCall> {
  double epsilon = 1e-6;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  bool use_bias = true;
  bool use_scale = true;
  Initializer bias_init = initializers::zeros;
  Initializer scale_init = initializers::ones;
  Sizes reduction_axes = -1;
  Sizes feature_axes = -1;  // which scale and bias vary along
  std::string axis_name = {};
  bool use_fast_variance = true;
  bool force_float32_reductions = true;
  std::string name = {};

  Array forward(const Array& x, const NormCall& call = {}) const;
};

// By the root of the mean square alone: no mean, no bias. Zhang and Sennrich 2019.
struct RMSNorm : detail::CallableWith<RMSNorm, NormCall> {
  double epsilon = 1e-6;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  bool use_scale = true;
  Initializer scale_init = initializers::ones;
  Sizes reduction_axes = -1;
  Sizes feature_axes = -1;
  std::string axis_name = {};
  bool use_fast_variance = true;
  bool force_float32_reductions = true;
  std::string name = {};

  Array forward(const Array& x, const NormCall& call = {}) const;
};

// Over groups of channels (the last axis) and over space, for each example. The number of groups
// or their size is given, not both. Wu and He 2018. Throws ValueError, or ShapeError when the
// groups do not divide the channels.
struct GroupNorm : detail::CallableWith<GroupNorm, NormCall> {
  std::optional<std::int64_t> num_groups = 32;
  std::optional<std::int64_t> group_size = {};  // with .num_groups = std::nullopt
  double epsilon = 1e-6;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  bool use_bias = true;
  bool use_scale = true;
  Initializer bias_init = initializers::zeros;
  Initializer scale_init = initializers::ones;
  std::optional<Axes> reduction_axes = {};  // default: all but the first; the last is among them
  std::string axis_name = {};
  bool use_fast_variance = true;
  bool force_float32_reductions = true;
  std::string name = {};

  Array forward(const Array& x, const NormCall& call = {}) const;
};

// Over space, for each example and channel. Ulyanov, Vedaldi and Lempitsky 2017. Throws ValueError
// when feature_axes hold the first axis, which is the batch.
struct InstanceNorm : detail::CallableWith<InstanceNorm, NormCall> {
  double epsilon = 1e-6;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  bool use_bias = true;
  bool use_scale = true;
  Initializer bias_init = initializers::zeros;
  Initializer scale_init = initializers::ones;
  Sizes feature_axes = -1;
  std::string axis_name = {};
  bool use_fast_variance = true;
  bool force_float32_reductions = true;
  std::string name = {};

  Array forward(const Array& x, const NormCall& call = {}) const;
};

}  // namespace linum::nn
