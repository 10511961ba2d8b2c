#include "linum/lax/conv.h"

#include <algorithm>

#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"

namespace linum::lax {
namespace {

struct ConvParams {
  Shape window_strides;
  Pads padding;
  Shape lhs_dilation, rhs_dilation;
  ConvDimensionNumbers dimension_numbers;
  std::int64_t feature_group_count = 1, batch_group_count = 1;
  Precision precision = Precision::Default;
  std::optional<DType> preferred_element_type;
};

std::int64_t at(const Shape& shape, std::int64_t i) { return shape[static_cast<std::size_t>(i)]; }

Shape take(const Shape& shape, std::span<const std::int64_t> axes) {
  Shape out;
  for (const std::int64_t axis : axes) out.push_back(at(shape, axis));
  return out;
}

std::span<const std::int64_t> spatial(const Axes& spec) { return std::span(spec).subspan(2); }

// Batch and features change places (or the kernel's two feature axes).
Axes swap_leading(Axes spec) {
  std::swap(spec[0], spec[1]);
  return spec;
}

// Moves axis `src` into axis `dst` (counted without src) as its major part.
Array reshape_axis_into(std::int64_t src, std::int64_t dst, const Array& x) {
  Axes order = without_axes(iota_axes(x.ndim()), {src});
  Shape shape = without_axes(x.shape(), {src});
  order.insert(order.begin() + dst, src);
  shape[static_cast<std::size_t>(dst)] *= x.shape(src);
  return reshape(transpose(x, order), shape);
}

// Splits axis `src` into (size, rest).
Array reshape_axis_out_of(std::int64_t src, std::int64_t size, const Array& x) {
  Shape shape = x.shape();
  shape[static_cast<std::size_t>(src)] /= size;
  shape.insert(shape.begin() + src, size);
  return reshape(x, shape);
}

// Moves the groups that are the major part of axis `from` into axis `to`.
Array move_groups(const Array& x, std::int64_t from, std::int64_t to, std::int64_t groups) {
  return reshape_axis_into(from, to, reshape_axis_out_of(from, groups, x));
}

// Moves batch axis `bdim` into axis `dst` behind its `groups` major parts: (groups, batch, rest).
Array batch_behind_groups(const Array& x, std::int64_t bdim, std::int64_t dst,
                          std::int64_t groups) {
  Array out = reshape_axis_out_of(dst + (bdim <= dst ? 1 : 0), groups, x);
  out = reshape_axis_into(bdim + (dst < bdim ? 1 : 0), dst + 1, out);
  return reshape_axis_into(dst, dst, out);
}

Array cast(const Array& x, DType dtype) {
  return x.dtype() == dtype ? x : convert_element_type(x, dtype);
}

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

// Ignoring space, with m batch, j input features and k output features, a convolution contracts
// [m, j] [j, k] -> [m, k]; its transposes are [m, k] [k, j] -> [m, j] and [j, m] [m, k] -> [j, k].
// Feature groups g make it [m, gj] [j, gk] -> [m, gk], whose rhs transpose groups the batch;
// batch groups make it [gm, j] [j, gk] -> [m, gk], whose transposes group features.
class ConvGeneralDilated final : public Primitive {
 public:
  explicit ConvGeneralDilated(ConvParams params) : p_(std::move(params)) {}
  std::string_view name() const override { return "conv_general_dilated"; }
  void params(ParamSink&) const override;
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  const ConvDimensionNumbers& dn() const { return p_.dimension_numbers; }
  void check_groups(const Shape& lhs, const Shape& rhs) const;
  void check_windows() const;
  DType result_dtype(const Aval& lhs, const Aval& rhs) const;
  Shape result_shape(const Shape& lhs, const Shape& rhs) const;
  // The same convolution, with other groups, of other operands.
  Array apply(const Array& lhs, const Array& rhs) const;
  Array apply(const Array& lhs, const Array& rhs, std::int64_t feature_groups,
              std::int64_t batch_groups) const;
  Array transpose_lhs(const Array& ct, const Aval& lhs, Array rhs) const;
  Array transpose_rhs(const Array& ct, const Array& lhs, const Aval& rhs) const;
  Pads vjp_rhs_padding(const Shape& lhs, const Shape& rhs, const Shape& out) const;
  Batched batch_both(const Array& lhs, const Array& rhs, std::int64_t lhs_dim,
                     std::int64_t rhs_dim) const;
  Batched batch_lhs(const Array& lhs, const Array& rhs, std::int64_t dim) const;
  Batched batch_rhs(const Array& lhs, const Array& rhs, std::int64_t dim) const;
  std::string attributes() const;

