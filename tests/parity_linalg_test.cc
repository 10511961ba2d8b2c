// jax.lax.linalg. What depends on the signs and phases of vectors is compared without them.
#include "linum/lax/decompositions.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "tests/parity/linalg/factors_testlib.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

namespace la = lax::linalg;
// --- eigenvalues and singular values ----------------------------------------------------------

Arrays from_eigh(const la::Eigh& f) {
  return {f.w, dot(f.v * row(np::exp(f.w)), lax::adjoint(f.v))};
}
Arrays from_svd(const la::Svd& f) { return {f.s, dot(f.u * row(np::exp(-f.s)), f.vh)}; }
Arrays eigh(const Tree& in) { return from_eigh(la::eigh(in[0])); }
Arrays svd(const Tree& in) { return from_svd(la::svd(in[0], {.full_matrices = false})); }
Array eigenvalues(const Array& x) {
  return la::eig(x, {.compute_left_eigenvectors = false, .compute_right_eigenvectors = false}).w;
}
Arrays eig(const Tree& in) {
  const la::Eig f = la::eig(in[0], {.enable_eigvec_derivs = true});
  return {f.w, np::abs(f.vl), np::abs(f.vr)};
}

PARITY("lax.linalg.eigh", eigh);
PARITY("lax.linalg.eigh:upper", [](const Tree& in) {
  return from_eigh(la::eigh(in[0], {.lower = false, .symmetrize_input = false}));
});
PARITY("lax.linalg.eigh:complex", eigh);
PARITY("lax.linalg.eigh:float64", eigh);
PARITY("lax.linalg.eigh:nan", [](const Tree& in) {
  const la::Eigh f = la::eigh(in[0]);
  return Arrays{f.v, f.w};
});
PARITY("lax.linalg.eig", eig);
PARITY("lax.linalg.eig:complex", eig);
PARITY("lax.linalg.eig:values", [](const Tree& in) { return Arrays{eigenvalues(in[0])}; });
PARITY("lax.linalg.eig:float64", [](const Tree& in) {
  const Array w = eigenvalues(in[0]);
  return Arrays{np::real(w), np::imag(w)};
});
PARITY("lax.linalg.eig:left", [](const Tree& in) {
  const la::Eig f = la::eig(in[0], {.compute_right_eigenvectors = false});
  return Arrays{np::abs(f.w), np::abs(f.vl)};
});

Arrays schur(const Tree& in) {
  const auto [t, q] = la::schur(in[0]);
  return {np::abs(np::linalg::diagonal(t)), dot(dot(q, t), lax::adjoint(q)),
          dot(q, lax::adjoint(q))};
}
PARITY("lax.linalg.schur", schur);
PARITY("lax.linalg.schur:complex", schur);
PARITY("lax.linalg.schur:form",
       [](const Tree& in) { return np::abs(np::linalg::diagonal(la::schur(in[0], false).t)); });

PARITY("lax.linalg.svd", svd);
PARITY("lax.linalg.svd:tall", svd);
PARITY("lax.linalg.svd:wide", svd);
PARITY("lax.linalg.svd:float64", svd);
PARITY("lax.linalg.svd:values",
       [](const Tree& in) { return la::svd(in[0], {.compute_uv = false}).s; });
Arrays full_svd(const Array& x, la::SvdAlgorithm algorithm) {
  const auto [u, s, vh] = la::svd(x, {.algorithm = algorithm});
  const std::int64_t k = s.shape(-1);
  const np::Slice first{.stop = k};
  const Array product = dot(np::index(u, {np::ellipsis, first}) * row(s),
                            np::index(vh, {np::ellipsis, first, np::Slice{}}));
  return {s, product, dot(u, lax::adjoint(u)), dot(vh, lax::adjoint(vh))};
}
PARITY("lax.linalg.svd:full",
       [](const Tree& in) { return full_svd(in[0], la::SvdAlgorithm::DivideAndConquer); });
PARITY("lax.linalg.svd:qr", [](const Tree& in) { return full_svd(in[0], la::SvdAlgorithm::QR); });
PARITY("lax.linalg.svd:empty", [](const Tree& in) {
  const auto [u, s, vh] = la::svd(in[0]);
  return Arrays{u, s, vh};
});
std::tuple<Array, Array, Array, Array> qdwh(const Tree& in) {
  const auto [u, h, num_iters, is_converged] = la::qdwh(in[0]);
  return {u, h, num_iters, is_converged};
}
PARITY("lax.linalg.qdwh", qdwh);
PARITY("lax.linalg.qdwh:complex", qdwh);

// --- triangular factors -----------------------------------------------------------------------

