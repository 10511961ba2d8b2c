// jax.numpy.linalg: norms, factorizations and what they solve, on the matrices in the last two
// axes.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "linum/lax/decompositions.h"
#include "linum/np/contractions.h"
#include "linum/np/diagonal.h"
#include "linum/np/manipulation.h"

namespace linum::np::linalg {

// --- norms ------------------------------------------------------------------------------------

// A number p, "fro", or "nuc".
class Order {
 public:
  Order() = default;
  Order(double p) : p_(p) {}
  Order(const char* name) : name_(name) {}
  Order(std::string_view name) : name_(name) {}
  const std::optional<double>& p() const { return p_; }
  const std::string& name() const { return name_; }
  bool is_default() const { return !p_ && name_.empty(); }

 private:
  std::optional<double> p_;
  std::string name_;
};

struct NormOptions {
  NamedOnly named_only = {};
  // Of vectors: any number, 2 by default. Of matrices: "fro" by default; 1 and infinity (the
  // largest sum of a column, of a row), 2 (the largest singular value), or the same negative (the
  // smallest); "nuc" (the sum of the singular values).
  Order ord = {};
  AxisArg axis = {};  // one: of vectors; two: of matrices; none: of x as it is
  bool keepdims = false;
};
Array norm(const Array& x, const NormOptions& options = {});
Array vector_norm(const Array& x, const NormOptions& options = {});
Array matrix_norm(const Array& x, const Order& ord = {}, bool keepdims = false);

// --- factorizations ---------------------------------------------------------------------------

// The triangular L with L L^H = x, of a Hermitian positive definite x (else NaN): lower, or upper
// and U^H U = x.
Array cholesky(const Array& x, bool upper = false, bool symmetrize_input = true);
// x = Q R: orthonormal columns, and upper triangular. mode "reduced": Q has as many columns as the
// smaller of x's sizes; "complete": Q is square; "r": R alone, q is undefined; "raw": q is geqrf's
// result transposed and r its factors (lax::linalg::geqrf).
struct QR {
  Array q, r;
};
QR qr(const Array& x, std::string_view mode = "reduced");
// x = u diag(s) vh, s descending; hermitian: x is, which is faster. Without compute_uv u and vh are
// undefined. subset_by_index (first, last): as lax::linalg::svd's, with hermitian as eigh's.
struct SVD {
  Array u, s, vh;
};
struct SvdOptions {
  bool full_matrices = true;
  bool compute_uv = true;
  bool hermitian = false;
  std::optional<lax::linalg::IndexRange> subset_by_index = {};
};
SVD svd(const Array& x, const SvdOptions& options = {});
Array svdvals(const Array& x);
// Of any square x: complex, in no order; the eigenvectors are columns. Their derivative is refused
// (lax::linalg::eig has it); that of eigvals is not.
struct EigenResult {
  Array eigenvalues, eigenvectors;
};
EigenResult eig(const Array& x);
Array eigvals(const Array& x);
// Of a Hermitian x: real, ascending. uplo names the triangle that is read without symmetrize_input,
// "L" or "U"; else (x + x^H) / 2 is decomposed.
EigenResult eigh(const Array& x, std::string_view uplo = "L", bool symmetrize_input = true);
Array eigvalsh(const Array& x, std::string_view uplo = "L", bool symmetrize_input = true);

// --- from singular values ---------------------------------------------------------------------

struct RankOptions {
  NamedOnly named_only = {};
  Array rtol = {};  // one number, or one for each matrix
  bool hermitian = false;
  std::optional<lax::linalg::IndexRange> subset_by_index = {};
};
// How many singular values exceed rtol, by default eps times the greatest and the larger size.
// int32.
Array matrix_rank(const Array& x, const RankOptions& options = {});
// Moore and Penrose's inverse: singular values up to rtol times the greatest count as 0; by default
// 10 eps times the larger size.
Array pinv(const Array& x, const RankOptions& options = {});
// |x| |x^-1| in a matrix norm, by default 2; infinite for singular matrices.
Array cond(const Array& x, const Order& p = {});
// The x of least norm that makes |a x - b| least, for a vector b or each of its columns; with the
// squares of what is left (none, with numpy_resid, where NumPy has none), a's rank and its singular
// values. Those below rcond times the greatest count as 0, by default eps times the larger size.
struct LeastSquares {
  Array x, residuals, rank, s;
};
LeastSquares lstsq(const Array& a, const Array& b, std::optional<double> rcond = {},
                   bool numpy_resid = false);

// --- equations --------------------------------------------------------------------------------

// x with a x = b; b is a vector, or has matrices (their columns solved for) in its last axes.
Array solve(const Array& a, const Array& b);
Array inv(const Array& x);
Array det(const Array& x);
// det = sign exp(logabsdet).
struct SignLogDet {
  Array sign, logabsdet;
};
SignLogDet slogdet(const Array& x);
// x to a whole power, negative ones of its inverse.
Array matrix_power(const Array& x, std::int64_t n);
// The product of all, in the cheapest order; the first and the last may be vectors.
Array multi_dot(const std::vector<Array>& arrays,
                lax::Precision precision = lax::Precision::Default);
// The tensor that tensordot(_, x, ind) takes back; solution of tensordot(x, y, y.ndim) = b, the
// listed axes of x moved to the end first.
Array tensorinv(const Array& x, std::int64_t ind = 2);
Array tensorsolve(const Array& x, const Array& b, const Axes& axes = {});

// --- the array API's --------------------------------------------------------------------------

using np::matmul;
using np::matrix_transpose;
using np::outer;
using np::tensordot;
using np::vecdot;
Array cross(const Array& x, const Array& y, std::int64_t axis = -1);
Array diagonal(const Array& x, std::int64_t offset = 0);
Array trace(const Array& x, std::int64_t offset = 0, std::optional<DType> dtype = {});

}  // namespace linum::np::linalg
