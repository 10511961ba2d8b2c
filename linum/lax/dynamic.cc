#include "linum/lax/dynamic.h"

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/gather_scatter.h"
#include "linum/lax/index_checks.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

std::vector<Array> with_indices(std::initializer_list<Array> operands,
                                std::span<const Array> indices) {
  std::vector<Array> out(operands);
  out.insert(out.end(), indices.begin(), indices.end());
  return out;
}

void check_indices(const Primitive& op, const Aval& operand, std::span<const Aval> indices) {
  if (static_cast<std::int64_t>(indices.size()) != operand.rank()) {
    throw ShapeError(str_cat(op.name(), ": ", indices.size(), " start indices for the operand ",
                             to_text(operand.shape())));
  }
  for (const Aval& index : indices) {
    if (index.rank() != 0) {
      throw ShapeError(str_cat(op.name(), ": start indices must be scalars, got shape ",
                               to_text(index.shape())));
    }
    if (!is_integer(index.dtype()) || index.dtype() != indices[0].dtype()) {
      throw DTypeError(str_cat(op.name(), ": start indices must be integers of one dtype, got ",
                               name_of(indices[0].dtype()), " and ", name_of(index.dtype())));
    }
  }
}

void check_fits(const Primitive& op, const Shape& slice, const Aval& operand) {
  bool fits = static_cast<std::int64_t>(slice.size()) == operand.rank();
  for (std::size_t i = 0; fits && i < slice.size(); ++i) {
    fits = slice[i] >= 0 && slice[i] <= operand.shape()[i];
  }
  if (!fits) {
    throw ShapeError(str_cat(op.name(), ": a slice of ", to_text(slice), " does not fit into ",
                             to_text(operand.shape())));
  }
}

bool none_batched(std::span<const std::int64_t> dims) {
  for (const std::int64_t dim : dims) {
    if (dim != kNotBatched) return false;
  }
  return true;
}

// The indices after a new leading one, which is 0.
std::vector<Array> behind_front(std::span<const Array> indices) {
  const DType dtype = indices.empty() ? DType::I32 : indices[0].dtype();
  return with_indices({make_integer_scalar(0, dtype)}, indices);
}

// An index vector for each example: (batch, rank).
Array stack_indices(std::int64_t size, std::span<const Array> indices,
                    std::span<const std::int64_t> dims) {
  std::vector<Array> columns;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    columns.push_back(
        broadcast_in_dim(indices[i], {size, 1}, dims[i] == kNotBatched ? Axes{} : Axes{0}));
  }
  return concatenate(columns, 1);
}

// Operands: the array, then an index for each dimension.
class DynamicSlice final : public Primitive {
 public:
  explicit DynamicSlice(Shape sizes) : sizes_(std::move(sizes)) {}
  std::string_view name() const override { return "dynamic_slice"; }
  void params(ParamSink& sink) const override { sink("slice_sizes", sizes_); }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter& emitter, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return emitter.op("stablehlo.dynamic_slice", operands,
                      str_cat("slice_sizes = ", mlir_i64_array(sizes_)), results);
  }

 private:
  Array batch_indices(const BatchAxis&, std::span<const Array>,
                      std::span<const std::int64_t>) const;
  const Shape sizes_;
};

// Operands: the array, the update, then an index for each dimension.
class DynamicUpdateSlice final : public Primitive {
 public:
  std::string_view name() const override { return "dynamic_update_slice"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter& emitter, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return emitter.op("stablehlo.dynamic_update_slice", operands, "", results);
  }
};

Array bind_slice(const Array& x, std::span<const Array> indices, const Shape& sizes) {
  return bind1(make_ref<const DynamicSlice>(sizes), with_indices({x}, indices));
}
Array bind_update(const Array& x, const Array& update, std::span<const Array> indices) {
  return bind1(the<DynamicUpdateSlice>(), with_indices({x, update}, indices));
}

std::vector<Aval> DynamicSlice::infer(std::span<const Aval> operands) const {
  check_indices(*this, operands[0], operands.subspan(1));
  check_fits(*this, sizes_, operands[0]);
  return {operands[0].with_shape(sizes_)};
}

JvpResult DynamicSlice::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const auto indices = x.subspan(1);
  return {{bind_slice(x[0], indices, sizes_)},
          {t[0].defined() ? bind_slice(t[0], indices, sizes_) : Tangent()}};
}