Arrays lu(const Tree& in) {
  const auto [lu, pivots, permutation] = la::lu(in[0]);
  return {lu, pivots, permutation};
}
PARITY("lax.linalg.lu", lu);
PARITY("lax.linalg.lu:tall", lu);
PARITY("lax.linalg.lu:wide", lu);
PARITY("lax.linalg.lu:complex", lu);
PARITY("lax.linalg.lu:singular", lu);
PARITY("lax.linalg.lu:float64", lu);
PARITY("lax.linalg.lu_pivots_to_permutation",
       [](const Tree& in) { return la::lu_pivots_to_permutation(in[0], 5); });

Arrays qr(const Tree& in) {
  const la::Qr f = la::qr(in[0]);
  return {f.q, f.r};
}
PARITY("lax.linalg.qr", qr);
PARITY("lax.linalg.qr:tall", qr);
PARITY("lax.linalg.qr:wide", qr);
PARITY("lax.linalg.qr:complex", qr);
PARITY("lax.linalg.qr:float64", qr);
PARITY("lax.linalg.qr:reduced", [](const Tree& in) {
  const la::Qr f = la::qr(in[0], {.full_matrices = false});
  return Arrays{f.q, f.r};
});
PARITY("lax.linalg.qr:pivoting", [](const Tree& in) {
  const auto [q, r, p] = la::qr(in[0], {.pivoting = true});
  return Arrays{q, r, p};
});

// --- complex128 by its parts ------------------------------------------------------------------

Arrays parts(const Arrays& values) {
  Arrays out;
  for (const Array& x : values) {
    if (is_complex(x.dtype())) out.push_back(np::real(x));
    out.push_back(is_complex(x.dtype()) ? np::imag(x) : x);
  }
  return out;
}
// f of the complex number whose parts the inputs are.
template <class F>
auto of_parts(F f) {
  return [f](const Tree& in) { return parts(f(Tree::list({lax::complex(in[0], in[1])}))); };
}
PARITY("lax.linalg.qr:complex128", of_parts([](const Tree& in) {
         const la::Qr f = la::qr(in[0]);
         return Arrays{f.q, f.r};
       }));
PARITY("lax.linalg.eigh:complex128", of_parts(eigh));
PARITY("lax.linalg.eig:complex128", of_parts(eig));
PARITY("lax.linalg.schur:complex128", of_parts(schur));
PARITY("lax.linalg.svd:complex128", of_parts(svd));
PARITY("lax.linalg.lu:complex128", of_parts([](const Tree& in) {
         const la::Lu f = la::lu(in[0]);
         return Arrays{f.lu, f.permutation};
       }));
PARITY("lax.linalg.cholesky:complex128", of_parts([](const Tree& in) {
         const Array z = in[0];
         return Arrays{la::cholesky(dot(z, lax::adjoint(z)) + np::identity(3, DType::F64))};
       }));

// --- reflections -------------------------------------------------------------------------------

Array householder_product(const Tree& in) { return la::householder_product(in[0], in[1]); }
PARITY("lax.linalg.householder_product", householder_product);
PARITY("lax.linalg.householder_product:complex", householder_product);
PARITY("lax.linalg.ormqr", [](const Tree& in) { return la::ormqr(in[0], in[1], in[2]); });
PARITY("lax.linalg.ormqr:right",
       [](const Tree& in) { return la::ormqr(in[0], in[1], in[2], false, true); });
PARITY("lax.linalg.cholesky", [](const Tree& in) { return la::cholesky(in[0]); });
PARITY("lax.linalg.triangular_solve", [](const Tree& in) {
  return la::triangular_solve(in[0], in[1], {.left_side = true, .lower = true});
});
PARITY("lax.linalg.cholesky_update",
       [](const Tree& in) { return la::cholesky_update(in[0], in[1]); });
PARITY("lax.linalg.symmetric_product", [](const Tree& in) {
  return la::symmetric_product(in[0], in[1], {.alpha = 2, .beta = 0.5, .symmetrize_output = true});
});

// --- narrow forms -----------------------------------------------------------------------------

Arrays hessenberg(const Tree& in) {
  const auto [a, taus] = la::hessenberg(in[0]);
  return {a, taus};
}
PARITY("lax.linalg.hessenberg", hessenberg);
PARITY("lax.linalg.hessenberg:complex", hessenberg);
PARITY("lax.linalg.hessenberg:float64", hessenberg);
Arrays tridiagonal(const Array& x, bool lower) {
  const auto [a, d, e, taus] = la::tridiagonal(x, lower);
  return {a, d, e, taus};
}
PARITY_TOL("lax.linalg.tridiagonal", 3e-5, "an element that is small beside the matrix",
           [](const Tree& in) { return tridiagonal(in[0], true); });
PARITY("lax.linalg.tridiagonal:upper", [](const Tree& in) { return tridiagonal(in[0], false); });
PARITY("lax.linalg.tridiagonal_solve",
       [](const Tree& in) { return la::tridiagonal_solve(in[0], in[1], in[2], in[3]); });

}  // namespace
}  // namespace linum
