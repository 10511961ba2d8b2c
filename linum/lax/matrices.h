// Small operations on matrices in the last two axes, for the rules of linear algebra.
#pragma once

#include "linum/core/array.h"

namespace linum::lax {

// x y, as exactly as the platform can.
Array product(const Array& x, const Array& y);
// Ones on the diagonal of matrices of x's shape and dtype.
Array eye_like(const Array& x);
// The diagonals (..., min(m, n)), and square matrices that have them and zeros elsewhere.
Array diagonal_of(const Array& x);
Array with_diagonal(const Array& d);
// The vectors (..., n) as the rows (columns) of matrices of like's shape, one for all rows.
Array as_rows(const Array& v, const Array& like);
Array as_columns(const Array& v, const Array& like);
// Without conjugation.
Array matrix_transpose(const Array& x);
// The rows of each matrix in the order of its indices (..., m).
Array take_rows(const Array& x, const Array& indices);
// Rows (columns) start, ..., stop - 1.
Array rows(const Array& x, std::int64_t start, std::int64_t stop);
Array columns(const Array& x, std::int64_t start, std::int64_t stop);
// With rows (columns) of zeros below (behind), up to this many.
Array pad_rows(const Array& x, std::int64_t count);
Array pad_columns(const Array& x, std::int64_t count);
// (x + x^H) / 2
Array symmetrize(const Array& x);
// x times a number.
Array scaled(const Array& x, double factor);
// x itself where it is real.
Array conjugate(const Array& x);
Array real_part(const Array& x);
// An int32.
Array integer(std::int64_t i);

}  // namespace linum::lax
