#include <limits>

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/gather_scatter.h"
#include "linum/lax/index_checks.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

struct GatherParams {
  GatherDimensionNumbers dimension_numbers;
  Shape slice_sizes;
  GatherOptions options;  // fill_value: a scalar of the operand's dtype for FillOrDrop, else none
};

class Gather final : public Primitive {
 public:
  explicit Gather(GatherParams params) : p_(std::move(params)) {}
  std::string_view name() const override { return "gather"; }
  void params(ParamSink&) const override;
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  const GatherDimensionNumbers& dn() const { return p_.dimension_numbers; }
  bool fills() const { return p_.options.mode == GatherScatterMode::FillOrDrop; }
  void check_dimensions(const Aval& operand, const Aval& indices) const;
  void check_slices(const Aval& operand, const Aval& indices) const;
  Array apply(const Array& operand, const Array& indices) const;
  // The gather clipped, with the fill value where the window reaches out of bounds.
  Array filled(const Array& operand, const Array& indices) const;
  // Which index vectors have their whole window in bounds.
  Array in_bounds(const Array& operand, const Array& indices) const;
  Array batch_operand(const Array& operand, const Array& indices) const;
  Array batch_indices(const Array& operand, const Array& indices) const;
  Array batch_both(const Array& operand, const Array& indices) const;
  std::string attributes(std::int64_t index_vector_dim) const;

  const GatherParams p_;
};

void Gather::params(ParamSink& sink) const {
  sink("offset_dims", dn().offset_dims);
  sink("collapsed_slice_dims", dn().collapsed_slice_dims);
  sink("start_index_map", dn().start_index_map);
  sink("operand_batching_dims", dn().operand_batching_dims);
  sink("start_indices_batching_dims", dn().start_indices_batching_dims);
  sink("slice_sizes", p_.slice_sizes);
  sink("unique_indices", p_.options.unique_indices);
  sink("indices_are_sorted", p_.options.indices_are_sorted);
  sink("mode", name_of(p_.options.mode));
  if (const ScalarValue* fill = as_scalar(p_.options.fill_value)) {
    if (is_inexact(fill->aval().dtype())) {
      sink("fill_value", fill->number().real());
      sink("fill_value_imag", fill->number().imag());
    } else {
      sink("fill_value", fill->integer());
    }
  }
}

void Gather::check_dimensions(const Aval& operand, const Aval& indices) const {
  const DimensionCheck check{"gather"};
  check.index_vector(indices, dn().start_index_map, "start_index_map");
  const std::int64_t out_rank =
      static_cast<std::int64_t>(dn().offset_dims.size()) + indices.rank() - 1;
  check.sorted_unique(dn().offset_dims, out_rank, "offset_dims");
  check.unique_in_range(dn().start_index_map, operand.rank(), "start_index_map");
  check.sorted_unique(dn().collapsed_slice_dims, operand.rank(), "collapsed_slice_dims");
  check.batching(operand.shape(), dn().operand_batching_dims, indices.shape(),
                 dn().start_indices_batching_dims);
  check.disjoint(dn().collapsed_slice_dims, "collapsed_slice_dims", dn().operand_batching_dims,
                 "operand_batching_dims");
  check.disjoint(dn().start_index_map, "start_index_map", dn().operand_batching_dims,
                 "operand_batching_dims");
}

void Gather::check_slices(const Aval& operand, const Aval& indices) const {
  const Shape& sizes = p_.slice_sizes;
  const std::size_t dims = dn().offset_dims.size() + dn().collapsed_slice_dims.size() +
                           dn().operand_batching_dims.size();
  if (static_cast<std::int64_t>(sizes.size()) != operand.rank() || sizes.size() != dims) {
    throw ShapeError(str_cat(
        "gather: slice_sizes ", to_text(sizes), " of the operand ", to_text(operand.shape()),
        " must each be an offset dimension ", to_text(dn().offset_dims), ", collapsed ",
        to_text(dn().collapsed_slice_dims), " or batching ", to_text(dn().operand_batching_dims)));
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (indices.size() != 0 && (sizes[i] < 0 || sizes[i] > operand.shape()[i])) {
      throw ShapeError(str_cat("gather: slice_sizes ", to_text(sizes), " exceed the operand ",
                               to_text(operand.shape())));
    }
    const auto dim = static_cast<std::int64_t>(i);
    if ((contains(dn().collapsed_slice_dims, dim) && sizes[i] != 1) ||
        (contains(dn().operand_batching_dims, dim) && sizes[i] > 1)) {
      throw ShapeError(str_cat("gather: a collapsed or batching dimension has slice size 1, but ",
                               "slice_sizes ", to_text(sizes), " have ", sizes[i],
                               " for dimension ", dim));
    }
  }
}

