#include "linum/lax/index_checks.h"

#include <algorithm>
#include <limits>

#include "linum/core/value.h"
#include "linum/lax/structure.h"

namespace linum::lax {

void DimensionCheck::unique_in_range(const Axes& dims, std::int64_t rank,
                                     std::string_view name) const {
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < 0 || dims[i] >= rank) {
      throw ShapeError(
          str_cat(operation, ": ", name, " must be in [0, ", rank, "), got ", to_text(dims)));
    }
    if (std::count(dims.begin(), dims.end(), dims[i]) != 1) {
      throw ShapeError(str_cat(operation, ": ", name, " must not repeat, got ", to_text(dims)));
    }
  }
}

void DimensionCheck::sorted_unique(const Axes& dims, std::int64_t rank,
                                   std::string_view name) const {
  unique_in_range(dims, rank, name);
  if (!std::is_sorted(dims.begin(), dims.end())) {
    throw ShapeError(str_cat(operation, ": ", name, " must be sorted, got ", to_text(dims)));
  }
}

void DimensionCheck::disjoint(const Axes& a, std::string_view a_name, const Axes& b,
                              std::string_view b_name) const {
  for (const std::int64_t dim : a) {
    if (contains(b, dim)) {
      throw ShapeError(str_cat(operation, ": ", a_name, " and ", b_name, " must be disjoint, got ",
                               to_text(a), " and ", to_text(b)));
    }
  }
}

void DimensionCheck::batching(const Shape& operand, const Axes& operand_dims, const Shape& indices,
                              const Axes& indices_dims) const {
  sorted_unique(operand_dims, static_cast<std::int64_t>(operand.size()), "operand_batching_dims");
  unique_in_range(indices_dims, static_cast<std::int64_t>(indices.size()) - 1,
                  "indices batching dims (the last axis is the index vector)");
  if (operand_dims.size() != indices_dims.size() ||
      sizes_at(operand, operand_dims) != sizes_at(indices, indices_dims)) {
    throw ShapeError(str_cat(operation, ": the batching dimensions ", to_text(operand_dims),
                             " of the operand ", to_text(operand), " and ", to_text(indices_dims),
                             " of the indices ", to_text(indices),
                             " must be as many and as large"));
  }
}

void DimensionCheck::index_vector(const Aval& indices, const Axes& map,
                                  std::string_view name) const {
  if (!is_integer(indices.dtype())) {
    throw DTypeError(
        str_cat(operation, ": indices must be integers, got ", linum::name_of(indices.dtype())));
  }
  if (indices.rank() == 0 ||
      indices.dim(indices.rank() - 1) != static_cast<std::int64_t>(map.size())) {
    throw ShapeError(str_cat(operation, ": the last axis of the indices ", to_text(indices.shape()),
                             " must have one entry for each of ", name, " = ", to_text(map)));
  }
}

Axes shifted(const Axes& dims) {
  Axes out = dims;
  for (std::int64_t& dim : out) ++dim;
  return out;
}

Axes shifted_with_front(const Axes& dims) {
  Axes out = shifted(dims);
  out.insert(out.begin(), 0);
  return out;
}

Shape sizes_at(const Shape& shape, const Axes& dims) {
  Shape out;
  out.reserve(dims.size());
  for (const std::int64_t dim : dims) out.push_back(shape[static_cast<std::size_t>(dim)]);
  return out;
}

Array index_vector(std::span<const std::int64_t> values, DType dtype) {
  std::vector<Array> parts;
  for (const std::int64_t value : values) {
    parts.push_back(full({1}, make_integer_scalar(value, dtype)));
  }
  if (parts.empty()) return zeros({0}, dtype);
  return parts.size() == 1 ? parts[0] : concatenate(parts, 0);
}

std::int64_t largest_index(DType dtype) {
  const int bits = static_cast<int>(item_size(dtype)) * 8 - (is_signed_int(dtype) ? 1 : 0);
  return bits > 62 ? std::numeric_limits<std::int64_t>::max() : (std::int64_t{1} << bits) - 1;
}

DType index_dtype_for(const Shape& shape, bool is_signed) {
  const DType narrow = is_signed ? DType::I32 : DType::U32;
  for (const std::int64_t size : shape) {
    if (size > largest_index(narrow)) return is_signed ? DType::I64 : DType::U64;
  }
  return narrow;
}

}  // namespace linum::lax
