// Initializers: how parameters begin (jax.nn.initializers, flax.linen.initializers).
#pragma once

#include <concepts>
#include <functional>
#include <optional>

#include "linum/core/array.h"

namespace linum::nn {

// Makes an array of a shape and dtype from a random key. Any such function is one:
//   Initializer halves = [](const Array& key, const Shape& shape, DType dtype) { ... };
class Initializer {
 public:
  using Fn = std::function<Array(const Array& key, const Shape& shape, DType dtype)>;

  template <class F>
  requires(std::invocable<F&, const Array&, const Shape&, DType> &&
           !std::same_as<std::remove_cvref_t<F>, Initializer>)
      Initializer(F f, DType default_dtype = DType::F32)
      : fn_(std::move(f)), default_dtype_(default_dtype) {}

  Array operator()(const Array& key, const Shape& shape) const {
    return fn_(key, shape, default_dtype_);
  }
  Array operator()(const Array& key, const Shape& shape, DType dtype) const {
    return fn_(key, shape, dtype);
  }

 private:
  Fn fn_;
  DType default_dtype_;
};

namespace initializers {

Array zeros(const Array& key, const Shape& shape, DType dtype = DType::F32);
Array ones(const Array& key, const Shape& shape, DType dtype = DType::F32);
Initializer zeros_init();
Initializer ones_init();
Initializer constant(Array value, DType dtype = DType::F32);

// From [0, scale).
Initializer uniform(double scale = 1e-2, DType dtype = DType::F32);
Initializer normal(double stddev = 1e-2, DType dtype = DType::F32);
// A normal distribution cut off at lower and upper, then scaled: its own deviation is below
// `stddev`.
Initializer truncated_normal(double stddev = 1e-2, DType dtype = DType::F32, double lower = -2.0,
                             double upper = 2.0);

// Which axes of a kernel are its inputs, outputs and independent kernels; the others are its
// window.
struct FanAxes {
  Axes in_axis = {-2};
  Axes out_axis = {-1};
  Axes batch_axis = {};
  DType dtype = DType::F32;
};
enum class FanMode { FanIn, FanOut, FanAvg, FanGeoAvg };
enum class Distribution { TruncatedNormal, Normal, Uniform };

// Variance scale / fan, so that activations keep their variance from layer to layer.
Initializer variance_scaling(double scale, FanMode mode, Distribution distribution,
                             const FanAxes& axes = {});
// By Flax's names: "fan_in", "fan_out", "fan_avg", "fan_geo_avg"; "truncated_normal", "normal",
// "uniform". Throws ValueError for others.
Initializer variance_scaling(double scale, std::string_view mode, std::string_view distribution,
                             const FanAxes& axes = {});

// Glorot and Bengio 2010: scale 1, mean of both fans.
Initializer glorot_uniform(const FanAxes& axes = {});
Initializer glorot_normal(const FanAxes& axes = {});
Initializer xavier_uniform(const FanAxes& axes = {});
Initializer xavier_normal(const FanAxes& axes = {});
// LeCun 1998: scale 1, fan in.
Initializer lecun_uniform(const FanAxes& axes = {});
Initializer lecun_normal(const FanAxes& axes = {});
// He et al. 2015: scale 2, fan in.
Initializer he_uniform(const FanAxes& axes = {});
Initializer he_normal(const FanAxes& axes = {});
Initializer kaiming_uniform(const FanAxes& axes = {});
Initializer kaiming_normal(const FanAxes& axes = {});

// Orthonormal rows or columns (whichever are fewer) of the matrix that the shape makes with
// `column_axis` as its columns, times scale. Saxe, McClelland, Ganguli 2014. Throws ShapeError for
// fewer than two axes.
Initializer orthogonal(double scale = 1.0, std::int64_t column_axis = -1, DType dtype = DType::F32);
// Convolution kernels (space..., in, out) of 1 to 3 spatial dimensions: orthogonal in the middle,
// zero around. Xiao et al. 2018. Throws ShapeError for other ranks and where in > out.
Initializer delta_orthogonal(double scale = 1.0, std::int64_t column_axis = -1,
                             DType dtype = DType::F32);

}  // namespace initializers
}  // namespace linum::nn