  const ConvParams p_;
};

Array bind_conv(const Array& lhs, const Array& rhs, ConvParams params) {
  return bind1<ConvGeneralDilated>({lhs, rhs}, std::move(params));
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
        concat("conv_general_dilated: group counts must be positive, got "
               "feature_group_count ",
               fg, " and batch_group_count ", bg));
  }
  if (fg > 1 && bg > 1) {
    throw ValueError(concat("conv_general_dilated: at most one of feature_group_count ", fg,
                            " and batch_group_count ", bg, " may exceed 1"));
  }
  if (features % fg != 0 || features / fg != in) {
    throw ShapeError(concat("conv_general_dilated: the input has ", features, " features in ", fg,
                            " groups, but the kernel takes ", in, " features per group: got input ",
                            to_text(lhs), " and kernel ", to_text(rhs)));
  }
  if (out % fg != 0 || out % bg != 0) {
    throw ShapeError(concat("conv_general_dilated: the kernel's ", out,
                            " output features do not divide into ", std::max(fg, bg), " groups"));
  }
  if (batch % bg != 0) {
    throw ShapeError(concat("conv_general_dilated: the batch of ", batch, " does not divide into ",
                            bg, " groups"));
  }
}

void ConvGeneralDilated::check_windows() const {
  const std::size_t space = dn().rhs_spec.size() - 2;
  if (p_.window_strides.size() != space || p_.padding.size() != space) {
    throw ShapeError(concat("conv_general_dilated: the kernel has ", space,
                            " spatial dimensions, but got window_strides ",
                            to_text(p_.window_strides), " and padding ", pads_text(p_.padding)));
  }
  for (const std::int64_t stride : p_.window_strides) {
    if (stride < 1) {
      throw ValueError(concat("conv_general_dilated: window_strides must be positive, got ",
                              to_text(p_.window_strides)));
    }
  }
}

DType ConvGeneralDilated::result_dtype(const Aval& lhs, const Aval& rhs) const {
  if (lhs.dtype() != rhs.dtype()) {
    throw DTypeError(concat("conv_general_dilated needs operands of one dtype, got ",
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
    throw DTypeError(concat("conv_general_dilated: preferred_element_type ", name_of(out),
                            " cannot hold products of ", name_of(in)));
  }
  return out;
}

Shape ConvGeneralDilated::result_shape(const Shape& lhs, const Shape& rhs) const {
  Shape in = take(lhs, dn().lhs_spec), kernel = take(rhs, dn().rhs_spec);
  const Shape wide_in = dilate_shape(take(lhs, spatial(dn().lhs_spec)), p_.lhs_dilation,
                                     "conv_general_dilated: lhs_dilation");
  const Shape wide_kernel = dilate_shape(take(rhs, spatial(dn().rhs_spec)), p_.rhs_dilation,
                                         "conv_general_dilated: rhs_dilation");
  std::copy(wide_in.begin(), wide_in.end(), in.begin() + 2);
  std::copy(wide_kernel.begin(), wide_kernel.end(), kernel.begin() + 2);
  const Shape out =
      conv_shape_tuple(in, kernel, p_.window_strides, p_.padding, p_.batch_group_count);
  return take(out, inverse_permutation(dn().out_spec));
}

std::vector<Aval> ConvGeneralDilated::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 2);
  const Aval &lhs = operands[0], &rhs = operands[1];
  conv_dimension_numbers(lhs.shape(), rhs.shape(), dn());
  check_windows();
  check_groups(lhs.shape(), rhs.shape());
  return {Aval(result_dtype(lhs, rhs), result_shape(lhs.shape(), rhs.shape()))};
}

Array ConvGeneralDilated::apply(const Array& lhs, const Array& rhs) const {
  return apply(lhs, rhs, p_.feature_group_count, p_.batch_group_count);
}

