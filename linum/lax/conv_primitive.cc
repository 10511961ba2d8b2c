#include "linum/lax/conv_primitive.h"

#include <algorithm>

#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"

namespace linum::lax {
namespace {

std::int64_t at(const Shape& shape, std::int64_t i) { return shape[static_cast<std::size_t>(i)]; }

std::string_view precision_name(Precision precision) {
  switch (precision) {
    case Precision::High:
      return "HIGH";
    case Precision::Highest:
      return "HIGHEST";
    case Precision::Default:
      break;
  }
  return "DEFAULT";
}

// "[b, f, 0, 1]": what each axis of an operand is.
std::string axis_names(const Axes& spec, std::string_view first, std::string_view second) {
  std::vector<std::string> names(spec.size());
  names[static_cast<std::size_t>(spec[0])] = first;
  names[static_cast<std::size_t>(spec[1])] = second;
  for (std::size_t i = 2; i < spec.size(); ++i) {
    names[static_cast<std::size_t>(spec[i])] = std::to_string(i - 2);
  }
  std::string out = "[";
  for (const std::string& name : names) out += (out.size() > 1 ? ", " : "") + name;
  return out + "]";
}

}  // namespace

Shape take_dims(const Shape& shape, std::span<const std::int64_t> axes) {
  Shape out;
  out.reserve(axes.size());
  for (const std::int64_t axis : axes) out.push_back(at(shape, axis));
  return out;
}

void ConvGeneralDilated::params(ParamSink& sink) const {
  sink("window_strides", p_.window_strides);
  sink("padding", pads_text(p_.padding));
  sink("lhs_dilation", p_.lhs_dilation);
  sink("rhs_dilation", p_.rhs_dilation);
  sink("lhs_spec", dn().lhs_spec);
  sink("rhs_spec", dn().rhs_spec);
  sink("out_spec", dn().out_spec);
  sink("feature_group_count", p_.feature_group_count);
  sink("batch_group_count", p_.batch_group_count);
  sink("precision", precision_name(p_.precision));
  if (p_.preferred_element_type) sink("preferred_element_type", *p_.preferred_element_type);
}

void ConvGeneralDilated::check_groups(const Shape& lhs, const Shape& rhs) const {
  const std::int64_t features = at(lhs, dn().lhs_spec[1]), batch = at(lhs, dn().lhs_spec[0]);
  const std::int64_t out = at(rhs, dn().rhs_spec[0]), in = at(rhs, dn().rhs_spec[1]);
  const std::int64_t fg = p_.feature_group_count, bg = p_.batch_group_count;
  if (fg < 1 || bg < 1) {
    throw ValueError(
        str_cat("conv_general_dilated: group counts must be positive, got "
                "feature_group_count ",
                fg, " and batch_group_count ", bg));
  }
  if (fg > 1 && bg > 1) {
    throw ValueError(str_cat("conv_general_dilated: at most one of feature_group_count ", fg,
                             " and batch_group_count ", bg, " may exceed 1"));
  }
  if (features % fg != 0 || features / fg != in) {
    throw ShapeError(str_cat("conv_general_dilated: the input has ", features, " features in ", fg,
                             " groups, but the kernel takes ", in,
                             " features per group: got input ", to_text(lhs), " and kernel ",
                             to_text(rhs)));
  }
  if (out % fg != 0 || out % bg != 0) {
    throw ShapeError(str_cat("conv_general_dilated: the kernel's ", out,
                             " output features do not divide into ", std::max(fg, bg), " groups"));
  }
  if (batch % bg != 0) {
    throw ShapeError(str_cat("conv_general_dilated: the batch of ", batch, " does not divide into ",
                             bg, " groups"));
  }
}

void ConvGeneralDilated::check_windows() const {
  const std::size_t space = dn().rhs_spec.size() - 2;
  if (p_.window_strides.size() != space || p_.padding.size() != space) {
    throw ShapeError(str_cat("conv_general_dilated: the kernel has ", space,
                             " spatial dimensions, but got window_strides ",
                             to_text(p_.window_strides), " and padding ", pads_text(p_.padding)));
  }
  for (const std::int64_t stride : p_.window_strides) {
    if (stride < 1) {
      throw ValueError(str_cat("conv_general_dilated: window_strides must be positive, got ",
                               to_text(p_.window_strides)));
    }
  }
}

DType ConvGeneralDilated::result_dtype(const Aval& lhs, const Aval& rhs) const {
  if (lhs.dtype() != rhs.dtype()) {
    throw DTypeError(str_cat("conv_general_dilated needs operands of one dtype, got ",
                             name_of(lhs.dtype()), " and ", name_of(rhs.dtype()),
                             "; convert one with convert_element_type"));
  }
  if (!p_.preferred_element_type) return lhs.dtype();
  const DType in = lhs.dtype(), out = *p_.preferred_element_type;
  const bool same_kind =
      (is_integer(in) && is_floating(out)) || (is_signed_int(in) && is_signed_int(out)) ||
      (is_unsigned_int(in) && is_unsigned_int(out)) || (is_floating(in) && is_floating(out)) ||
      (is_complex(in) && is_complex(out));
  if (!same_kind || item_size(out) < item_size(in)) {
    throw DTypeError(str_cat("conv_general_dilated: preferred_element_type ", name_of(out),
                             " cannot hold products of ", name_of(in)));
  }
  return out;
}

Shape ConvGeneralDilated::result_shape(const Shape& lhs, const Shape& rhs) const {
  Shape in = take_dims(lhs, dn().lhs_spec), kernel = take_dims(rhs, dn().rhs_spec);
  const Shape wide_in = dilate_shape(take_dims(lhs, spatial_axes(dn().lhs_spec)), p_.lhs_dilation,
                                     "conv_general_dilated: lhs_dilation");
  const Shape wide_kernel = dilate_shape(take_dims(rhs, spatial_axes(dn().rhs_spec)),
                                         p_.rhs_dilation, "conv_general_dilated: rhs_dilation");
  std::copy(wide_in.begin(), wide_in.end(), in.begin() + 2);
  std::copy(wide_kernel.begin(), wide_kernel.end(), kernel.begin() + 2);
  const Shape out =
      conv_shape_tuple(in, kernel, p_.window_strides, p_.padding, p_.batch_group_count);
  return take_dims(out, inverse_permutation(dn().out_spec));
}

std::vector<Aval> ConvGeneralDilated::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 2);
  const Aval &lhs = operands[0], &rhs = operands[1];
  conv_dimension_numbers(lhs.shape(), rhs.shape(), dn());
  check_windows();
  check_groups(lhs.shape(), rhs.shape());
  return {Aval(result_dtype(lhs, rhs), result_shape(lhs.shape(), rhs.shape()))};
}

