// Matrices with ones on diagonals, and the diagonals and triangles of matrices. Diagonal k > 0 lies
// above the main one.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "linum/core/array.h"

namespace linum::np {

// Ones on diagonal k; square unless `columns` is given.
Array eye(std::int64_t rows, std::optional<std::int64_t> columns = {}, std::int64_t k = 0,
          DType dtype = float32);
Array identity(std::int64_t n, DType dtype = float32);
// Ones on and below diagonal k.
Array tri(std::int64_t rows, std::optional<std::int64_t> columns = {}, std::int64_t k = 0,
          DType dtype = float32);

// Zeros above (tril) or below (triu) diagonal k, of the last two axes.
Array tril(const Array& x, std::int64_t k = 0);
Array triu(const Array& x, std::int64_t k = 0);
// The diagonal of a matrix, or the matrix with this diagonal.
Array diag(const Array& x, std::int64_t k = 0);
Array diagflat(const Array& x, std::int64_t k = 0);
// The diagonals of the matrices in axis1 and axis2, as a new last axis.
Array diagonal(const Array& x, std::int64_t offset = 0, std::int64_t axis1 = 0,
               std::int64_t axis2 = 1);
// Their sum.
Array trace(const Array& x, std::int64_t offset = 0, std::int64_t axis1 = 0, std::int64_t axis2 = 1,
            std::optional<DType> dtype = {});
// x with `values` on its main diagonal.
Array fill_diagonal(const Array& x, const Array& values);

using IndexPair = std::pair<Array, Array>;
// Rows and columns of the entries of a triangle, in row-major order.
IndexPair tril_indices(std::int64_t rows, std::int64_t k = 0,
                       std::optional<std::int64_t> columns = {});
IndexPair triu_indices(std::int64_t rows, std::int64_t k = 0,
                       std::optional<std::int64_t> columns = {});
IndexPair tril_indices_from(const Array& x, std::int64_t k = 0);
IndexPair triu_indices_from(const Array& x, std::int64_t k = 0);
// The indices of a main diagonal, one array for each axis.
std::vector<Array> diag_indices(std::int64_t n, std::int64_t ndim = 2);
std::vector<Array> diag_indices_from(const Array& x);

// Powers of x as columns, n of them, the highest first unless increasing.
Array vander(const Array& x, std::optional<std::int64_t> n = {}, bool increasing = false);

}  // namespace linum::np