std::vector<Tangent> DynamicSlice::transpose(std::span<const Tangent> cotangents,
                                             std::span<const Operand> operands) const {
  const Array& ct = cotangents[0];
  std::vector<Array> indices;
  for (const Operand& operand : operands.subspan(1)) indices.push_back(operand.value);
  std::vector<Tangent> out(operands.size());
  out[0] = bind_update(zeros(operands[0].aval.shape(), ct.dtype()), ct, indices);
  return out;
}

Batched DynamicSlice::batch(const BatchAxis& axis, std::span<const Array> x,
                            std::span<const std::int64_t> dims) const {
  if (!none_batched(dims.subspan(1))) return {{batch_indices(axis, x, dims)}, {0}};
  Shape sizes = sizes_;
  sizes.insert(sizes.begin(), axis.size);
  const Array operand = move_batch_axis(x[0], axis.size, dims[0], 0);
  return {{bind_slice(operand, behind_front(x.subspan(1)), sizes)}, {0}};
}

// A gather, with the index vectors as batch.
Array DynamicSlice::batch_indices(const BatchAxis& axis, std::span<const Array> x,
                                  std::span<const std::int64_t> dims) const {
  const Axes all = iota_axes(static_cast<std::int64_t>(sizes_.size()));
  const Array indices = stack_indices(axis.size, x.subspan(1), dims.subspan(1));
  GatherDimensionNumbers to{shifted(all), {}, all};
  GatherOptions options{.mode = GatherScatterMode::Clip};
  if (dims[0] == kNotBatched) return gather(x[0], indices, to, sizes_, options);
  to.start_index_map = shifted(all);
  to.operand_batching_dims = to.start_indices_batching_dims = {0};
  options.unique_indices = options.indices_are_sorted = true;
  Shape sizes = sizes_;
  sizes.insert(sizes.begin(), axis.size == 0 ? 0 : 1);
  return gather(move_batch_axis(x[0], axis.size, dims[0], 0), indices, to, sizes, options);
}

std::vector<Aval> DynamicUpdateSlice::infer(std::span<const Aval> operands) const {
  check_indices(*this, operands[0], operands.subspan(2));
  check_fits(*this, operands[1].shape(), operands[0]);
  if (operands[0].dtype() != operands[1].dtype()) {
    throw DTypeError(str_cat("dynamic_update_slice: operand and update must have one dtype, got ",
                             name_of(operands[0].dtype()), " and ", name_of(operands[1].dtype())));
  }
  return {operands[0].strong()};
}

JvpResult DynamicUpdateSlice::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const auto indices = x.subspan(2);
  const Array y = bind_update(x[0], x[1], indices);
  if (!t[0].defined() && !t[1].defined()) return {{y}, {{}}};
  return {{y},
          {bind_update(instantiate(t[0], x[0].aval()), instantiate(t[1], x[1].aval()), indices)}};
}

std::vector<Tangent> DynamicUpdateSlice::transpose(std::span<const Tangent> cotangents,
                                                   std::span<const Operand> operands) const {
  const Array& ct = cotangents[0];
  const Shape& update = operands[1].aval.shape();
  std::vector<Array> indices;
  for (const Operand& operand : operands.subspan(2)) indices.push_back(operand.value);
  std::vector<Tangent> out(operands.size());
  if (operands[0].is_linear()) out[0] = bind_update(ct, zeros(update, ct.dtype()), indices);
  if (operands[1].is_linear()) out[1] = bind_slice(ct, indices, update);
  return out;
}

Batched DynamicUpdateSlice::batch(const BatchAxis& axis, std::span<const Array> x,
                                  std::span<const std::int64_t> dims) const {
  const Array operand = move_batch_axis(x[0], axis.size, dims[0], 0);
  const Array update = move_batch_axis(x[1], axis.size, dims[1], 0);
  if (none_batched(dims.subspan(2))) {
    return {{bind_update(operand, update, behind_front(x.subspan(2)))}, {0}};
  }
  const Axes window = shifted(iota_axes(operand.ndim() - 1));
  const ScatterDimensionNumbers to{window, {}, window, {0}, {0}};
  return {
      {scatter(
          operand, stack_indices(axis.size, x.subspan(2), dims.subspan(2)), update, to,
          {.indices_are_sorted = true, .unique_indices = true, .mode = GatherScatterMode::Clip})},
      {0}};
}

