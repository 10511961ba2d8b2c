#include "linum/lax/scatter_primitive.h"

#include <algorithm>

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/index_checks.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

bool in_window(const ScatterDimensionNumbers& dn, std::int64_t operand_dim) {
  return !contains(dn.inserted_window_dims, operand_dim) &&
         !contains(dn.operand_batching_dims, operand_dim);
}

std::string_view flag(bool value) { return value ? "true" : "false"; }

}  // namespace

void ScatterBase::params(ParamSink& sink) const {
  sink("update_window_dims", dn().update_window_dims);
  sink("inserted_window_dims", dn().inserted_window_dims);
  sink("scatter_dims_to_operand_dims", dn().scatter_dims_to_operand_dims);
  sink("operand_batching_dims", dn().operand_batching_dims);
  sink("scatter_indices_batching_dims", dn().scatter_indices_batching_dims);
  sink("indices_are_sorted", p_.options.indices_are_sorted);
  sink("unique_indices", p_.options.unique_indices);
  sink("mode", name_of(p_.options.mode));
}

void ScatterBase::check_dimensions(const Aval& operand, const Aval& indices,
                                   const Aval& updates) const {
  const DimensionCheck check{name()};
  check.index_vector(indices, dn().scatter_dims_to_operand_dims, "scatter_dims_to_operand_dims");
  const std::int64_t rank =
      indices.rank() - 1 + static_cast<std::int64_t>(dn().update_window_dims.size());
  if (updates.rank() != rank) {
    throw ShapeError(str_cat(name(), ": updates must have rank ", rank,
                             " (batch axes of the indices and update_window_dims), got ",
                             to_text(updates.shape())));
  }
  check.sorted_unique(dn().update_window_dims, rank, "update_window_dims");
  check.sorted_unique(dn().inserted_window_dims, operand.rank(), "inserted_window_dims");
  check.unique_in_range(dn().scatter_dims_to_operand_dims, operand.rank(),
                        "scatter_dims_to_operand_dims");
  check.batching(operand.shape(), dn().operand_batching_dims, indices.shape(),
                 dn().scatter_indices_batching_dims);
  check.disjoint(dn().inserted_window_dims, "inserted_window_dims", dn().operand_batching_dims,
                 "operand_batching_dims");
  check.disjoint(dn().scatter_dims_to_operand_dims, "scatter_dims_to_operand_dims",
                 dn().operand_batching_dims, "operand_batching_dims");
}

void ScatterBase::check_updates(const Aval& operand, const Aval& indices,
                                const Aval& updates) const {
  if (operand.dtype() != updates.dtype()) {
    throw DTypeError(str_cat(name(), ": operand and updates must have one dtype, got ",
                             linum::name_of(operand.dtype()), " and ",
                             linum::name_of(updates.dtype())));
  }
  const std::size_t window = dn().update_window_dims.size() + dn().inserted_window_dims.size() +
                             dn().operand_batching_dims.size();
  if (static_cast<std::int64_t>(window) != operand.rank()) {
    throw ShapeError(str_cat(name(), ": the windows have ", window,
                             " dimensions (update_window, inserted_window and batching ones), the "
                             "operand ",
                             to_text(operand.shape()), " has ", operand.rank()));
  }
  const Shape sizes = window_sizes(operand.rank(), updates.shape());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (in_window(dn(), static_cast<std::int64_t>(i)) && sizes[i] > operand.shape()[i]) {
      throw ShapeError(str_cat(name(), ": windows of the updates ", to_text(updates.shape()),
                               " exceed the operand ", to_text(operand.shape())));
    }
  }
  const Shape batch = without_axes(updates.shape(), dn().update_window_dims);
  if (batch != Shape(indices.shape().begin(), indices.shape().end() - 1)) {
    throw ShapeError(str_cat(name(), ": updates ", to_text(updates.shape()),
                             " without their window dimensions ", to_text(dn().update_window_dims),
                             " must have the batch axes of the indices ",
                             to_text(indices.shape())));
  }
}

std::vector<Aval> ScatterBase::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 3);
  check_dimensions(operands[0], operands[1], operands[2]);
  check_updates(operands[0], operands[1], operands[2]);
  return {operands[0]};
}

Shape ScatterBase::window_sizes(std::int64_t operand_rank, const Shape& updates) const {
  Shape sizes;
  auto window = dn().update_window_dims.begin();
  for (std::int64_t i = 0; i < operand_rank; ++i) {
    sizes.push_back(in_window(dn(), i) ? updates[static_cast<std::size_t>(*window++)] : 1);
  }
  return sizes;
}

