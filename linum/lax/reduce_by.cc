#include "linum/lax/reduce_by.h"

#include <cstring>

#include "linum/core/program.h"
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/limits.h"
#include "linum/lax/structure.h"
#include "linum/lax/window.h"

namespace linum::lax {
namespace {

// "add" when f is nothing but lax::add, and so on; "" when it is more.
std::string_view operation_of(const ReduceFn& f, DType dtype) {
  const Aval element(dtype, {});
  const Aval both[] = {element, element};
  auto flat = [&f](std::span<const Array> x) { return std::vector<Array>{f(x[0], x[1])}; };
  TracedProgram traced = trace_program(flat, both);
  const Program& p = *traced.program;
  if (!traced.captured.empty() || p.equations.size() != 1) return "";
  const Equation& only = p.equations[0];
  const bool of_both = only.inputs.size() == 2 && only.inputs[0] != only.inputs[1] &&
                       !only.inputs[0].is_literal() && !only.inputs[1].is_literal();
  return of_both && p.outputs[0] == Atom{only.outputs[0]} ? only.primitive->name() : "";
}

Array neutral_of(std::string_view operation, DType dtype) {
  if (operation == "max") return lowest(dtype);
  if (operation == "min") return highest(dtype);
  if (operation == "mul") return make_scalar(1.0, dtype);
  if (operation == "and") return bitwise_xor(make_integer_scalar(0, dtype), highest(dtype));
  return make_scalar(0.0, dtype);
}

bool same_number(const Array& a, const Array& b) {
  if (!as_scalar(a) || !as_scalar(b)) return false;
  HostArray x = a.to_host(), y = b.to_host();
  return std::memcmp(x.data(), y.data(), x.byte_size()) == 0;
}

using Reducer = Array (*)(const Array&, const Axes&);
Reducer reduction_of(std::string_view operation) {
  if (operation == "add") return reduce_sum;
  if (operation == "mul") return reduce_prod;
  if (operation == "max") return reduce_max;
  if (operation == "min") return reduce_min;
  if (operation == "and") return reduce_and;
  if (operation == "or") return reduce_or;
  if (operation == "xor") return reduce_xor;
  return nullptr;
}

Array as_init(std::string_view what, const Array& init, DType dtype) {
  if (init.ndim() == 0) return convert_element_type(init, dtype);
  throw ShapeError(str_cat(what, ": the initial value must be a scalar, got ", init.aval()));
}

Axes checked_axes(const Axes& axes, std::int64_t rank) {
  Axes out;
  for (std::int64_t axis : axes) {
    const std::int64_t a = axis < 0 ? axis + rank : axis;
    if (a < 0 || a >= rank || contains(out, a)) {
      throw ShapeError(str_cat("reduce: axes ", to_text(axes),
                               " must be different axes of an array ", "of rank ", rank));
    }
    out.push_back(a);
  }
  return out;
}

// The reduced axes as one, in front of what remains.
Array with_reduced_in_front(const Array& x, const Axes& axes) {
  const Shape rest = without_axes(x.shape(), axes);
  Axes order = axes;
  for (std::int64_t i = 0; i < x.ndim(); ++i)
    if (!contains(axes, i)) order.push_back(i);
  Shape shape = rest;
  shape.insert(shape.begin(), x.size() / std::max<std::int64_t>(1, element_count(rest)));
  return reshape(transpose(x, order), shape);
}

std::vector<Array> combined(const CombineFn& f, std::span<const Array> a,
                            std::span<const Array> b) {
  std::vector<Array> out = f(a, b);
  bool fits = out.size() == a.size();
  for (std::size_t i = 0; fits && i < out.size(); ++i)
    fits = out[i].dtype() == a[i].dtype() &&
           (out[i].shape() == a[i].shape() || out[i].shape() == b[i].shape());
  if (!fits) {
    throw ShapeError(
        "reduce: the function must give one array for each operand, of its shape and "
        "dtype; make it of elementwise operations");
  }
  return out;
}

std::vector<Array> every_other(std::span<const Array> x, std::int64_t start, std::int64_t count) {
  std::vector<Array> out;
  for (const Array& a : x) out.push_back(slice_in_dim(a, start, start + 2 * count - 1, 2));
  return out;
}

// Joins neighbours until one is left: all orders agree, this one is parallel.
std::vector<Array> join_neighbours(std::vector<Array> x, const CombineFn& f) {
  for (std::int64_t n = x[0].shape(0); n > 1; n = (n + 1) / 2) {
    std::vector<Array> joined = combined(f, every_other(x, 0, n / 2), every_other(x, 1, n / 2));
    for (std::size_t i = 0; n % 2 == 1 && i < x.size(); ++i)
      joined[i] = concatenate({joined[i], slice_in_dim(x[i], n - 1, n)}, 0);
    x = std::move(joined);
  }
  return x;
}

}  // namespace

std::vector<Array> reduce(std::span<const Array> operands, std::span<const Array> inits,
                          const CombineFn& f, const Axes& axes) {
  if (operands.empty() || operands.size() != inits.size()) {
    throw ValueError(str_cat("reduce: needs one initial value for each operand, got ",
                             operands.size(), " operands and ", inits.size(), " initial values"));
  }
  std::vector<Array> x, start;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].shape() != operands[0].shape()) {
      throw ShapeError(str_cat("reduce: operands must have one shape, got ", operands[0].aval(),
                               " and ", operands[i].aval()));
    }
    x.push_back(with_reduced_in_front(operands[i], checked_axes(axes, operands[i].ndim())));
    start.push_back(as_init("reduce", inits[i], operands[i].dtype()));
    Shape rest(x[i].shape().begin() + 1, x[i].shape().end());
    start[i] = full(rest, start[i]);
  }
  if (x[0].shape(0) == 0) return start;
  x = join_neighbours(std::move(x), f);
  for (Array& a : x) a = squeeze(a, {0});
  return combined(f, start, x);
}