Array ConvGeneralDilated::apply(const Array& lhs, const Array& rhs, std::int64_t feature_groups,
                                std::int64_t batch_groups) const {
  ConvParams params = p_;
  params.feature_group_count = feature_groups;
  params.batch_group_count = batch_groups;
  return bind_conv(lhs, rhs, std::move(params));
}

JvpResult ConvGeneralDilated::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const Tangent by_lhs = t[0].defined() ? apply(t[0], x[1]) : Tangent();
  const Tangent by_rhs = t[1].defined() ? apply(x[0], t[1]) : Tangent();
  return {{apply(x[0], x[1])}, {add_tangents(by_lhs, by_rhs)}};
}

std::vector<Tangent> ConvGeneralDilated::transpose(std::span<const Tangent> cotangents,
                                                   std::span<const Operand> operands) const {
  const Tangent& ct = cotangents[0];
  if (operands[0].is_linear() && operands[1].is_linear()) refuse_transpose(*this);
  if (operands[0].is_linear()) return {transpose_lhs(ct, operands[0].aval, operands[1].value), {}};
  // An empty cotangent would need a kernel without extent.
  if (ct.size() == 0) return {{}, {}};
  return {{}, transpose_rhs(ct, operands[0].value, operands[1].aval)};
}

Array ConvGeneralDilated::transpose_lhs(const Array& ct, const Aval& lhs, Array rhs) const {
  const auto& [lhs_spec, rhs_spec, out_spec] = dn();
  const Axes space(rhs_spec.begin() + 2, rhs_spec.end());
  const std::int64_t bg = p_.batch_group_count, groups = std::max(p_.feature_group_count, bg);
  ConvParams params = p_;
  params.padding = vjp_input_padding(take(lhs.shape(), spatial(lhs_spec)), take(rhs.shape(), space),
                                     p_.window_strides, take(ct.shape(), spatial(out_spec)),
                                     p_.padding, p_.lhs_dilation, p_.rhs_dilation);
  if (groups > 1) rhs = move_groups(rhs, rhs_spec[0], rhs_spec[1], groups);
  params.window_strides = p_.lhs_dilation;
  params.lhs_dilation = p_.window_strides;
  params.dimension_numbers = {out_spec, swap_leading(rhs_spec), lhs_spec};
  params.feature_group_count = groups;
  params.batch_group_count = 1;
  Array out =
      cast(bind_conv(ct, cast(rev(rhs, space), ct.dtype()), std::move(params)), lhs.dtype());
  return bg > 1 ? move_groups(out, lhs_spec[1], lhs_spec[0], bg) : out;
}

Array ConvGeneralDilated::transpose_rhs(const Array& ct, const Array& lhs, const Aval& rhs) const {
  const auto& [lhs_spec, rhs_spec, out_spec] = dn();
  ConvParams params = p_;
  params.padding = vjp_rhs_padding(lhs.shape(), rhs.shape(), ct.shape());
  params.window_strides = p_.rhs_dilation;
  params.rhs_dilation = p_.window_strides;
  params.dimension_numbers = {swap_leading(lhs_spec), swap_leading(out_spec),
                              swap_leading(rhs_spec)};
  params.feature_group_count = p_.batch_group_count;
  params.batch_group_count = p_.feature_group_count;
  return cast(bind_conv(cast(lhs, ct.dtype()), ct, std::move(params)), rhs.dtype());
}

Pads ConvGeneralDilated::vjp_rhs_padding(const Shape& lhs, const Shape& rhs,
                                         const Shape& out) const {
  const Shape in = dilate_shape(take(lhs, spatial(dn().lhs_spec)), p_.lhs_dilation, "lhs_dilation");
  const Shape kernel =
      dilate_shape(take(rhs, spatial(dn().rhs_spec)), p_.rhs_dilation, "rhs_dilation");
  const Shape wide =
      dilate_shape(take(out, spatial(dn().out_spec)), p_.window_strides, "window_strides");
  Pads pads = p_.padding;
  for (std::size_t i = 0; i < pads.size(); ++i) {
    pads[i].second = wide[i] - in[i] + kernel[i] - pads[i].first - 1;
  }
  return pads;
}

