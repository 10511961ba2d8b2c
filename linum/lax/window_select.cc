// Derivatives of the greatest and least element of windows: reading tangents where the chosen
// elements lie, and the transpose, adding up cotangents there.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/limits.h"
#include "linum/lax/structure.h"
#include "linum/lax/window_primitive.h"

namespace linum::lax {
namespace {

std::string_view select_name(Select select) { return select == Select::Greatest ? "ge" : "le"; }

// Whether x keeps its place against a later y.
Array keeps(Select select, const Array& x, const Array& y) {
  return select == Select::Greatest ? ge(x, y) : le(x, y);
}

// What is never chosen against a number.
Array never_chosen(Select select, DType dtype) {
  return select == Select::Greatest ? lowest(dtype) : highest(dtype);
}

Array bind_gather(const Array& tangents, const Array& operand, Select select, WindowParams p) {
  return bind1<SelectAndGatherAdd>({tangents, operand}, select, std::move(p));
}
Array bind_scatter(const Array& source, const Array& operand, Select select, WindowParams p) {
  return bind1<SelectAndScatterAdd>({source, operand}, select, std::move(p));
}

Shape ones_like(const Shape& shape) { return Shape(shape.size(), 1); }

std::vector<Padding> interior_padding(const Shape& dilation) {
  std::vector<Padding> out;
  for (const std::int64_t d : dilation) out.push_back({0, 0, d - 1});
  return out;
}

}  // namespace

void SelectAndGatherAdd::params(ParamSink& sink) const {
  sink("select", select_name(select_));
  p_.show(sink);
}

std::vector<Aval> SelectAndGatherAdd::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 2);
  if (operands[0].shape() != operands[1].shape() || operands[0].dtype() != operands[1].dtype()) {
    throw ShapeError(str_cat("select_and_gather_add: tangents ", to_text(operands[0]),
                             " and operand ", to_text(operands[1]), " must be of one type"));
  }
  return {operands[0].with_shape(p_.result_shape(name(), operands[1].shape()))};
}

JvpResult SelectAndGatherAdd::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  return {{bind_gather(x[0], x[1], select_, p_)},
          {t[0].defined() ? bind_gather(t[0], x[1], select_, p_) : Tangent()}};
}

std::vector<Tangent> SelectAndGatherAdd::transpose(std::span<const Tangent> cotangents,
                                                   std::span<const Operand> operands) const {
  if (operands[1].is_linear()) refuse_transpose(*this);
  const Shape none = ones_like(p_.window_dimensions);
  if (p_.window_dilation != none) {
    throw TransformError(
        str_cat("select_and_gather_add (the derivative of a maximum or minimum "
                "over windows) has no transpose with window_dilation ",
                to_text(p_.window_dilation)));
  }
  WindowParams undilated = p_;
  undilated.base_dilation = none;
  const Array& x = operands[1].value;
  if (p_.base_dilation == none) {
    return {bind_scatter(cotangents[0], x, select_, std::move(undilated)), {}};
  }
  const Array spread = pad(x, never_chosen(select_, x.dtype()), interior_padding(p_.base_dilation));
  const Array out = bind_scatter(cotangents[0], spread, select_, std::move(undilated));
  return {slice(out, Shape(out.shape().size(), 0), out.shape(), p_.base_dilation), {}};
}

Batched SelectAndGatherAdd::batch(const BatchAxis& axis, std::span<const Array> x,
                                  std::span<const std::int64_t> dims) const {
  return {{bind_gather(move_batch_axis(x[0], axis.size, dims[0], 0),
                       move_batch_axis(x[1], axis.size, dims[1], 0), select_, p_.with_axis(0))},
          {0}};
}

std::vector<Ssa> SelectAndGatherAdd::lower(Emitter& emitter, std::span<const Ssa> operands,
                                           std::span<const Aval> results) const {
  const DType dtype = results[0].dtype();
  const Ssa keys_first[] = {operands[1], operands[0]};
  const Array identities[] = {never_chosen(select_, dtype), make_scalar(0.0, dtype)};
  const auto body = [this](std::span<const Array> x) {
    const Array which = keeps(select_, x[0], x[2]);
    return std::vector<Array>{lax::select(which, x[0], x[2]), lax::select(which, x[1], x[3])};
  };
  const Aval both[] = {results[0], results[0]};
  return {emit_reduce_window(emitter, keys_first, identities, body, p_, both)[1]};
}

