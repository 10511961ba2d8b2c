// Linear algebra of jax.lax on the matrices in the last two axes; axes before them are batch axes.
#pragma once

#include "linum/core/array.h"

namespace linum::lax {

// The lower triangular L with L L^H = x, of a Hermitian positive definite x of which the lower
// triangle is read; NaN where x is not positive definite. With symmetrize_input, of (x + x^H) / 2.
Array cholesky(const Array& x, bool symmetrize_input = true);

struct TriangularSolveOptions {
  bool left_side = false;    // a x = b, else x a = b
  bool lower = false;        // which triangle of a is read
  bool transpose_a = false;  // a^T in place of a
  bool conjugate_a = false;
  bool unit_diagonal = false;  // the diagonal is ones, and not read
};
// x, of b's shape. The batch axes of a and b are the same.
Array triangular_solve(const Array& a, const Array& b, const TriangularSolveOptions& options = {});

// What lies on and below (above) diagonal k of the last two axes, zeros elsewhere.
Array lower_triangle(const Array& x, std::int64_t k = 0);
Array upper_triangle(const Array& x, std::int64_t k = 0);
// The conjugate transpose of the last two axes.
Array adjoint(const Array& x);

}  // namespace linum::lax