Batched ConvGeneralDilated::batch(const BatchAxis& axis, std::span<const Array> x,
                                  std::span<const std::int64_t> dims) const {
  if (axis.size == 0) {  // groups of no features are no convolution
    const auto unbatched = [&](std::size_t i) {
      return dims[i] == kNotBatched ? x[i].shape() : without_axes(x[i].shape(), {dims[i]});
    };
    const Aval one = infer(
        std::vector<Aval>{Aval(x[0].dtype(), unbatched(0)), Aval(x[1].dtype(), unbatched(1))})[0];
    Shape shape = one.shape();
    shape.insert(shape.begin(), 0);
    return {{zeros(shape, one.dtype())}, {0}};
  }
  if (dims[1] == kNotBatched) return batch_lhs(x[0], x[1], dims[0]);
  if (dims[0] == kNotBatched) return batch_rhs(x[0], x[1], dims[1]);
  return batch_both(x[0], x[1], dims[0], dims[1]);
}

// Every example is a group.
Batched ConvGeneralDilated::batch_both(const Array& lhs, const Array& rhs, std::int64_t lhs_dim,
                                       std::int64_t rhs_dim) const {
  const std::int64_t size = lhs.shape(lhs_dim), k = dn().out_spec[1];
  const bool by_batch = p_.batch_group_count > 1;
  const Array wide_lhs = reshape_axis_into(lhs_dim, dn().lhs_spec[by_batch ? 0 : 1], lhs);
  const Array wide_rhs = reshape_axis_into(rhs_dim, dn().rhs_spec[0], rhs);
  const Array out = apply(wide_lhs, wide_rhs, p_.feature_group_count * (by_batch ? 1 : size),
                          p_.batch_group_count * (by_batch ? size : 1));
  return {{reshape_axis_out_of(k, size, out)}, {k}};
}

Batched ConvGeneralDilated::batch_lhs(const Array& lhs, const Array& rhs, std::int64_t dim) const {
  const std::int64_t m = dn().lhs_spec[0], out_m = dn().out_spec[0];
  const Array wide = p_.batch_group_count == 1
                         ? reshape_axis_into(dim, m, lhs)
                         : batch_behind_groups(lhs, dim, m, p_.batch_group_count);
  return {{reshape_axis_out_of(out_m, lhs.shape(dim), apply(wide, rhs))}, {out_m}};
}

Batched ConvGeneralDilated::batch_rhs(const Array& lhs, const Array& rhs, std::int64_t dim) const {
  const std::int64_t size = rhs.shape(dim), out_k = dn().out_spec[1];
  const std::int64_t groups = std::max(p_.feature_group_count, p_.batch_group_count);
  if (groups == 1) {
    const Array out = apply(lhs, reshape_axis_into(dim, dn().rhs_spec[0], rhs));
    return {{reshape_axis_out_of(out_k, size, out)}, {out_k}};
  }
  // Groups must stay outermost among the output features, before and after.
  Array out = apply(lhs, batch_behind_groups(rhs, dim, dn().rhs_spec[0], groups));
  out = reshape_axis_out_of(out_k, groups, out);
  out = reshape_axis_out_of(out_k + 1, size, out);
  return {{reshape_axis_into(out_k, out_k + 1, out)}, {out_k}};
}