std::string ConvGeneralDilated::attributes() const {
  Shape low, high;
  std::string reversal;
  for (const auto& [lo, hi] : p_.padding) {
    low.push_back(lo);
    high.push_back(hi);
    reversal += reversal.empty() ? ": false" : ", false";
  }
  const std::string precision = str_cat("#stablehlo<precision ", precision_name(p_.precision), ">");
  return str_cat("dimension_numbers = #stablehlo.conv<", axis_names(dn().lhs_spec, "b", "f"), "x",
                 axis_names(dn().rhs_spec, "o", "i"), "->", axis_names(dn().out_spec, "b", "f"),
                 ">, window_strides = ", mlir_i64_array(p_.window_strides),
                 ", padding = ", mlir_i64_pairs(low, high),
                 ", lhs_dilation = ", mlir_i64_array(p_.lhs_dilation),
                 ", rhs_dilation = ", mlir_i64_array(p_.rhs_dilation),
                 ", window_reversal = array<i1", reversal,
                 ">, feature_group_count = ", p_.feature_group_count,
                 " : i64, batch_group_count = ", p_.batch_group_count,
                 " : i64, precision_config = [", precision, ", ", precision, "]");
}

// A complex product by three real ones (Gauss): XLA has no fast complex convolution on CPU, and
// none on GPU.
std::vector<Array> ConvGeneralDilated::by_parts(std::span<const Array> x) const {
  ConvParams params = p_;
  if (params.preferred_element_type) {
    params.preferred_element_type = real_part_of(*params.preferred_element_type);
  }
  const Array a = real(x[0]), b = imag(x[0]), c = real(x[1]), d = imag(x[1]);
  const Array k1 = bind_conv(add(a, b), c, params);
  const Array k2 = bind_conv(a, sub(d, c), params);
  const Array k3 = bind_conv(b, add(c, d), params);
  return {complex(sub(k1, k3), add(k1, k2))};
}

std::vector<Ssa> ConvGeneralDilated::lower(Emitter& emitter, std::span<const Ssa> operands,
                                           std::span<const Aval> results) const {
  if (is_complex(operands[0].aval.dtype()) && emitter.platform() != "tpu") {
    return lower_composed(
        emitter, [this](std::span<const Array> x) { return by_parts(x); }, operands);
  }
  return emitter.op("stablehlo.convolution", operands, attributes(), results);
}

}  // namespace linum::lax
