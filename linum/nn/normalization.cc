#include "linum/nn/normalization.h"

#include <algorithm>

#include "linum/lax/collectives.h"
#include "linum/lax/lax.h"
#include "linum/nn/dtypes.h"
#include "linum/np/np.h"

namespace linum::nn {
namespace {

struct Stats {
  Array mean, var;
};

// What the layers have in common. Axes are sorted and count from 0.
struct Norm {
  const ModuleBase& module;
  Axes reduction, feature;
  double epsilon;
  std::optional<DType> dtype;
  DType param_dtype;
  bool use_mean, use_bias, use_scale;
  Initializer bias_init, scale_init;
  std::string axis_name;
  bool use_fast_variance, force_float32;

  Stats stats(const Array& x, const Axes& axes, const std::optional<Array>& mask) const;
  Array apply(const Array& x, const Stats& stats, const Axes& reduced) const;

 private:
  // A parameter over the feature axes, with size 1 along the others.
  Array feature_param(const std::string& name, const Initializer& init, const Array& x) const;
};

Axes sorted_axes(const Axes& axes, std::int64_t rank, std::string_view what) {
  Axes out = normalize_axes(axes, rank, what);
  std::sort(out.begin(), out.end());
  return out;
}

Axes others(std::int64_t first, std::int64_t rank, const Axes& axes) {
  Axes out;
  for (std::int64_t i = first; i < rank; ++i) {
    if (!contains(axes, i)) out.push_back(i);
  }
  return out;
}

// Anything with Flax's attributes; what a layer lacks is off.
template <class Layer>
Norm norm_of(const Layer& layer, Axes reduction, Axes feature) {
  Norm norm{.module = layer,
            .reduction = std::move(reduction),
            .feature = std::move(feature),
            .epsilon = layer.epsilon,
            .dtype = layer.dtype,
            .param_dtype = layer.param_dtype,
            .use_mean = true,
            .use_bias = false,
            .use_scale = layer.use_scale,
            .bias_init = initializers::zeros,
            .scale_init = layer.scale_init,
            .axis_name = layer.axis_name,
            .use_fast_variance = layer.use_fast_variance,
            .force_float32 = layer.force_float32_reductions};
  if constexpr (requires { layer.bias_init; }) {
    norm.use_bias = layer.use_bias;
    norm.bias_init = layer.bias_init;
  }
  return norm;
}

Array abs_square(const Array& x) {
  if (!is_complex(x.dtype())) return lax::square(x);
  return lax::add(lax::square(lax::real(x)), lax::square(lax::imag(x)));
}

Stats Norm::stats(const Array& inputs, const Axes& axes, const std::optional<Array>& mask) const {
  DType computed = dtype.value_or(inputs.dtype());
  Array x = np::astype(inputs, force_float32 ? promote_types(computed, DType::F32) : computed);
  Array where = mask ? np::astype(*mask, DType::Bool) : Array();
  auto mean_of = [&](const Array& v) {
    Array mean = np::mean(v, {.axis = axes, .where = where});
    return axis_name.empty() ? mean : lax::pmean(mean, axis_name);
  };
  if (!use_mean) {
    Array var = mean_of(abs_square(x));
    return {lax::zeros_like(var), var};
  }
  Array mean = mean_of(x);
  if (!use_fast_variance) return {mean, mean_of(abs_square(x - np::expand_dims(mean, axes)))};
  return {mean, np::maximum(0.0, mean_of(abs_square(x)) - abs_square(mean))};
}

Array Norm::feature_param(const std::string& name, const Initializer& init, const Array& x) const {
  Shape own, spread(static_cast<std::size_t>(x.ndim()), 1);
  for (std::int64_t axis : feature) {
    own.push_back(x.shape(axis));
    spread[static_cast<std::size_t>(axis)] = x.shape(axis);
  }
  Array p = lax::reshape(module.param(name, init, own, param_dtype), spread);
  return force_float32 ? p : np::astype(p, param_dtype);
}

Array Norm::apply(const Array& x, const Stats& stats, const Axes& reduced) const {
  Array y = x - np::expand_dims(stats.mean, reduced);
  Array factor = lax::rsqrt(np::expand_dims(stats.var, reduced) + epsilon);
  Array scale, bias;
  if (use_scale) {
    scale = feature_param("scale", scale_init, x);
    factor = factor * scale;
  }
  y = y * factor;
  if (use_bias) {
    bias = feature_param("bias", bias_init, x);
    y = y + bias;
  }
  return np::astype(y, canonicalize_dtype({x, scale, bias}, dtype));
}

// One pass over an example: statistics over `norm.reduction`, then the result.
Array normalized(const Norm& norm, const Array& x, const NormCall& call) {
  return norm.apply(x, norm.stats(x, norm.reduction, call.mask), norm.reduction);
}

}  // namespace

// --- BatchNorm ---------------------------------------------------------------------------------

Array BatchNorm::forward(const Array& x, const BatchNormCall& call) const {
  bool running = merge_param("use_running_average", use_running_average, call.use_running_average);
  Axes feature = sorted_axes(axis.values(), x.ndim(), "BatchNorm");
  Norm norm = norm_of(*this, others(0, x.ndim(), feature), feature);
  if (is_initializing()) norm.axis_name.clear();
  Shape shape;
  for (std::int64_t i : feature) shape.push_back(x.shape(i));
  DType stats_dtype = force_float32_reductions ? DType::F32 : param_dtype;
  Variable mean =
      variable("batch_stats", "mean", [&] { return Tree(lax::zeros(shape, stats_dtype)); });
  Variable var =
      variable("batch_stats", "var", [&] { return Tree(lax::ones(shape, stats_dtype)); });
  if (running) {
    auto typed = [&](const Array& v) {
      return force_float32_reductions ? v : np::astype(v, param_dtype);
    };
    return norm.apply(x, {typed(mean.value()), typed(var.value())}, norm.reduction);
  }
  Stats stats = norm.stats(x, norm.reduction, call.mask);
  if (!is_initializing()) {
    mean.set_value(momentum * mean.value() + (1 - momentum) * stats.mean);
    var.set_value(momentum * var.value() + (1 - momentum) * stats.var);
  }
  return norm.apply(x, stats, norm.reduction);
}

// --- over one example --------------------------------------------------------------------------

Array LayerNorm::forward(const Array& x, const NormCall& call) const {
  Axes reduction = sorted_axes(reduction_axes.values(), x.ndim(), "LayerNorm");
  Axes feature = sorted_axes(feature_axes.values(), x.ndim(), "LayerNorm");
  return normalized(norm_of(*this, reduction, feature), x, call);
}

Array RMSNorm::forward(const Array& x, const NormCall& call) const {
  Axes reduction = sorted_axes(reduction_axes.values(), x.ndim(), "RMSNorm");
  Norm norm = norm_of(*this, reduction, sorted_axes(feature_axes.values(), x.ndim(), "RMSNorm"));
  norm.use_mean = false;
  return normalized(norm, x, call);
}

Array InstanceNorm::forward(const Array& x, const NormCall& call) const {
  Axes feature = sorted_axes(feature_axes.values(), x.ndim(), "InstanceNorm");
  if (contains(feature, 0)) {
    throw ValueError(
        "InstanceNorm: feature_axes cannot include the leading dimension, which is the batch axis");
  }
  return normalized(norm_of(*this, others(1, x.ndim(), feature), feature), x, call);
}

// --- GroupNorm ---------------------------------------------------------------------------------

static std::int64_t group_count(const GroupNorm& layer, std::int64_t channels) {
  if (layer.num_groups.has_value() == layer.group_size.has_value()) {
    throw ValueError(
        "GroupNorm: either num_groups or group_size should be specified. With group_size, pass "
        ".num_groups = std::nullopt to override the default num_groups value of 32");
  }
  if (layer.group_size) {
    std::int64_t size = *layer.group_size;
    if (size > 0 && channels % size == 0) return channels / size;
    throw ShapeError(str_cat("GroupNorm: the number of channels (", channels,
                             ") is not a multiple of the group size (", size, ")"));
  }
  std::int64_t groups = *layer.num_groups;
  if (groups > 0 && channels % groups == 0) return groups;
  throw ShapeError(str_cat("GroupNorm: the number of groups (", groups,
                           ") does not divide the number of channels (", channels, ")"));
}

// The last axis as (groups, size of one).
static Array in_groups(const Array& x, std::int64_t groups) {
  Shape shape = x.shape();
  shape.back() /= groups;
  shape.insert(shape.end() - 1, groups);
  return np::reshape(x, shape);
}

Array GroupNorm::forward(const Array& x, const NormCall& call) const {
  std::int64_t last = x.ndim() - 1;
  Axes reduction = reduction_axes ? sorted_axes(*reduction_axes, x.ndim(), "GroupNorm")
                                  : others(1, x.ndim(), {});
  if (reduction.empty() || reduction.back() != last) {
    throw ValueError(
        "GroupNorm: reduction_axes must include the final dimension, which is the feature axis");
  }
  std::int64_t groups = group_count(*this, x.shape(-1));
  Axes kept(reduction.begin(), reduction.end() - 1), over = kept;
  over.push_back(last + 1);  // within the group
  Norm norm = norm_of(*this, reduction, {last});
  std::optional<Array> mask;
  if (call.mask) mask = in_groups(*call.mask, groups);
  Stats stats = norm.stats(in_groups(x, groups), over, mask);
  auto per_channel = [&](const Array& v) { return np::repeat(v, x.shape(-1) / groups, -1); };
  return norm.apply(x, {per_channel(stats.mean), per_channel(stats.var)}, kept);
}

}  // namespace linum::nn
