#include "linum/np/diagonal.h"

#include <algorithm>

#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/indexing.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/reductions.h"

namespace linum::np {

// --- ones on diagonals ------------------------------------------------------------------------

static Array row_numbers(std::int64_t rows, std::int64_t columns, std::int64_t k) {
  Array i = lax::broadcasted_iota(int32, {rows, columns}, 0);
  return k == 0 ? i : i + k;
}
static Array column_numbers(std::int64_t rows, std::int64_t columns) {
  return lax::broadcasted_iota(int32, {rows, columns}, 1);
}

Array eye(std::int64_t rows, std::optional<std::int64_t> columns, std::int64_t k, DType dtype) {
  const std::int64_t width = columns.value_or(rows);
  if (rows < 0 || width < 0) {
    throw ShapeError(
        str_cat("eye: negative dimensions are not allowed, got ", rows, " and ", width));
  }
  return lax::convert_element_type(row_numbers(rows, width, k) == column_numbers(rows, width),
                                   dtype);
}
Array identity(std::int64_t n, DType dtype) { return eye(n, n, 0, dtype); }

Array tri(std::int64_t rows, std::optional<std::int64_t> columns, std::int64_t k, DType dtype) {
  const std::int64_t width = columns.value_or(rows);
  return lax::convert_element_type(row_numbers(rows, width, k) >= column_numbers(rows, width),
                                   dtype);
}

// --- triangles --------------------------------------------------------------------------------

static Array lower_mask(std::string_view what, const Array& x, std::int64_t k) {
  if (x.ndim() < 2) {
    throw ShapeError(str_cat("the argument of ", what, " must be at least 2-D, got ", x.aval()));
  }
  return broadcast_to(tri(x.shape(-2), x.shape(-1), k, bool_), x.shape());
}
Array tril(const Array& x, std::int64_t k) {
  return lax::select(lower_mask("tril", x, k), x, lax::zeros_like(x));
}
Array triu(const Array& x, std::int64_t k) {
  return lax::select(lower_mask("triu", x, k - 1), lax::zeros_like(x), x);
}

// --- diagonals --------------------------------------------------------------------------------

static std::int64_t diagonal_size(std::int64_t rows, std::int64_t columns, std::int64_t k) {
  return std::max(std::int64_t{0}, std::min(rows + std::min(k, std::int64_t{0}),
                                            columns - std::max(k, std::int64_t{0})));
}

Array diagonal(const Array& x, std::int64_t offset, std::int64_t axis1, std::int64_t axis2) {
  if (x.ndim() < 2) {
    throw ShapeError(str_cat("diagonal needs at least two dimensions, got ", x.aval()));
  }
  const Array matrices = moveaxis(x, {axis1, axis2}, {-2, -1});
  const std::int64_t n = diagonal_size(matrices.shape(-2), matrices.shape(-1), offset);
  Array near = lax::iota(int32, n), far = near + std::abs(offset);
  return offset >= 0 ? index(matrices, {ellipsis, near, far})
                     : index(matrices, {ellipsis, far, near});
}

static Array matrix_of_diagonal(const Array& v, std::int64_t k) {
  const std::int64_t n = v.size() + std::abs(k);
  const Array zero = lax::convert_element_type(0, v.dtype(), v.weak());
  const auto none = std::int64_t{0};
  Array padded = lax::pad(v, zero, {{std::max(none, -k), std::max(none, k), 0}});
  return where(eye(n, n, k, bool_), lax::expand_dims(padded, {1}), zero);
}

Array diag(const Array& x, std::int64_t k) {
  if (x.ndim() == 1) return matrix_of_diagonal(x, k);
  if (x.ndim() == 2) return diagonal(x, k);
  throw ShapeError(str_cat("diag input must be 1-D or 2-D, got ", x.aval()));
}
Array diagflat(const Array& x, std::int64_t k) { return matrix_of_diagonal(ravel(x), k); }

Array trace(const Array& x, std::int64_t offset, std::int64_t axis1, std::int64_t axis2,
            std::optional<DType> dtype) {
  const Array matrices = moveaxis(x, {axis1, axis2}, {-2, -1});
  const Array on = eye(matrices.shape(-2), matrices.shape(-1), offset, bool_);
  return sum(where(on, matrices, lax::zeros_like(matrices)), {.axis = {-2, -1}, .dtype = dtype});
}

Array fill_diagonal(const Array& x, const Array& values) {
  if (x.ndim() < 2) throw ShapeError(str_cat("fill_diagonal needs at least 2-D, got ", x.aval()));
  const std::int64_t n = *std::min_element(x.shape().begin(), x.shape().end());
  if (x.ndim() > 2 && x.size() > 0 && n != *std::max_element(x.shape().begin(), x.shape().end())) {
    throw ShapeError(
        str_cat("fill_diagonal: all dimensions must be of equal length, got ", x.aval()));
  }
  const std::vector<Array> places = diag_indices(n, x.ndim());
  return at(x, std::vector<Index>(places.begin(), places.end()))
      .set(values.ndim() == 0 ? values : resize(values, {n}));
}

// --- indices ----------------------------------------------------------------------------------

using Keep = bool (*)(std::int64_t row, std::int64_t column, std::int64_t k);
static IndexPair triangle_indices(std::int64_t rows, std::int64_t columns, std::int64_t k,
                                  Keep keep) {
  std::vector<std::int32_t> row, column;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      if (!keep(i, j, k)) continue;
      row.push_back(static_cast<std::int32_t>(i));
      column.push_back(static_cast<std::int32_t>(j));
    }
  }
  const Shape shape{static_cast<std::int64_t>(row.size())};
  return {Array::of<std::int32_t>(shape, row), Array::of<std::int32_t>(shape, column)};
}

