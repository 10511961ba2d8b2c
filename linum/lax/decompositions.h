// jax.lax.linalg: decompositions of the matrices in the last two axes; axes before are batch axes.
// float32, float64, complex64 and complex128, computed by LAPACK on the CPU. lu, geqrf, qr,
// householder_product and tridiagonal_solve run on every platform, the others throw PluginError
// elsewhere. A matrix for which LAPACK finds no solution gives NaN.
#pragma once

#include <optional>
#include <utility>

#include "linum/core/array.h"
#include "linum/lax/linalg.h"

namespace linum::lax::linalg {

using lax::cholesky;
using lax::triangular_solve;

// Which eigenvalues (ascending) or singular values (descending) to compute: those numbered first,
// ..., second - 1. No platform here computes a part: other than the whole range gives types
// (eval_shape), and a PluginError when it is compiled. ValueError: no range of these values.
using IndexRange = std::pair<std::int64_t, std::int64_t>;

// --- eigenvalues ------------------------------------------------------------------------------

// x v = v diag(w) of a Hermitian x: w (..., n) real and ascending, v (..., n, n) with the
// eigenvectors as columns. With symmetrize_input, of (x + x^H) / 2; else of the triangle that
// `lower` names.
struct Eigh {
  Array v, w;
};
struct EighOptions {
  bool lower = true;
  bool symmetrize_input = true;
  std::optional<IndexRange> subset_by_index = {};
};
Eigh eigh(const Array& x, const EighOptions& options = {});

// x vr = vr diag(w) and vl^H x = diag(w) vl^H of any square x: all complex, each vector of length 1
// with a real greatest element; those not asked for are undefined. The vectors' derivative holds
// only where all eigenvalues differ, so it has to be allowed (else: TransformError).
struct Eig {
  Array w, vl, vr;
};
struct EigOptions {
  bool compute_left_eigenvectors = true;
  bool compute_right_eigenvectors = true;
  bool enable_eigvec_derivs = false;
};
Eig eig(const Array& x, const EigOptions& options = {});

// x = q t q^H: t upper triangular, of a real x with blocks of two on the diagonal for pairs of
// complex eigenvalues. Without compute_schur_vectors q is undefined. Not differentiable.
struct Schur {
  Array t, q;
};
Schur schur(const Array& x, bool compute_schur_vectors = true);

// --- singular values --------------------------------------------------------------------------

enum class SvdAlgorithm : std::uint8_t { Default, QR, DivideAndConquer };  // Default: the last
// x = u diag(s) vh: s (..., k) descending with k = min(m, n), u (..., m, k) and vh (..., k, n), or
// square with full_matrices. Without compute_uv u and vh are undefined. The derivative of the
// vectors needs full_matrices = false unless x is square (else: TransformError).
struct Svd {
  Array u, s, vh;
};
struct SvdOptions {
  bool full_matrices = true;
  bool compute_uv = true;
  SvdAlgorithm algorithm = SvdAlgorithm::Default;
  std::optional<IndexRange> subset_by_index = {};  // not with full_matrices: ValueError
};
Svd svd(const Array& x, const SvdOptions& options = {});

// x = u h: u with orthonormal columns, h Hermitian positive semidefinite, by the QR-based Halley
// iteration with dynamic weights (Nakatsukasa, Bai, Gygi 2010). x must not have more columns than
// rows. It ends when a step moves u by less than (5 eps)^(1/3), eps by default the dtype's.
// num_iters (int32) and is_converged (bool) have the batch axes' shape. Not differentiable.
struct Qdwh {
  Array u, h, num_iters, is_converged;
};
Qdwh qdwh(const Array& x, std::int64_t max_iterations = 10, std::optional<double> eps = {});

// --- triangular factors -----------------------------------------------------------------------

// The rows of x in the order `permutation` (..., m) are L U: L, whose diagonal is ones, below the
// diagonal of lu, U on and above it. Row i was swapped with row pivots[i] (..., min(m, n)); int32.
struct Lu {
  Array lu, pivots, permutation;
};
Lu lu(const Array& x);
// The permutation of so many rows that a list of swaps makes. Throws ShapeError when there are
// more swaps than rows.
Array lu_pivots_to_permutation(const Array& pivots, std::int64_t permutation_size);
// x with a x = b, a^T x = b or a^H x = b (trans 0, 1, 2) from a's factors; b is (..., m, n).
Array lu_solve(const Array& lu, const Array& permutation, const Array& b, int trans = 0);

// x = q r: orthonormal columns and upper triangular, with min(m, n) columns and rows, or m with
// full_matrices. With pivoting x[:, p] = q r, the diagonal of r not growing; else p is undefined.
struct Qr {
  Array q, r, p;
};
struct QrOptions {
  bool pivoting = false;
  bool full_matrices = true;
};
Qr qr(const Array& x, const QrOptions& options = {});

// The reflections H_i = I - taus_i v_i v_i^H that triangularize x: r on and above the diagonal of
// a, below it the v_i without their leading 1. Not differentiable, as what follows.
struct Reflections {
  Array a, taus;
};
Reflections geqrf(const Array& x);
// H_1 H_2 ... H_k: the first columns, as many as a has. a must not have more columns than rows.
Array householder_product(const Array& a, const Array& taus);
// Their product Q, m by m, times c: Q c, Q^H c (transpose), c Q or c Q^H (left = false).
Array ormqr(const Array& a, const Array& taus, const Array& c, bool left = true,
            bool transpose = false);

// The upper triangular factor of r^T r + w w^T, for a real r (..., n, n) and w (..., n).
Array cholesky_update(const Array& r, const Array& w);
// alpha a a^T + beta c for a symmetric c; symmetrize_output copies the lower triangle up.
struct SymmetricProductOptions {
  double alpha = 1, beta = 0;
  bool symmetrize_output = false;
};
Array symmetric_product(const Array& a, const Array& c,
                        const SymmetricProductOptions& options = {});

// --- narrow forms -----------------------------------------------------------------------------

// q^H x q upper Hessenberg: on and above the diagonal below the main one of a; the reflections of
// q below that. Not differentiable.
Reflections hessenberg(const Array& x);

// A Hermitian x, of which one triangle is read, made tridiagonal: d (..., n) and e (..., n - 1) its
// diagonals, real; the reflections beyond them in a, their factors in taus. Not differentiable.
struct Tridiagonal {
  Array a, d, e, taus;
};
Tridiagonal tridiagonal(const Array& x, bool lower = true);
// x of the matrix with diagonals dl, d and du (each (..., m); dl[0] and du[m - 1] are not read)
// and b (..., m, n).
Array tridiagonal_solve(const Array& dl, const Array& d, const Array& du, const Array& b);

}  // namespace linum::lax::linalg