std::vector<Aval> Gather::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 2);
  const Aval &operand = operands[0], &indices = operands[1];
  check_dimensions(operand, indices);
  check_slices(operand, indices);
  Axes dropped = dn().collapsed_slice_dims;
  dropped.insert(dropped.end(), dn().operand_batching_dims.begin(),
                 dn().operand_batching_dims.end());
  const Shape window = without_axes(p_.slice_sizes, dropped);
  Shape out(indices.shape().begin(), indices.shape().end() - 1);
  for (std::size_t i = 0; i < window.size(); ++i) {  // sorted: earlier ones are in place already
    out.insert(out.begin() + dn().offset_dims[i], window[i]);
  }
  return {operand.with_shape(std::move(out))};
}

Array Gather::apply(const Array& operand, const Array& indices) const {
  return bind1<Gather>({operand, indices}, p_);
}

JvpResult Gather::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const Array y = apply(x[0], x[1]);
  if (!t[0].defined()) return {{y}, {{}}};
  GatherParams params = p_;
  if (fills()) params.options.fill_value = make_scalar(0.0, t[0].dtype());
  return {{y}, {bind1<Gather>({t[0], x[1]}, std::move(params))}};
}

std::vector<Tangent> Gather::transpose(std::span<const Tangent> cotangents,
                                       std::span<const Operand> operands) const {
  const Array& ct = cotangents[0];
  const ScatterDimensionNumbers dims{dn().offset_dims, dn().collapsed_slice_dims,
                                     dn().start_index_map, dn().operand_batching_dims,
                                     dn().start_indices_batching_dims};
  return {scatter_add(zeros(operands[0].aval.shape(), ct.dtype()), operands[1].value, ct, dims,
                      {.indices_are_sorted = p_.options.indices_are_sorted,
                       .unique_indices = p_.options.unique_indices,
                       .mode = p_.options.mode}),
          {}};
}

Batched Gather::batch(const BatchAxis& axis, std::span<const Array> x,
                      std::span<const std::int64_t> dims) const {
  const bool by_operand = dims[0] != kNotBatched, by_indices = dims[1] != kNotBatched;
  const Array operand = by_operand ? move_batch_axis(x[0], axis.size, dims[0], 0) : x[0];
  const Array indices = by_indices ? move_batch_axis(x[1], axis.size, dims[1], 0) : x[1];
  if (!by_indices) return {{batch_operand(operand, indices)}, {0}};
  if (!by_operand) return {{batch_indices(operand, indices)}, {0}};
  return {{batch_both(operand, indices)}, {0}};
}

// The batch axis is one more axis of the window.
Array Gather::batch_operand(const Array& operand, const Array& indices) const {
  GatherParams params = p_;
  params.slice_sizes.insert(params.slice_sizes.begin(), operand.shape(0));
  params.dimension_numbers = {shifted_with_front(dn().offset_dims),
                              shifted(dn().collapsed_slice_dims), shifted(dn().start_index_map),
                              shifted(dn().operand_batching_dims),
                              dn().start_indices_batching_dims};
  return bind1<Gather>({operand, indices}, std::move(params));
}

// More index vectors; those of one example may repeat or precede those of another.
Array Gather::batch_indices(const Array& operand, const Array& indices) const {
  GatherParams params = p_;
  params.options.unique_indices = params.options.indices_are_sorted = false;
  params.dimension_numbers.offset_dims = shifted(dn().offset_dims);
  params.dimension_numbers.start_indices_batching_dims = shifted(dn().start_indices_batching_dims);
  return bind1<Gather>({operand, indices}, std::move(params));
}

Array Gather::batch_both(const Array& operand, const Array& indices) const {
  GatherParams params = p_;
  params.slice_sizes.insert(params.slice_sizes.begin(), operand.shape(0) == 0 ? 0 : 1);
  params.dimension_numbers = {shifted(dn().offset_dims), shifted(dn().collapsed_slice_dims),
                              shifted(dn().start_index_map),
                              shifted_with_front(dn().operand_batching_dims),
                              shifted_with_front(dn().start_indices_batching_dims)};
  return bind1<Gather>({operand, indices}, std::move(params));
}