void SelectAndScatterAdd::params(ParamSink& sink) const {
  sink("select", select_name(select_));
  p_.show(sink);
}

std::vector<Aval> SelectAndScatterAdd::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 2);
  const Shape windows = p_.result_shape(name(), operands[1].shape());
  if (operands[0].shape() != windows || operands[0].dtype() != operands[1].dtype()) {
    throw ShapeError(str_cat("select_and_scatter_add: the operand ", to_text(operands[1]), " has ",
                             to_text(windows), " windows, got source ", to_text(operands[0])));
  }
  return {operands[0].with_shape(operands[1].shape())};
}

JvpResult SelectAndScatterAdd::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  return {{bind_scatter(x[0], x[1], select_, p_)},
          {t[0].defined() ? bind_scatter(t[0], x[1], select_, p_) : Tangent()}};
}

std::vector<Tangent> SelectAndScatterAdd::transpose(std::span<const Tangent> cotangents,
                                                    std::span<const Operand> operands) const {
  if (operands[1].is_linear()) refuse_transpose(*this);
  return {bind_gather(cotangents[0], operands[1].value, select_, p_), {}};
}

Batched SelectAndScatterAdd::batch(const BatchAxis& axis, std::span<const Array> x,
                                   std::span<const std::int64_t> dims) const {
  return {{bind_scatter(move_batch_axis(x[0], axis.size, dims[0], 0),
                        move_batch_axis(x[1], axis.size, dims[1], 0), select_, p_.with_axis(0))},
          {0}};
}

// The operand is padded here and the result cropped, as jax does on CPU and GPU.
std::vector<Ssa> SelectAndScatterAdd::lower(Emitter& emitter, std::span<const Ssa> operands,
                                            std::span<const Aval> results) const {
  const DType dtype = results[0].dtype();
  std::vector<Padding> padding, cropping;
  for (const auto& [low, high] : p_.padding) {
    padding.push_back({low, high, 0});
    cropping.push_back({-low, -high, 0});
  }
  const auto widen = [&](std::span<const Array> x) {
    return std::vector<Array>{pad(x[0], never_chosen(select_, dtype), padding)};
  };
  const auto crop = [&](std::span<const Array> x) {
    return std::vector<Array>{pad(x[0], make_scalar(0.0, dtype), cropping)};
  };
  const auto select_body = [this](std::span<const Array> x) {
    return std::vector<Array>{keeps(select_, x[0], x[1])};
  };
  const auto add_body = [](std::span<const Array> x) {
    return std::vector<Array>{add(x[0], x[1])};
  };
  const Aval scalar(dtype, {});
  const auto region = [&scalar](const FlatFn& f) {
    return Emitter::Region{{scalar, scalar}, [f](Emitter& inner, std::span<const Ssa> args) {
                             return lower_composed(inner, f, args);
                           }};
  };
  const Emitter::Region regions[] = {region(select_body), region(add_body)};
  const Ssa wide = lower_composed(emitter, widen, operands.subspan(1))[0];
  const Ssa in[] = {wide, operands[0], emitter.constant(0.0, scalar)};
  WindowParams unpadded = p_;
  unpadded.padding.assign(p_.padding.size(), {0, 0});
  return lower_composed(
      emitter, crop,
      emitter.op_with_regions("stablehlo.select_and_scatter", in, unpadded.scatter_attributes(),
                              regions, {&wide.aval, 1}));
}

Array select_and_gather_add(const Array& tangents, const Array& operand, Select select,
                            const Shape& window_dimensions, const Shape& window_strides,
                            const Pads& padding, const Shape& base_dilation,
                            const Shape& window_dilation) {
  return bind_gather(tangents, operand, select,
                     WindowParams::make(operand.shape(), window_dimensions, window_strides, padding,
                                        base_dilation, window_dilation));
}

Array select_and_scatter_add(const Array& source, const Array& operand, Select select,
                             const Shape& window_dimensions, const Shape& window_strides,
                             const Pads& padding) {
  return bind_scatter(
      source, operand, select,
      WindowParams::make(operand.shape(), window_dimensions, window_strides, padding, {}, {}));
}

}  // namespace linum::lax
