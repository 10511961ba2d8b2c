// Sums, maxima and minima over windows.
#include "linum/lax/window.h"

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/limits.h"
#include "linum/lax/structure.h"
#include "linum/lax/window_primitive.h"

namespace linum::lax {
namespace {

Array identity_of(WindowReduction kind, DType dtype) {
  switch (kind) {
    case WindowReduction::Max:
      return lowest(dtype);
    case WindowReduction::Min:
      return highest(dtype);
    case WindowReduction::Sum:
      break;
  }
  return make_scalar(0.0, dtype);
}

Array combine(WindowReduction kind, const Array& x, const Array& y) {
  switch (kind) {
    case WindowReduction::Max:
      return max(x, y);
    case WindowReduction::Min:
      return min(x, y);
    case WindowReduction::Sum:
      break;
  }
  return add(x, y);
}

Array bind_reduce(const Array& x, WindowReduction kind, WindowParams params) {
  return bind1<ReduceWindow>({x}, kind, std::move(params));
}

// Every element of a window gets its cotangent: a sum over windows of the spread cotangent.
Array transpose_sum(const Array& ct, const Shape& operand, const WindowParams& p) {
  const Pads pads = vjp_input_padding(operand, p.window_dimensions, p.window_strides, ct.shape(),
                                      p.padding, p.base_dilation, p.window_dilation);
  std::vector<Padding> spread;
  for (std::size_t i = 0; i < pads.size(); ++i) {
    spread.push_back({pads[i].first, pads[i].second, p.window_strides[i] - 1});
  }
  WindowParams back = p;
  back.window_strides = p.base_dilation;
  back.padding.assign(pads.size(), {0, 0});
  back.base_dilation.assign(pads.size(), 1);
  return bind_reduce(pad(ct, make_scalar(0.0, ct.dtype()), spread), WindowReduction::Sum,
                     std::move(back));
}

}  // namespace

std::string_view ReduceWindow::name() const {
  switch (kind_) {
    case WindowReduction::Max:
      return "reduce_window_max";
    case WindowReduction::Min:
      return "reduce_window_min";
    case WindowReduction::Sum:
      break;
  }
  return "reduce_window_sum";
}

std::vector<Aval> ReduceWindow::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 1);
  const Accepts& accepted = kind_ == WindowReduction::Sum ? kNumber : kOrdered;
  if (!accepted.test(operands[0].dtype())) refuse_dtype(*this, operands[0], accepted.words);
  return {operands[0].with_shape(p_.result_shape(name(), operands[0].shape()))};
}

JvpResult ReduceWindow::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const Array y = bind_reduce(x[0], kind_, p_);
  if (!t[0].defined()) return {{y}, {{}}};
  if (kind_ == WindowReduction::Sum) return {{y}, {bind_reduce(t[0], kind_, p_)}};
  const Select select = kind_ == WindowReduction::Max ? Select::Greatest : Select::Least;
  return {{y}, {bind1<SelectAndGatherAdd>({t[0], x[0]}, select, p_)}};
}

std::vector<Tangent> ReduceWindow::transpose(std::span<const Tangent> cotangents,
                                             std::span<const Operand> operands) const {
  if (kind_ != WindowReduction::Sum) refuse_transpose(*this);
  return {transpose_sum(cotangents[0], operands[0].aval.shape(), p_)};
}

Batched ReduceWindow::batch(const BatchAxis&, std::span<const Array> x,
                            std::span<const std::int64_t> dims) const {
  return {{bind_reduce(x[0], kind_, p_.with_axis(dims[0]))}, {dims[0]}};
}

std::vector<Ssa> ReduceWindow::lower(Emitter& emitter, std::span<const Ssa> operands,
                                     std::span<const Aval> results) const {
  const Array identity = identity_of(kind_, results[0].dtype());
  const auto body = [this](std::span<const Array> x) {
    return std::vector<Array>{combine(kind_, x[0], x[1])};
  };
  return emit_reduce_window(emitter, operands, {&identity, 1}, body, p_, results);
}

Array reduce_window_sum(const Array& x, const Shape& window_dimensions, const Shape& window_strides,
                        const WindowPadding& padding, const Shape& base_dilation,
                        const Shape& window_dilation) {
  return bind_reduce(x, WindowReduction::Sum,
                     WindowParams::make(x.shape(), window_dimensions, window_strides, padding,
                                        base_dilation, window_dilation));
}

Array reduce_window_max(const Array& x, const Shape& window_dimensions, const Shape& window_strides,
                        const WindowPadding& padding, const Shape& base_dilation,
                        const Shape& window_dilation) {
  return bind_reduce(x, WindowReduction::Max,
                     WindowParams::make(x.shape(), window_dimensions, window_strides, padding,
                                        base_dilation, window_dilation));
}

Array reduce_window_min(const Array& x, const Shape& window_dimensions, const Shape& window_strides,
                        const WindowPadding& padding, const Shape& base_dilation,
                        const Shape& window_dilation) {
  return bind_reduce(x, WindowReduction::Min,
                     WindowParams::make(x.shape(), window_dimensions, window_strides, padding,
                                        base_dilation, window_dilation));
}

}  // namespace linum::lax
