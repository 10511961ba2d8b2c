#include "linum/nn/scaled_dot.h"

#include <cmath>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/transforms/custom.h"

namespace linum::nn {
namespace {

constexpr double kGreatestE4m3 = 448.0;
constexpr double kGreatestE2m1 = 6.0;

[[noreturn]] void refuse(const Array& lhs, const Array& rhs, const Array& ls, const Array& rs) {
  throw ShapeError(str_cat(
      "scaled_matmul needs (B, M, K), (B, N, K), (B, M, K_s), (B, N, K_s) with ",
      "K_s dividing K, got ", lhs.shape(), ", ", rhs.shape(), ", ", ls.shape(), ", ", rs.shape()));
}

Array dequantized(const Array& x, const Array& scales) {
  Array each = np::repeat(np::astype(scales, float32), x.shape(2) / scales.shape(2), 2);
  return np::astype(x, float32) * each;
}

// --- rounding ----------------------------------------------------------------------------------

// The least power of two that is not below x (x >= 0), as float8_e8m0fnu has it.
Array power_of_two_above(const Array& x) {
  Array bits = lax::bitcast_convert_type(np::astype(x, float32), uint32);
  Array exponent = bits >> 23, mantissa = bits & 0x7fffff;
  Array tiny = (exponent == 0) & (mantissa <= 0x400000);
  Array up = (mantissa > 0) & (exponent != 254) & np::logical_not(tiny);
  exponent = np::where(up, exponent + 1, exponent);
  return lax::bitcast_convert_type(np::astype(exponent, uint32) << 23, float32);
}
// In another dtype, where 0 is the least power of two that it holds.
Array scale_as(const Array& power, DType dtype) {
  const double least = dtype == DType::F16 ? std::ldexp(1.0, -15) : std::ldexp(1.0, -127);
  return np::astype(np::where(power == 0, least, power), dtype);
}

// Numbers up to 6 in magnitude as float4_e2m1fn holds them: 0, 1/2, 1, 3/2, 2, 3, 4, 6.
Array rounded_e2m1(const Array& x) {
  auto to_multiples = [&](double step) {
    return lax::round(x / step, lax::RoundingMethod::ToNearestEven) * step;
  };
  Array size = np::abs(x);
  return np::where(size < 2.0, to_multiples(0.5),
                   np::where(size < 4.0, to_multiples(1.0), to_multiples(2.0)));
}

struct Quantized {
  Array values, scales;  // (B, M, K), (B, M, K / block)
};

Quantized quantize(const Array& x, const BlockScaleConfig& config) {
  const std::int64_t size = config.block_size;
  if (x.shape(2) < size || x.shape(2) % size != 0) {
    throw ShapeError(str_cat("scaled_dot_general: ", config.mode, " rounds blocks of ", size,
                             " numbers, which do not divide the summed size ", x.shape(2)));
  }
  Array blocks = np::reshape(x, {x.shape(0), x.shape(1), x.shape(2) / size, size});
  Array amax = np::max(np::abs(blocks), {.axis = -1, .keepdims = true}), scales, values;
  if (config.mode == "mxfp8") {
    Array power = power_of_two_above(amax / kGreatestE4m3);
    scales = scale_as(power, float32);
    Array scaled = blocks / scale_as(power, x.dtype());
    values = np::astype(np::clip(scaled, -kGreatestE4m3, kGreatestE4m3), DType::F8E4M3FN);
  } else {
    Array global = config.global_scale;
    blocks = blocks / global;
    Array exact = np::clip(amax / global / kGreatestE2m1, 0, kGreatestE4m3);
    scales = np::astype(np::astype(exact, DType::F8E4M3FN), float32);
    Array scaled = np::where(scales == 0, 0.0, blocks / np::where(scales == 0, 1.0, scales));
    values = rounded_e2m1(np::clip(scaled, -kGreatestE2m1, kGreatestE2m1));
  }
  return {np::reshape(np::astype(values, float32), x.shape()), np::squeeze(scales, -1)};
}

// --- products of three axes --------------------------------------------------------------------

// sum over k of lhs[b, m, k] rhs[b, n, k], both rounded.
Array rounded_product(const Array& lhs, const Array& rhs, const BlockScaleConfig& lhs_config,
                      const BlockScaleConfig& rhs_config, DType dtype) {
  Quantized a = quantize(lhs, lhs_config), b = quantize(rhs, rhs_config);
  if (lhs_config.mode != "nvfp4")
    return scaled_matmul(a.values, b.values, a.scales, b.scales, dtype);
  Array y = scaled_matmul(a.values, b.values, a.scales, b.scales);
  return np::astype(y * (lhs_config.global_scale * rhs_config.global_scale), dtype);
}

Array plain_product(const Array& lhs, const Array& rhs, DType dtype) {
  return lax::dot_general(lhs, rhs, {{2}, {2}, {0}, {0}}, lax::Precision::Default, dtype);
}

Array transposed(const Array& x) { return lax::transpose(x, {0, 2, 1}); }

// The derivative by x where the product's other operand is y; g: (B, rows of x, rows of y).
Array derivative(const Array& g, const Array& x, const Array& y, const BlockScaleConfig& x_config,
                 const BlockScaleConfig& y_config, const BlockScaleConfig& g_config, DType dtype) {
  if (g_config.mode != "nvfp4") {
    return np::astype(rounded_product(g, transposed(y), g_config, y_config, dtype), x.dtype());
  }
  Array d = plain_product(g, np::astype(transposed(y), g.dtype()), dtype);
  Array reach = x_config.global_scale * (kGreatestE2m1 * kGreatestE4m3);
  return np::astype(np::where(np::abs(x) <= reach, d, 0.0), x.dtype());
}

using Pair = std::tuple<Array, Array>;

Array product(const Array& lhs, const Array& rhs, const std::vector<BlockScaleConfig>& c,
              DType dtype) {
  auto value = [c, dtype](const Array& l, const Array& r) {
    return rounded_product(l, r, c[0], c[1], dtype);
  };
  auto forward = [value](const Array& l, const Array& r) {
    return std::pair{value(l, r), Pair{l, r}};
  };
  auto backward = [c, dtype](const Pair& operands, const Array& g) {
    const auto& [l, r] = operands;
    return Pair{derivative(g, l, r, c[0], c[1], c[2], dtype),
                derivative(transposed(g), r, l, c[1], c[0], c[2], dtype)};
  };
  return linum::custom_vjp(value, forward, backward)(lhs, rhs);
}

// --- any axes ----------------------------------------------------------------------------------

// x as (batch, rest, summed), and the sizes of the first two.
struct ThreeAxes {
  Array x;
  Shape batch, rest;
};
ThreeAxes three_axes(const Array& x, const Axes& contract, const Axes& batch) {
  ThreeAxes out;
  Axes order = batch;
  for (std::int64_t i : batch) out.batch.push_back(x.shape(i));
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    if (contains(contract, i) || contains(batch, i)) continue;
    order.push_back(i);
    out.rest.push_back(x.shape(i));
  }
  order.insert(order.end(), contract.begin(), contract.end());
  std::int64_t b = element_count(out.batch), rest = element_count(out.rest);
  out.x = np::reshape(lax::transpose(x, order), {b, rest, x.size() / (b * rest)});
  return out;
}

}  // namespace