std::string ConvGeneralDilated::attributes() const {
  Shape low, high;
  std::string reversal;
  for (const auto& [lo, hi] : p_.padding) {
    low.push_back(lo);
    high.push_back(hi);
    reversal += reversal.empty() ? ": false" : ", false";
  }
  const std::string precision = concat("#stablehlo<precision ", precision_name(p_.precision), ">");
  return concat("dimension_numbers = #stablehlo.conv<", axis_names(dn().lhs_spec, "b", "f"), "x",
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

std::vector<Ssa> ConvGeneralDilated::lower(Emitter& emitter, std::span<const Ssa> operands,
                                           std::span<const Aval> results) const {
  return emitter.op("stablehlo.convolution", operands, attributes(), results);
}

Shape ones_unless_given(const Shape& given, std::size_t count) {
  return given.empty() ? Shape(count, 1) : given;
}

}  // namespace

Array conv_general_dilated(const Array& lhs, const Array& rhs, const Shape& window_strides,
                           const Padding& padding, const ConvOptions& options) {
  const auto dn = conv_dimension_numbers(lhs.shape(), rhs.shape(), options.dimension_numbers);
  const std::size_t space = dn.lhs_spec.size() - 2;
  ConvParams params{
      .window_strides = window_strides,
      .padding = {},
      .lhs_dilation = ones_unless_given(options.lhs_dilation, space),
      .rhs_dilation = ones_unless_given(options.rhs_dilation, space),
      .dimension_numbers = dn,
      .feature_group_count = options.feature_group_count,
      .batch_group_count = options.batch_group_count,
      .precision = options.precision,
      .preferred_element_type = options.preferred_element_type,
  };
  if (!padding.is_explicit() && params.lhs_dilation != Shape(space, 1)) {
    throw ValueError(concat("conv_general_dilated: padding '", padding.name(),
                            "' has no meaning with lhs_dilation ", to_text(params.lhs_dilation),
                            "; give (low, high) pairs or use conv_transpose"));
  }
  const Shape window = dilate_shape(take(rhs.shape(), spatial(dn.rhs_spec)), params.rhs_dilation,
                                    "conv_general_dilated: rhs_dilation");
  params.padding =
      padtype_to_pads(take(lhs.shape(), spatial(dn.lhs_spec)), window, window_strides, padding);
  return bind_conv(lhs, rhs, std::move(params));
}

Array conv(const Array& lhs, const Array& rhs, const Shape& window_strides, const Padding& padding,
           Precision precision, std::optional<DType> preferred_element_type) {
  return conv_general_dilated(
      lhs, rhs, window_strides, padding,
      {.precision = precision, .preferred_element_type = preferred_element_type});
}

Array conv_with_general_padding(const Array& lhs, const Array& rhs, const Shape& window_strides,
                                const Padding& padding, const Shape& lhs_dilation,
                                const Shape& rhs_dilation, Precision precision,
                                std::optional<DType> preferred_element_type) {
  return conv_general_dilated(lhs, rhs, window_strides, padding,
                              {.lhs_dilation = lhs_dilation,
                               .rhs_dilation = rhs_dilation,
                               .precision = precision,
                               .preferred_element_type = preferred_element_type});
}

namespace {

// The order of dimensions that conv_transpose assumes.
ConvDimensionNumbers channels_last(std::int64_t rank) {
  switch (rank) {
    case 2:
      return {"NC", "IO", "NC"};
    case 3:
      return {"NHC", "HIO", "NHC"};
    case 4:
      return {"NHWC", "HWIO", "NHWC"};
    case 5:
      return {"NHWDC", "HWDIO", "NHWDC"};
    default:
      throw ShapeError(concat("conv_transpose has no default dimension_numbers for rank ", rank));
  }
}

}  // namespace

Array conv_transpose(const Array& lhs, const Array& rhs, const Shape& strides,
                     const Padding& padding, const ConvTransposeOptions& options) {
  const auto dn = conv_dimension_numbers(lhs.shape(), rhs.shape(),
                                         options.dimension_numbers.lhs_spec.empty()
                                             ? channels_last(lhs.ndim())
                                             : options.dimension_numbers);
  const Axes space(dn.rhs_spec.begin() + 2, dn.rhs_spec.end());
  const Shape dilation = ones_unless_given(options.rhs_dilation, space.size());
  if (strides.size() != space.size()) {
    throw ShapeError(concat("conv_transpose over ", space.size(),
                            " spatial dimensions got strides ", to_text(strides)));
  }
  const bool forward = options.use_consistent_padding || !padding.is_explicit();
  const Shape window =
      dilate_shape(take(rhs.shape(), space), dilation, "conv_transpose: rhs_dilation");
  const Pads pads = forward ? conv_transpose_padding(window, strides, padding) : padding.pads();
  Array kernel = rhs;
  if (options.transpose_kernel) {
    Axes order = iota_axes(rhs.ndim());
    std::swap(order[static_cast<std::size_t>(dn.rhs_spec[0])],
              order[static_cast<std::size_t>(dn.rhs_spec[1])]);
    kernel = transpose(rev(rhs, space), order);
  }
  return conv_general_dilated(lhs, kernel, Shape(space.size(), 1), pads,
                              {.lhs_dilation = strides,
                               .rhs_dilation = dilation,
                               .dimension_numbers = dn,
                               .precision = options.precision,
                               .preferred_element_type = options.preferred_element_type});
}

}  // namespace linum::lax