Array reduce(const Array& operand, const Array& init, const ReduceFn& f, const Axes& axes) {
  const Array start = as_init("reduce", init, operand.dtype());
  const std::string_view operation = operation_of(f, operand.dtype());
  if (Reducer known = reduction_of(operation)) {
    Array reduced = known(operand, checked_axes(axes, operand.ndim()));
    if (same_number(start, neutral_of(operation, operand.dtype()))) return reduced;
    return f(full(reduced.shape(), start), reduced);
  }
  CombineFn flat = [&f](std::span<const Array> a, std::span<const Array> b) {
    return std::vector<Array>{f(a[0], b[0])};
  };
  return reduce(std::span(&operand, 1), std::span(&start, 1), flat, axes)[0];
}

// --- windows ----------------------------------------------------------------------------------

namespace {

Shape or_ones(const Shape& given, std::int64_t rank) {
  return given.empty() ? Shape(static_cast<std::size_t>(rank), 1) : given;
}

struct Windows {
  Shape dimensions, strides, base_dilation, dilation, result;
  Pads pads;
};

Windows windows_of(const Array& x, const Shape& dimensions, const Shape& strides,
                   const WindowPadding& padding, const Shape& base_dilation,
                   const Shape& window_dilation) {
  const std::int64_t rank = x.ndim();
  Windows w{dimensions,
            or_ones(strides, rank),
            or_ones(base_dilation, rank),
            or_ones(window_dilation, rank),
            {},
            {}};
  w.pads = padding.is_explicit()
               ? padding.pads()
               : padtype_to_pads(dilate_shape(x.shape(), w.base_dilation, "base_dilation"),
                                 dilate_shape(dimensions, w.dilation, "window_dilation"), w.strides,
                                 padding);
  w.result = reduce_window_shape_tuple(x.shape(), dimensions, w.strides, w.pads, w.base_dilation,
                                       w.dilation);
  return w;
}

// The element at `place` of every window.
Array at_place(const Array& padded, const Windows& w, std::int64_t place) {
  Shape start(w.dimensions.size()), limit(w.dimensions.size());
  for (std::size_t i = w.dimensions.size(); i-- > 0; place /= w.dimensions[i]) {
    start[i] = place % w.dimensions[i] * w.dilation[i];
    limit[i] = start[i] + (w.result[i] - 1) * w.strides[i] + 1;
  }
  return slice(padded, start, limit, w.strides);
}

Array place_by_place(const Array& x, const Array& init, const ReduceFn& f, const Windows& w) {
  Array out = full(w.result, init);
  if (element_count(w.result) == 0) return out;
  std::vector<Padding> padding;
  for (std::size_t i = 0; i < w.pads.size(); ++i)
    padding.push_back({w.pads[i].first, w.pads[i].second, w.base_dilation[i] - 1});
  Array padded = pad(x, init, padding);
  for (std::int64_t place = 0; place < element_count(w.dimensions); ++place)
    out = f(out, at_place(padded, w, place));
  return out;
}

}  // namespace

Array reduce_window(const Array& operand, const Array& init, const ReduceFn& f,
                    const Shape& window_dimensions, const Shape& window_strides,
                    const WindowPadding& padding, const Shape& base_dilation,
                    const Shape& window_dilation) {
  const Array start = as_init("reduce_window", init, operand.dtype());
  const std::string_view operation = operation_of(f, operand.dtype());
  const auto known = operation == "add"   ? reduce_window_sum
                     : operation == "max" ? reduce_window_max
                     : operation == "min" ? reduce_window_min
                                          : nullptr;
  if (known && same_number(start, neutral_of(operation, operand.dtype()))) {
    return known(operand, window_dimensions, window_strides, padding, base_dilation,
                 window_dilation);
  }
  return place_by_place(operand, start, f,
                        windows_of(operand, window_dimensions, window_strides, padding,
                                   base_dilation, window_dilation));
}

}  // namespace linum::lax
