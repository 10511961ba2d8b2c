// Factorizations: those of lax, with NumPy's names and promotion.
#include "linum/lax/decompositions.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/indexing.h"
#include "linum/np/linalg.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/sorting.h"
#include "linum/np/take.h"

namespace linum::np::linalg {

static Array inexact(const Array& x) { return strong(promote_dtypes_inexact(x)); }

Array cholesky(const Array& x, bool upper, bool symmetrize_input) {
  const Array lower = lax::cholesky(inexact(x), symmetrize_input);
  return upper ? lax::adjoint(lower) : lower;
}

QR qr(const Array& x, std::string_view mode) {
  const Array a = inexact(x);
  if (mode == "raw") {
    const auto [factors, taus] = lax::linalg::geqrf(a);
    return {matrix_transpose(factors), taus};
  }
  if (mode != "reduced" && mode != "r" && mode != "complete") {
    throw ValueError(
        str_cat(R"(qr: mode must be "reduced", "complete", "r" or "raw", got ")", mode, "\""));
  }
  const auto f = lax::linalg::qr(a, {.full_matrices = mode == "complete"});
  return {mode == "r" ? Array() : f.q, f.r};
}

// --- singular values --------------------------------------------------------------------------

// From the eigenvalues, whose sizes they are.
static SVD hermitian_svd(const Array& x, const SvdOptions& options) {
  const auto [v, w] = lax::linalg::eigh(x, {.subset_by_index = options.subset_by_index});
  const Array order = flip(argsort(abs(w)), -1);
  const Array s = take_along_axis(abs(w), order, -1);
  if (!options.compute_uv) return {.u = {}, .s = s, .vh = {}};
  const Array u = take_along_axis(v, expand_dims(order, -2), -1);
  const Array signs = take_along_axis(sign(w), order, -1);
  const Array turned = u * lax::convert_element_type(expand_dims(signs, -2), u.dtype());
  return {u, s, lax::adjoint(turned)};
}

SVD svd(const Array& x, const SvdOptions& options) {
  const Array a = inexact(x);
  if (options.hermitian) return hermitian_svd(a, options);
  const auto f = lax::linalg::svd(a, {.full_matrices = options.full_matrices,
                                      .compute_uv = options.compute_uv,
                                      .subset_by_index = options.subset_by_index});
  return {f.u, f.s, f.vh};
}
Array svdvals(const Array& x) { return svd(x, {.compute_uv = false}).s; }

// --- eigenvalues ------------------------------------------------------------------------------

EigenResult eig(const Array& x) {
  const auto f = lax::linalg::eig(inexact(x), {.compute_left_eigenvectors = false});
  return {f.w, f.vr};
}
Array eigvals(const Array& x) {
  return lax::linalg::eig(inexact(x),
                          {.compute_left_eigenvectors = false, .compute_right_eigenvectors = false})
      .w;
}

EigenResult eigh(const Array& x, std::string_view uplo, bool symmetrize_input) {
  if (uplo != "L" && uplo != "U") {
    throw ValueError(str_cat(R"(eigh: uplo must be "L" or "U", got ")", uplo, "\""));
  }
  const auto f =
      lax::linalg::eigh(inexact(x), {.lower = uplo == "L", .symmetrize_input = symmetrize_input});
  return {f.w, f.v};
}
Array eigvalsh(const Array& x, std::string_view uplo, bool symmetrize_input) {
  return eigh(x, uplo, symmetrize_input).eigenvalues;
}

}  // namespace linum::np::linalg