Array ScatterBase::read_back(const Array& x, const Array& indices, const Shape& updates_shape,
                             const GatherOptions& options) const {
  const GatherDimensionNumbers dims{dn().update_window_dims, dn().inserted_window_dims,
                                    dn().scatter_dims_to_operand_dims, dn().operand_batching_dims,
                                    dn().scatter_indices_batching_dims};
  return gather(x, indices, dims, window_sizes(x.ndim(), updates_shape), options);
}

Array ScatterBase::pull_updates(const Array& ct, const Array& indices,
                                const Shape& updates_shape) const {
  return read_back(ct, indices, updates_shape, {.mode = p_.options.mode, .fill_value = Array(0.0)});
}

Batched ScatterBase::batch(const BatchAxis& axis, std::span<const Array> x,
                           std::span<const std::int64_t> dims) const {
  const Array operand = move_batch_axis(x[0], axis.size, dims[0], 0);
  const Array updates = move_batch_axis(x[2], axis.size, dims[2], 0);
  ScatterParams params = p_;
  ScatterDimensionNumbers& to = params.dimension_numbers;
  to = {shifted(dn().update_window_dims), shifted(dn().inserted_window_dims),
        shifted(dn().scatter_dims_to_operand_dims), shifted(dn().operand_batching_dims),
        dn().scatter_indices_batching_dims};
  if (dims[1] == kNotBatched) {  // the batch axis is one more axis of the window
    to.update_window_dims = shifted_with_front(dn().update_window_dims);
    return {{rebind(operand, x[1], updates, std::move(params))}, {0}};
  }
  to.operand_batching_dims = shifted_with_front(dn().operand_batching_dims);
  to.scatter_indices_batching_dims = shifted_with_front(dn().scatter_indices_batching_dims);
  const Array indices = move_batch_axis(x[1], axis.size, dims[1], 0);
  return {{rebind(operand, indices, updates, std::move(params))}, {0}};
}

Array ScatterBase::clamp_indices(const Array& indices, const Shape& operand,
                                 const Shape& updates) const {
  const Shape window = window_sizes(static_cast<std::int64_t>(operand.size()), updates);
  Shape last;
  for (const std::int64_t dim : dn().scatter_dims_to_operand_dims) {
    const auto i = static_cast<std::size_t>(dim);
    last.push_back(std::min(operand[i] - window[i], largest_index(indices.dtype())));
  }
  const Array upper =
      broadcast_in_dim(index_vector(last, indices.dtype()), indices.shape(), {indices.ndim() - 1});
  return min(max(indices, make_integer_scalar(0, indices.dtype())), upper);
}

std::string ScatterBase::attributes(std::int64_t index_vector_dim) const {
  return str_cat(
      "scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = ",
      mlir_list(dn().update_window_dims),
      ", inserted_window_dims = ", mlir_list(dn().inserted_window_dims),
      ", input_batching_dims = ", mlir_list(dn().operand_batching_dims),
      ", scatter_indices_batching_dims = ", mlir_list(dn().scatter_indices_batching_dims),
      ", scatter_dims_to_operand_dims = ", mlir_list(dn().scatter_dims_to_operand_dims),
      ", index_vector_dim = ", index_vector_dim,
      ">, indices_are_sorted = ", flag(p_.options.indices_are_sorted),
      ", unique_indices = ", flag(p_.options.unique_indices));
}

std::vector<Ssa> ScatterBase::lower(Emitter& emitter, std::span<const Ssa> operands,
                                    std::span<const Aval> results) const {
  std::vector<Ssa> in(operands.begin(), operands.end());
  if (p_.options.mode == GatherScatterMode::Clip) {
    const auto clamp = [&](std::span<const Array> x) {
      return std::vector<Array>{clamp_indices(x[0], in[0].aval.shape(), in[2].aval.shape())};
    };
    in[1] = lower_composed(emitter, clamp, {&operands[1], 1})[0];
  }
  const Aval element(results[0].dtype(), {});
  const Emitter::Region region{
      {element, element}, [this](Emitter& inner, std::span<const Ssa> args) {
        return lower_composed(
            inner,
            [this](std::span<const Array> x) { return std::vector<Array>{combine(x[0], x[1])}; },
            args);
      }};
  return emitter.op_with_regions("stablehlo.scatter", in, attributes(in[1].aval.rank() - 1),
                                 {&region, 1}, results);
}

}  // namespace linum::lax
