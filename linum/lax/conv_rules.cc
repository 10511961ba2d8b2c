// Derivatives, transposes and batching of convolutions.
//
// Ignoring space, with m batch, j input features and k output features, a convolution contracts
// [m, j] [j, k] -> [m, k]; its transposes are [m, k] [k, j] -> [m, j] and [j, m] [m, k] -> [j, k].
// Feature groups g make it [m, gj] [j, gk] -> [m, gk], whose rhs transpose groups the batch;
// batch groups make it [gm, j] [j, gk] -> [m, gk], whose transposes group features.
#include <algorithm>

#include "linum/lax/arithmetic.h"
#include "linum/lax/conv_primitive.h"
#include "linum/lax/families.h"

namespace linum::lax {
namespace {

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

}  // namespace

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
  params.padding = vjp_input_padding(take_dims(lhs.shape(), spatial_axes(lhs_spec)),
                                     take_dims(rhs.shape(), space), p_.window_strides,
                                     take_dims(ct.shape(), spatial_axes(out_spec)), p_.padding,
                                     p_.lhs_dilation, p_.rhs_dilation);
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
  const Shape in =
      dilate_shape(take_dims(lhs, spatial_axes(dn().lhs_spec)), p_.lhs_dilation, "lhs_dilation");
  const Shape kernel =
      dilate_shape(take_dims(rhs, spatial_axes(dn().rhs_spec)), p_.rhs_dilation, "rhs_dilation");
  const Shape wide = dilate_shape(take_dims(out, spatial_axes(dn().out_spec)), p_.window_strides,
                                  "window_strides");
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

}  // namespace linum::lax