Array scaled_matmul(const Array& lhs, const Array& rhs, const Array& lhs_scales,
                    const Array& rhs_scales, DType preferred_element_type) {
  for (const Array& x : {lhs, rhs, lhs_scales, rhs_scales}) {
    if (x.ndim() != 3) refuse(lhs, rhs, lhs_scales, rhs_scales);
  }
  auto size = [](const Array& x) { return Shape{x.shape(0), x.shape(1)}; };
  bool fits = lhs.shape(0) == rhs.shape(0) && lhs.shape(2) == rhs.shape(2) &&
              size(lhs) == size(lhs_scales) && size(rhs) == size(rhs_scales) &&
              lhs_scales.shape(2) == rhs_scales.shape(2) && lhs_scales.shape(2) > 0 &&
              lhs.shape(2) % lhs_scales.shape(2) == 0;
  if (!fits) refuse(lhs, rhs, lhs_scales, rhs_scales);
  Array y = plain_product(dequantized(lhs, lhs_scales), dequantized(rhs, rhs_scales), float32);
  return np::astype(y, preferred_element_type);
}

BlockScaleConfig get_scaled_dot_general_config(std::string_view mode, const Array& global_scale) {
  if (mode == "nvfp4") {
    Array global = global_scale.defined() ? global_scale : np::ones({1});
    return {"nvfp4", 16, "float4_e2m1fn", "float8_e4m3fn", global};
  }
  if (mode == "mxfp8") return {"mxfp8", 32, "float8_e4m3fn", "float8_e8m0fnu"};
  throw ValueError(str_cat("get_scaled_dot_general_config: unsupported mode '", mode,
                           "'; use 'nvfp4' or 'mxfp8'"));
}

Array scaled_dot_general(const Array& lhs, const Array& rhs, const lax::DotDimensionNumbers& dims,
                         DType preferred_element_type,
                         const std::vector<BlockScaleConfig>& configs) {
  DType dtype = preferred_element_type;
  if (configs.empty()) return lax::dot_general(lhs, rhs, dims, lax::Precision::Default, dtype);
  if (dtype != DType::F32 && dtype != DType::BF16 && dtype != DType::F16) {
    throw DTypeError(
        str_cat("scaled_dot_general: the result must be float32, bfloat16 or float16, ", "got ",
                name_of(dtype)));
  }
  if (configs.size() != 3) {
    throw ValueError(str_cat("scaled_dot_general: three configs are needed, of lhs, rhs and the ",
                             "cotangent, got ", configs.size()));
  }
  ThreeAxes a = three_axes(lhs, dims.lhs_contract, dims.lhs_batch);
  ThreeAxes b = three_axes(rhs, dims.rhs_contract, dims.rhs_batch);
  Shape shape = a.batch;
  shape.insert(shape.end(), a.rest.begin(), a.rest.end());
  shape.insert(shape.end(), b.rest.begin(), b.rest.end());
  return np::reshape(product(a.x, b.x, configs, dtype), shape);
}

}  // namespace linum::nn
