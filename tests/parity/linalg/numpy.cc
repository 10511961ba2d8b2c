// What of jax.numpy is made of jax.lax.linalg.
#include <cmath>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/random/random.h"
#include "tests/parity/linalg/factors_testlib.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

namespace nla = np::linalg;
// --- spectra ----------------------------------------------------------------------------------

Arrays from_eigh(const nla::EigenResult& f) {
  const auto& [w, v] = f;
  return {w, dot(v * row(np::exp(w)), lax::adjoint(v))};
}
Arrays from_svd(const nla::SVD& f) { return {f.s, dot(f.u * row(np::exp(-f.s)), f.vh)}; }
Array doubled(const Array& x) { return x + np::matrix_transpose(x); }

PARITY("numpy.linalg.eig", [](const Tree& in) {
  const auto [w, v] = nla::eig(in[0]);
  return Arrays{w, np::abs(v)};
});
PARITY("numpy.linalg.eigvals", [](const Tree& in) { return nla::eigvals(in[0]); });
PARITY("numpy.linalg.eigh", [](const Tree& in) { return from_eigh(nla::eigh(in[0])); });
PARITY("numpy.linalg.eigh:int", [](const Tree& in) { return from_eigh(nla::eigh(in[0])); });
PARITY("numpy.linalg.eigh:upper",
       [](const Tree& in) { return from_eigh(nla::eigh(in[0], "U", false)); });
PARITY("numpy.linalg.eigvalsh", [](const Tree& in) { return nla::eigvalsh(in[0]); });
PARITY("numpy.linalg.svd",
       [](const Tree& in) { return from_svd(nla::svd(in[0], {.full_matrices = false})); });
PARITY("numpy.linalg.svd:hermitian",
       [](const Tree& in) { return from_svd(nla::svd(doubled(in[0]), {.hermitian = true})); });
PARITY("numpy.linalg.svd:hermitian_values", [](const Tree& in) {
  return nla::svd(doubled(in[0]), {.compute_uv = false, .hermitian = true}).s;
});
PARITY("numpy.linalg.svdvals", [](const Tree& in) { return nla::svdvals(in[0]); });
PARITY("numpy.linalg.norm:two", [](const Tree& in) { return nla::norm(in[0], {.ord = 2}); });
PARITY("numpy.linalg.norm:minus_two", [](const Tree& in) { return nla::norm(in[0], {.ord = -2}); });
PARITY("numpy.linalg.norm:nuc", [](const Tree& in) { return nla::norm(in[0], {.ord = "nuc"}); });
PARITY("numpy.linalg.norm:two_axes", [](const Tree& in) {
  return nla::norm(in[0], {.ord = 2, .axis = {2, 0}, .keepdims = true});
});
PARITY("numpy.linalg.matrix_norm:nuc",
       [](const Tree& in) { return nla::matrix_norm(in[0], "nuc"); });
Arrays qr(const Array& x, std::string_view mode) {
  const auto [q, r] = nla::qr(x, mode);
  return {q, r};
}
PARITY("numpy.linalg.qr:raw", [](const Tree& in) { return qr(in[0], "raw"); });
PARITY("numpy.linalg.qr:r", [](const Tree& in) { return nla::qr(in[0], "r").r; });
PARITY("numpy.linalg.qr:complete_tall", [](const Tree& in) { return qr(in[0], "complete"); });
PARITY("numpy.linalg.det:stack", [](const Tree& in) { return nla::det(in[0]); });
PARITY("numpy.linalg.slogdet:complex", [](const Tree& in) {
  const auto [sign, logabsdet] = nla::slogdet(in[0]);
  return Arrays{sign, logabsdet};
});
PARITY("numpy.linalg.solve:complex", [](const Tree& in) { return nla::solve(in[0], in[1]); });

// --- from singular values ---------------------------------------------------------------------

PARITY("numpy.linalg.cond", [](const Tree& in) { return nla::cond(in[0]); });
PARITY("numpy.linalg.cond:minus_two", [](const Tree& in) { return nla::cond(in[0], -2); });
PARITY("numpy.linalg.cond:one", [](const Tree& in) { return nla::cond(in[0], 1); });
PARITY("numpy.linalg.cond:fro", [](const Tree& in) { return nla::cond(in[0], "fro"); });
PARITY("numpy.linalg.cond:nuc", [](const Tree& in) { return nla::cond(in[0], "nuc"); });
PARITY("numpy.linalg.cond:inf", [](const Tree& in) { return nla::cond(in[0], INFINITY); });
PARITY("numpy.linalg.cond:tall", [](const Tree& in) { return nla::cond(in[0]); });
PARITY("numpy.linalg.cond:singular", [](const Tree& in) { return nla::cond(in[0], "fro"); });
PARITY("numpy.linalg.matrix_rank", [](const Tree& in) { return nla::matrix_rank(in[0]); });
PARITY("numpy.linalg.matrix_rank:hermitian",
       [](const Tree& in) { return nla::matrix_rank(in[0], {.hermitian = true}); });