IndexPair tril_indices(std::int64_t rows, std::int64_t k, std::optional<std::int64_t> columns) {
  return triangle_indices(rows, columns.value_or(rows), k,
                          [](auto i, auto j, auto offset) { return j <= i + offset; });
}
IndexPair triu_indices(std::int64_t rows, std::int64_t k, std::optional<std::int64_t> columns) {
  return triangle_indices(rows, columns.value_or(rows), k,
                          [](auto i, auto j, auto offset) { return j >= i + offset; });
}

static void require_matrix(std::string_view what, const Array& x) {
  if (x.ndim() != 2) throw ShapeError(str_cat(what, " accepts 2-D arrays only, got ", x.aval()));
}
IndexPair tril_indices_from(const Array& x, std::int64_t k) {
  require_matrix("tril_indices_from", x);
  return tril_indices(x.shape(0), k, x.shape(1));
}
IndexPair triu_indices_from(const Array& x, std::int64_t k) {
  require_matrix("triu_indices_from", x);
  return triu_indices(x.shape(0), k, x.shape(1));
}

std::vector<Array> diag_indices(std::int64_t n, std::int64_t ndim) {
  if (n < 0 || ndim < 0) {
    throw ValueError(
        str_cat("diag_indices: n and ndim must not be negative, got ", n, " and ", ndim));
  }
  return std::vector<Array>(static_cast<std::size_t>(ndim), lax::iota(int32, n));
}

std::vector<Array> diag_indices_from(const Array& x) {
  const bool is_cube =
      x.ndim() >= 2 && std::count(x.shape().begin(), x.shape().end(), x.shape(0)) == x.ndim();
  if (!is_cube) {
    throw ShapeError(str_cat("diag_indices_from: all dimensions must be of equal length, and at ",
                             "least two, got ", x.aval()));
  }
  return diag_indices(x.shape(0), x.ndim());
}

Array vander(const Array& x, std::optional<std::int64_t> n, bool increasing) {
  if (x.ndim() != 1) throw ShapeError(str_cat("vander: x must be 1-D, got ", x.aval()));
  const std::int64_t count = n.value_or(x.size());
  if (count < 0) throw ValueError(str_cat("vander: n must not be negative, got ", count));
  Array exponents = lax::iota(x.dtype(), count);
  if (!increasing) exponents = (count - 1) - exponents;
  return power(lax::expand_dims(x, {1}), lax::expand_dims(exponents, {0}));
}

}  // namespace linum::np