// The dtype all indices go in: that of the arrays, int32 when there are only C++ numbers.
DType common_dtype(const Indices& indices) {
  std::optional<DType> dtype;
  for (const Array& index : indices) {
    if (!is_integer(index.dtype()) || index.weak()) continue;
    dtype = dtype ? promote_types(*dtype, index.dtype()) : index.dtype();
  }
  return dtype.value_or(DType::I32);
}

// An index of a C++ number is made positive here, others by the program.
Array from_front(const Array& index, std::int64_t size, DType dtype, bool allow_negative) {
  if (!is_integer(index.dtype())) {
    throw DTypeError(
        str_cat("indices of a dynamic slice must be integers, got ", name_of(index.dtype())));
  }
  if (const ScalarValue* known = as_scalar(index)) {
    const bool negative = !is_unsigned_int(index.dtype()) && known->integer() < 0;
    if (negative && !allow_negative) {
      throw ValueError(str_cat("index ", known->integer(),
                               " of a dynamic slice is negative, and "
                               "allow_negative_indices is false"));
    }
    return make_integer_scalar(known->integer() + (negative ? size : 0), dtype);
  }
  Array out = index.dtype() == dtype ? index : convert_element_type(index, dtype);
  if (!allow_negative || is_unsigned_int(index.dtype())) return out;
  return select(lt(out, make_integer_scalar(0, dtype)), add(out, make_integer_scalar(size, dtype)),
                out);
}

std::vector<Array> normalize(const Array& operand, const Indices& indices, bool allow_negative) {
  if (static_cast<std::int64_t>(indices.size()) != operand.ndim()) {
    throw ShapeError(str_cat("a dynamic slice needs an index for each dimension: got ",
                             indices.size(), " for shape ", to_text(operand.shape())));
  }
  const DType dtype = common_dtype(indices);
  std::vector<Array> out;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    out.push_back(from_front(indices[i], operand.shape()[i], dtype, allow_negative));
  }
  return out;
}

// Zeros except for one axis.
Indices along(std::int64_t rank, std::int64_t axis, const Array& index) {
  Indices out(static_cast<std::size_t>(rank), Array(0));
  out[static_cast<std::size_t>(axis)] = index;
  return out;
}

}  // namespace

Array dynamic_slice(const Array& operand, const Indices& start_indices, const Shape& slice_sizes,
                    bool allow_negative_indices) {
  const auto indices = normalize(operand, start_indices, allow_negative_indices);
  if (indices.empty()) return operand;
  return bind_slice(operand, indices, slice_sizes);
}

Array dynamic_update_slice(const Array& operand, const Array& update, const Indices& start_indices,
                           bool allow_negative_indices) {
  const auto indices = normalize(operand, start_indices, allow_negative_indices);
  if (indices.empty() && operand.aval() == update.aval()) return update;
  return bind_update(operand, update, indices);
}

Array dynamic_slice_in_dim(const Array& operand, const Array& start_index, std::int64_t slice_size,
                           std::int64_t axis, bool allow_negative_indices) {
  axis = normalize_axis(axis, operand.ndim(), "dynamic_slice_in_dim");
  Shape sizes = operand.shape();
  sizes[static_cast<std::size_t>(axis)] = slice_size;
  return dynamic_slice(operand, along(operand.ndim(), axis, start_index), sizes,
                       allow_negative_indices);
}

Array dynamic_index_in_dim(const Array& operand, const Array& index, std::int64_t axis,
                           bool keepdims, bool allow_negative_indices) {
  axis = normalize_axis(axis, operand.ndim(), "dynamic_index_in_dim");
  const Array out = dynamic_slice_in_dim(operand, index, 1, axis, allow_negative_indices);
  return keepdims ? out : squeeze(out, {axis});
}

Array dynamic_update_slice_in_dim(const Array& operand, const Array& update,
                                  const Array& start_index, std::int64_t axis,
                                  bool allow_negative_indices) {
  axis = normalize_axis(axis, operand.ndim(), "dynamic_update_slice_in_dim");
  return dynamic_update_slice(operand, update, along(operand.ndim(), axis, start_index),
                              allow_negative_indices);
}

Array dynamic_update_index_in_dim(const Array& operand, const Array& update, const Array& index,
                                  std::int64_t axis, bool allow_negative_indices) {
  axis = normalize_axis(axis, operand.ndim(), "dynamic_update_index_in_dim");
  const bool whole = update.ndim() == operand.ndim();
  return dynamic_update_slice_in_dim(operand, whole ? update : expand_dims(update, {axis}), index,
                                     axis, allow_negative_indices);
}

}  // namespace linum::lax
