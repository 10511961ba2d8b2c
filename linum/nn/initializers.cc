#include "linum/nn/initializers.h"

#include <cmath>
#include <numbers>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/random/random.h"

namespace linum::nn::initializers {
namespace {

// Standard deviations of what is left of a normal distribution cut off at 2: real, and complex by
// modulus.
constexpr double kTruncatedStddev = .87962566103423978;
constexpr double kComplexTruncatedStddev = .95311164380491208;

struct Fans {
  double in, out;
};

std::int64_t product_along(const Shape& shape, const Axes& axes) {
  std::int64_t out = 1;
  for (std::int64_t axis : axes) {
    auto rank = static_cast<std::int64_t>(shape.size());
    out *= shape[static_cast<std::size_t>(normalize_axis(axis, rank, "variance_scaling"))];
  }
  return out;
}

Fans compute_fans(const Shape& shape, const FanAxes& axes) {
  if (axes.in_axis == Axes{-2} && shape.size() <= 1) {
    throw ValueError(str_cat("Can't compute input and output sizes of a ", shape.size(),
                             "-dimensional weights tensor with default in_axis. Must be at least "
                             "2D or specify in_axis explicitly"));
  }
  auto in = static_cast<double>(product_along(shape, axes.in_axis));
  auto out = static_cast<double>(product_along(shape, axes.out_axis));
  auto batch = static_cast<double>(product_along(shape, axes.batch_axis));
  double window = static_cast<double>(element_count(shape)) / in / out / batch;
  return {in * window, out * window};
}

double denominator(FanMode mode, Fans fans) {
  switch (mode) {
    case FanMode::FanIn:
      return fans.in;
    case FanMode::FanOut:
      return fans.out;
    case FanMode::FanAvg:
      return (fans.in + fans.out) / 2;
    case FanMode::FanGeoAvg:
      return std::sqrt(fans.in * fans.out);
  }
  throw InternalError("variance_scaling: unknown mode");
}

Array scalar(double number, DType dtype) { return make_scalar(number, dtype); }

// A complex number with this modulus and a uniformly random argument.
Array with_random_angle(const Array& key, const Array& modulus, const Shape& shape, DType real) {
  DType complex = complex_of(real);
  Array turns = lax::convert_element_type(random::uniform(key, shape, real), complex);
  Array theta = lax::mul(scalar(2 * std::numbers::pi, complex), turns);
  Array i = make_scalar(std::complex<double>(0, 1), complex);
  return lax::mul(modulus, lax::exp(lax::mul(i, theta)));
}

// Uniform in the unit disk.
Array complex_uniform(const Array& key, const Shape& shape, DType dtype) {
  DType real = real_part_of(dtype);
  auto [modulus_key, angle_key] = random::split<2>(key);
  Array u = random::uniform(modulus_key, shape, real);
  Array modulus = lax::convert_element_type(lax::sqrt(lax::mul(scalar(2, real), u)), dtype);
  return with_random_angle(angle_key, modulus, shape, real);
}

// Complex normal with modulus at most `upper`.
Array complex_truncated_normal(const Array& key, double upper, const Shape& shape, DType dtype) {
  DType real = real_part_of(dtype);
  auto [modulus_key, angle_key] = random::split<2>(key);
  Array one = scalar(1, dtype);
  Array u = lax::convert_element_type(random::uniform(modulus_key, shape, real), dtype);
  Array t = lax::mul(lax::sub(one, lax::exp(scalar(-upper * upper, dtype))), u);
  Array modulus = lax::sqrt(lax::neg(lax::log(lax::sub(one, t))));
  return with_random_angle(angle_key, modulus, shape, real);
}

Array draw_truncated(const Array& key, const Shape& shape, DType dtype, const Array& variance) {
  bool real = is_floating(dtype);
  Array own_stddev = scalar(real ? kTruncatedStddev : kComplexTruncatedStddev, dtype);
  Array stddev = lax::div(lax::sqrt(variance), own_stddev);
  return lax::mul(real ? random::truncated_normal(key, -2, 2, shape, dtype)
                       : complex_truncated_normal(key, 2, shape, dtype),
                  stddev);
}

Array draw_uniform(const Array& key, const Shape& shape, DType dtype, const Array& variance) {
  if (is_complex(dtype)) {
    return lax::mul(complex_uniform(key, shape, dtype), lax::sqrt(variance));
  }
  Array bound = lax::sqrt(lax::mul(scalar(3, dtype), variance));
  return lax::mul(random::uniform(key, shape, dtype, -1, 1), bound);
}

Array draw(Distribution distribution, const Array& key, const Shape& shape, DType dtype,
           const Array& variance) {
  switch (distribution) {
    case Distribution::TruncatedNormal:
      return draw_truncated(key, shape, dtype, variance);
    case Distribution::Uniform:
      return draw_uniform(key, shape, dtype, variance);
    case Distribution::Normal:
      return lax::mul(random::normal(key, shape, dtype), lax::sqrt(variance));
  }
  throw InternalError("variance_scaling: unknown distribution");
}

FanMode mode_named(std::string_view name) {
  if (name == "fan_in") return FanMode::FanIn;
  if (name == "fan_out") return FanMode::FanOut;
  if (name == "fan_avg") return FanMode::FanAvg;
  if (name == "fan_geo_avg") return FanMode::FanGeoAvg;
  throw ValueError(str_cat("invalid mode for variance scaling initializer: ", name,
                           "; use fan_in, fan_out, fan_avg or fan_geo_avg"));
}

Distribution distribution_named(std::string_view name) {
  if (name == "truncated_normal") return Distribution::TruncatedNormal;
  if (name == "normal") return Distribution::Normal;
  if (name == "uniform") return Distribution::Uniform;
  throw ValueError(str_cat("invalid distribution for variance scaling initializer: ", name,
                           "; use truncated_normal, normal or uniform"));
}

}  // namespace

Array zeros(const Array&, const Shape& shape, DType dtype) { return lax::zeros(shape, dtype); }
Array ones(const Array&, const Shape& shape, DType dtype) { return lax::ones(shape, dtype); }
Initializer zeros_init() { return zeros; }
Initializer ones_init() { return ones; }

Initializer constant(Array value, DType dtype) {
  auto init = [value = std::move(value)](const Array&, const Shape& shape, DType dtype) {
    Array typed = lax::convert_element_type(value, dtype);
    if (typed.ndim() == 0) return lax::full(shape, typed);
    Axes trailing = iota_axes(typed.ndim());
    for (auto& axis : trailing) axis += static_cast<std::int64_t>(shape.size()) - typed.ndim();
    return lax::broadcast_in_dim(typed, shape, trailing);
  };
  return {init, dtype};
}

Initializer uniform(double scale, DType dtype) {
  auto init = [scale](const Array& key, const Shape& shape, DType dtype) {
    return lax::mul(random::uniform(key, shape, dtype), scalar(scale, dtype));
  };
  return {init, dtype};
}

Initializer normal(double stddev, DType dtype) {
  auto init = [stddev](const Array& key, const Shape& shape, DType dtype) {
    return lax::mul(random::normal(key, shape, dtype), scalar(stddev, dtype));
  };
  return {init, dtype};
}

Initializer truncated_normal(double stddev, DType dtype, double lower, double upper) {
  auto init = [=](const Array& key, const Shape& shape, DType dtype) {
    return lax::mul(random::truncated_normal(key, lower, upper, shape, dtype),
                    scalar(stddev, dtype));
  };
  return {init, dtype};
}

Initializer variance_scaling(double scale, FanMode mode, Distribution distribution,
                             const FanAxes& axes) {
  auto init = [=](const Array& key, const Shape& shape, DType dtype) {
    double variance = scale / denominator(mode, compute_fans(shape, axes));
    return draw(distribution, key, shape, dtype, scalar(variance, dtype));
  };
  return {init, axes.dtype};
}
Initializer variance_scaling(double scale, std::string_view mode, std::string_view distribution,
                             const FanAxes& axes) {
  return variance_scaling(scale, mode_named(mode), distribution_named(distribution), axes);
}

Initializer glorot_uniform(const FanAxes& axes) {
  return variance_scaling(1.0, FanMode::FanAvg, Distribution::Uniform, axes);
}
Initializer glorot_normal(const FanAxes& axes) {
  return variance_scaling(1.0, FanMode::FanAvg, Distribution::TruncatedNormal, axes);
}
Initializer xavier_uniform(const FanAxes& axes) { return glorot_uniform(axes); }
Initializer xavier_normal(const FanAxes& axes) { return glorot_normal(axes); }
Initializer lecun_uniform(const FanAxes& axes) {
  return variance_scaling(1.0, FanMode::FanIn, Distribution::Uniform, axes);
}
Initializer lecun_normal(const FanAxes& axes) {
  return variance_scaling(1.0, FanMode::FanIn, Distribution::TruncatedNormal, axes);
}
Initializer he_uniform(const FanAxes& axes) {
  return variance_scaling(2.0, FanMode::FanIn, Distribution::Uniform, axes);
}
Initializer he_normal(const FanAxes& axes) {
  return variance_scaling(2.0, FanMode::FanIn, Distribution::TruncatedNormal, axes);
}
Initializer kaiming_uniform(const FanAxes& axes) { return he_uniform(axes); }
Initializer kaiming_normal(const FanAxes& axes) { return he_normal(axes); }

}  // namespace linum::nn::initializers
