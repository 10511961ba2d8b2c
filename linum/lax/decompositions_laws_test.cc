// The laws, for decompositions of matrices.
#include "linum/lax/decompositions.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/reflections.h"

namespace linum {

using X = std::span<const Array>;
using Arrays = std::vector<Array>;
namespace la = lax::linalg;

static std::vector<Law> eigenvalue_laws() {
  auto eigh = [](X x) {
    const la::Eigh f = la::eigh(x[0]);
    return Arrays{f.v, f.w};
  };
  // The derivative of complex vectors leaves their phases free, which LAPACK does not.
  auto of_any_phase = [](X x) {
    const la::Eigh f = la::eigh(x[0]);
    return Arrays{lax::mul(f.v, lax::conj(f.v)), f.w};
  };
  auto upper = [](X x) {
    const la::Eigh f = la::eigh(x[0], {.lower = false});
    return Arrays{f.v, f.w};
  };
  auto values = [](X x) {
    return Arrays{
        la::eig(x[0], {.compute_left_eigenvectors = false, .compute_right_eigenvectors = false}).w};
  };
  auto vectors = [](X x) {
    const la::Eig f = la::eig(x[0], {.enable_eigvec_derivs = true});
    return Arrays{f.w, f.vl, f.vr};
  };
  auto schur = [](X x) {
    const la::Schur f = la::schur(x[0]);
    return Arrays{f.t, f.q};
  };
  return {
      law("eigh", eigh, {real({3, 3})}).in_double(),
      law("eigh_upper", upper, {real({3, 3})}).in_double(),
      law("eigh_complex", of_any_phase, {complex({3, 3})}).in_double(),
      law("eigh_of_stacks", eigh, {real({2, 3, 3})}).in_double(),
      law("eig_values", values, {real({4, 4})}).up_to_order(1).in_double(),
      law("eig_vectors", vectors, {real({3, 3})}).within(1e-5).in_double(),
      law("eig_complex", vectors, {complex({3, 3})}).within(1e-5).in_double(),
      law("schur", schur, {real({4, 4})}).up_to_order(0).in_double(),
      law("schur_complex", schur, {complex({2, 3, 3})}).up_to_order(0).in_double(),
      law("schur_form", [](X x) { return Arrays{la::schur(x[0], false).t}; }, {real({3, 3})})
          .up_to_order(0)
          .in_double(),
  };
}
INSTANTIATE_TEST_SUITE_P(Eigenvalues, Laws, testing::ValuesIn(eigenvalue_laws()), law_name);

static FlatFn svd_with(la::SvdOptions options) {
  return [options](X x) {
    const la::Svd f = la::svd(x[0], options);
    return options.compute_uv ? Arrays{f.u, f.s, f.vh} : Arrays{f.s};
  };
}
static Arrays svd_of_any_phase(X x) {
  const la::Svd f = la::svd(x[0], {.full_matrices = false});
  return {lax::batch_matmul(f.u, f.vh), f.s};
}
static std::vector<Law> singular_value_laws() {
  const FlatFn thin = svd_with({.full_matrices = false});
  return {
      law("svd", thin, {real({3, 3})}).within(1e-5).in_double(),
      law("svd_tall", thin, {real({4, 2})}).in_double(),
      law("svd_wide", thin, {real({2, 2, 3})}).in_double(),
      law("svd_complex", svd_of_any_phase, {complex({3, 2})}).in_double(),
      law("svd_values", svd_with({.compute_uv = false}), {complex({3, 2})}).in_double(),
      law("svd_full", svd_with({}), {real({2, 4})}).up_to_order(0).in_double(),
      law("svd_by_qr_iteration",
          svd_with({.full_matrices = false, .algorithm = la::SvdAlgorithm::QR}), {complex({4, 2})})
          .up_to_order(0)
          .in_double(),
      law("qdwh",
          [](X x) {
            const la::Qdwh f = la::qdwh(x[0]);
            return Arrays{f.u, f.h, f.num_iters, f.is_converged};
          },
          {real({4, 3})})
          .up_to_order(0)
          .in_double(),
  };
}
INSTANTIATE_TEST_SUITE_P(SingularValues, Laws, testing::ValuesIn(singular_value_laws()), law_name);

static std::vector<Law> lu_laws() {
  auto lu = [](X x) {
    const la::Lu f = la::lu(x[0]);
    return Arrays{f.lu, f.pivots, f.permutation};
  };
  auto solve = [](int trans) {
    return [trans](X x) {
      const la::Lu f = la::lu(x[0]);
      return Arrays{la::lu_solve(f.lu, f.permutation, x[1], trans)};
    };
  };
  return {
      law("lu", lu, {real({3, 3})}).within(1e-5).in_double(),
      law("lu_tall", lu, {real({2, 4, 2})}).within(1e-5).in_double(),
      law("lu_wide", lu, {complex({2, 3})}).within(1e-5).in_double(),
      law("lu_solve", solve(0), {real({3, 3}), real({3, 2})}).within(1e-5).in_double(),
      law("lu_solve_transposed", solve(1), {real({3, 3}), real({3, 2})}).within(1e-5).in_double(),
      law("lu_solve_adjoint", solve(2), {complex({3, 3}), complex({3, 2})})
          .within(1e-5)
          .in_double(),
      law("lu_pivots_to_permutation",
          [](X x) { return Arrays{la::lu_pivots_to_permutation(x[0], 5)}; },
          {given({2, 3}, {2, 1, 4, 0, 3, 2}, DType::I32)}),
  };
}
INSTANTIATE_TEST_SUITE_P(LU, Laws, testing::ValuesIn(lu_laws()), law_name);

static FlatFn qr_with(la::QrOptions options) {
  return [options](X x) {
    const la::Qr f = la::qr(x[0], options);
    return options.pivoting ? Arrays{f.q, f.r, f.p} : Arrays{f.q, f.r};
  };
}
static std::vector<Law> qr_laws() {
  auto geqrf = [](X x) {
    const la::Reflections f = la::geqrf(x[0]);
    return Arrays{f.a, f.taus};
  };
  auto geqp3 = [](X x) {
    const la::PivotedReflections f = la::geqp3(x[0]);
    return Arrays{f.reflections.a, f.reflections.taus, f.permutation};
  };
  auto ormqr = [](bool left, bool transpose) {
    return [=](X x) { return Arrays{la::ormqr(x[0], x[1], x[2], left, transpose)}; };
  };
  return {
      law("qr", qr_with({}), {real({3, 3})}).within(1e-5).in_double(),
      law("qr_tall", qr_with({.full_matrices = false}), {complex({4, 2})}).in_double(),
      law("qr_wide", qr_with({}), {real({2, 2, 3})}).in_double(),
      law("qr_complete", qr_with({}), {real({4, 2})}).in_double(),
      law("qr_pivoting", qr_with({.pivoting = true}), {real({3, 4})}).in_double(),
      law("geqrf", geqrf, {complex({3, 2})}).up_to_order(0).in_double(),
      law("geqp3", geqp3, {complex({3, 4})}).up_to_order(0).in_double(),
      law("householder_product", la::householder_product, {real({4, 3}), real({2})})
          .up_to_order(0)
          .in_double(),
      law("ormqr", ormqr(true, true), {complex({4, 3}), complex({2}), complex({4, 2})})
          .up_to_order(0)
          .in_double(),
      law("ormqr_right", ormqr(false, false), {real({3, 3}), real({3}), real({2, 3})})
          .up_to_order(0)
          .in_double(),
  };
}
INSTANTIATE_TEST_SUITE_P(QR, Laws, testing::ValuesIn(qr_laws()), law_name);

static std::vector<Law> narrow_form_laws() {
  auto hessenberg = [](X x) {
    const la::Reflections f = la::hessenberg(x[0]);
    return Arrays{f.a, f.taus};
  };
  auto tridiagonal = [](bool lower) {
    return [lower](X x) {
      const la::Tridiagonal f = la::tridiagonal(x[0], lower);
      return Arrays{f.a, f.d, f.e, f.taus};
    };
  };
  auto tridiagonal_solve = [](X x) {
    const Array d = lax::add(x[1], lax::full_like(x[1], Array(6.0)));
    return Arrays{la::tridiagonal_solve(x[0], d, x[2], x[3])};
  };
  auto symmetric_product = [](X x) {
    return Arrays{
        la::symmetric_product(x[0], x[1], {.alpha = 2, .beta = 0.5, .symmetrize_output = true})};
  };
  return {
      law("hessenberg", hessenberg, {real({4, 4})}).up_to_order(0).in_double(),
      law("tridiagonal", tridiagonal(true), {complex({4, 4})}).up_to_order(0).in_double(),
      law("tridiagonal_upper", tridiagonal(false), {real({4, 4})}).up_to_order(0).in_double(),
      law("tridiagonal_solve", tridiagonal_solve, {real({4}), real({4}), real({4}), real({4, 2})})
          .in_double(),
      law("tridiagonal_solve_complex", tridiagonal_solve,
          {complex({3}), complex({3}), complex({3}), complex({3, 1})})
          .in_double(),
      law("cholesky_update", la::cholesky_update, {positive({3, 3}), real({3})})
          .up_to_order(0)
          .in_double(),
      law("symmetric_product", symmetric_product, {real({3, 2}), real({3, 3})}),
  };
}
INSTANTIATE_TEST_SUITE_P(NarrowForms, Laws, testing::ValuesIn(narrow_form_laws()), law_name);

}  // namespace linum