Array Gather::in_bounds(const Array& operand, const Array& indices) const {
  const Shape sizes = sizes_at(operand.shape(), dn().start_index_map);
  Shape last = sizes_at(p_.slice_sizes, dn().start_index_map);
  for (std::size_t i = 0; i < last.size(); ++i) last[i] = sizes[i] - last[i];
  const std::int64_t axis = indices.ndim() - 1;
  const Array upper =
      broadcast_in_dim(index_vector(last, indices.dtype()), indices.shape(), {axis});
  const Array lower = make_integer_scalar(0, indices.dtype());
  return reduce_and(bitwise_and(ge(indices, lower), le(indices, upper)), {axis});
}

Array Gather::filled(const Array& operand, const Array& given) const {
  const Array indices = convert_element_type(given, index_dtype_for(operand.shape(), true));
  GatherParams params = p_;
  params.options.mode = GatherScatterMode::PromiseInBounds;
  params.options.unique_indices = false;
  params.options.fill_value = {};
  const Array y = bind1<Gather>({operand, indices}, std::move(params));
  const Array mask = broadcast_in_dim(in_bounds(operand, indices), y.shape(),
                                      without_axes(iota_axes(y.ndim()), dn().offset_dims));
  return select(mask, y, full_like(y, p_.options.fill_value));
}

std::string Gather::attributes(std::int64_t index_vector_dim) const {
  return str_cat(
      "dimension_numbers = #stablehlo.gather<offset_dims = ", mlir_list(dn().offset_dims),
      ", collapsed_slice_dims = ", mlir_list(dn().collapsed_slice_dims),
      ", operand_batching_dims = ", mlir_list(dn().operand_batching_dims),
      ", start_indices_batching_dims = ", mlir_list(dn().start_indices_batching_dims),
      ", start_index_map = ", mlir_list(dn().start_index_map),
      ", index_vector_dim = ", index_vector_dim,
      ">, slice_sizes = ", mlir_i64_array(p_.slice_sizes),
      ", indices_are_sorted = ", p_.options.indices_are_sorted ? "true" : "false");
}

std::vector<Ssa> Gather::lower(Emitter& emitter, std::span<const Ssa> operands,
                               std::span<const Aval> results) const {
  if (results[0].size() == 0) return {emitter.constant(0.0, results[0])};
  if (fills()) {
    const auto f = [this](std::span<const Array> x) {
      return std::vector<Array>{filled(x[0], x[1])};
    };
    return lower_composed(emitter, f, operands);
  }
  return emitter.op("stablehlo.gather", operands, attributes(operands[1].aval.rank() - 1), results);
}

Array default_fill(DType dtype) {
  if (is_inexact(dtype)) return make_scalar(std::numeric_limits<double>::quiet_NaN(), dtype);
  if (is_bool(dtype)) return make_integer_scalar(1, dtype);
  if (dtype == DType::U64) return make_integer_scalar(-1, dtype);  // all bits set
  const std::int64_t largest = largest_index(dtype);
  return make_integer_scalar(is_signed_int(dtype) ? -largest - 1 : largest, dtype);
}

}  // namespace

Array gather(const Array& operand, const Array& start_indices,
             const GatherDimensionNumbers& dimension_numbers, const Shape& slice_sizes,
             const GatherOptions& options) {
  GatherParams params{dimension_numbers, slice_sizes, options};
  Array& fill = params.options.fill_value;
  if (options.mode != GatherScatterMode::FillOrDrop) {
    fill = {};
  } else if (!fill.defined()) {
    fill = default_fill(operand.dtype());
  } else if (const ScalarValue* given = as_scalar(fill)) {
    fill = convert_scalar(*given, operand.dtype(), false);
  } else {
    throw ValueError("gather: fill_value must be a C++ number");
  }
  return bind1<Gather>({operand, start_indices}, std::move(params));
}

std::string_view name_of(GatherScatterMode mode) {
  switch (mode) {
    case GatherScatterMode::Clip:
      return "clip";
    case GatherScatterMode::FillOrDrop:
      return "fill_or_drop";
    case GatherScatterMode::PromiseInBounds:
      break;
  }
  return "promise_in_bounds";
}

}  // namespace linum::lax