PARITY("numpy.linalg.matrix_rank:rtol",
       [](const Tree& in) { return nla::matrix_rank(in[0], {.rtol = 0.5}); });
PARITY("numpy.linalg.matrix_rank:vector", [](const Tree& in) { return nla::matrix_rank(in[0]); });
PARITY("numpy.linalg.pinv", [](const Tree& in) { return nla::pinv(in[0]); });
PARITY("numpy.linalg.pinv:wide", [](const Tree& in) { return nla::pinv(in[0]); });
PARITY("numpy.linalg.pinv:complex", [](const Tree& in) { return nla::pinv(in[0]); });
PARITY("numpy.linalg.pinv:float64", [](const Tree& in) { return nla::pinv(in[0]); });
PARITY("numpy.linalg.pinv:hermitian",
       [](const Tree& in) { return nla::pinv(in[0], {.hermitian = true}); });
PARITY("numpy.linalg.pinv:rtol", [](const Tree& in) { return nla::pinv(in[0], {.rtol = 0.9}); });

Arrays flat(const nla::LeastSquares& f) { return {f.x, f.residuals, f.rank, f.s}; }
PARITY("numpy.linalg.lstsq", [](const Tree& in) { return flat(nla::lstsq(in[0], in[1])); });
PARITY("numpy.linalg.lstsq:columns", [](const Tree& in) { return flat(nla::lstsq(in[0], in[1])); });
PARITY("numpy.linalg.lstsq:wide", [](const Tree& in) { return flat(nla::lstsq(in[0], in[1])); });
PARITY("numpy.linalg.lstsq:rcond",
       [](const Tree& in) { return flat(nla::lstsq(in[0], in[1], 0.99)); });
PARITY("numpy.linalg.lstsq:numpy_resid",
       [](const Tree& in) { return flat(nla::lstsq(in[0], in[1], {}, true)); });

// --- polynomials ------------------------------------------------------------------------------

PARITY("numpy.polyfit", [](const Tree& in) { return np::polyfit(in[0], in[1], 2).coefficients; });
PARITY("numpy.polyfit:columns",
       [](const Tree& in) { return np::polyfit(in[0], in[1], 1).coefficients; });
PARITY("numpy.polyfit:weights",
       [](const Tree& in) { return np::polyfit(in[0], in[1], 2, {.w = in[2]}).coefficients; });
PARITY("numpy.polyfit:full", [](const Tree& in) {
  const np::Polyfit f = np::polyfit(in[0], in[1], 2);
  return Arrays{f.coefficients, f.residuals, f.rank, f.singular_values, f.rcond};
});
Arrays with_covariance(const Tree& in, std::int64_t deg, np::FitCovariance cov) {
  const np::Polyfit f = np::polyfit(in[0], in[1], deg, {.cov = cov});
  return {f.coefficients, f.covariance};
}
PARITY("numpy.polyfit:cov",
       [](const Tree& in) { return with_covariance(in, 2, np::FitCovariance::Scaled); });
PARITY("numpy.polyfit:unscaled",
       [](const Tree& in) { return with_covariance(in, 1, np::FitCovariance::Unscaled); });
PARITY_EAGER("numpy.roots", "reads how many zeros are in front",
             [](const Tree& in) { return np::roots(in[0]); });
PARITY("numpy.roots:no_strip", [](const Tree& in) { return np::roots(in[0], false); });
PARITY("numpy.roots:derivative", [](const Tree& in) { return np::roots(in[0], false); });
PARITY("numpy.roots:constant", [](const Tree& in) { return np::roots(in[0]); });
PARITY("numpy.poly:matrix", [](const Tree& in) { return np::poly(in[0]); });

PARITY("random.multivariate_normal:eigh", [](const Tree& in) {
  return random::multivariate_normal(in[0], lax::zeros({2}, float32), in[1], Shape{3}, {}, "eigh");
});
PARITY("random.multivariate_normal:svd", [](const Tree& in) {
  return random::multivariate_normal(in[0], lax::ones({2}, float32), in[1], Shape{3}, {}, "svd");
});

}  // namespace
}  // namespace linum
