// jax.numpy.linalg.
#include <cmath>

#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

namespace linalg = np::linalg;

PARITY("numpy.linalg.norm", [](const Tree& in) { return linalg::norm(in[0]); });
PARITY("numpy.linalg.norm:axis", [](const Tree& in) { return linalg::norm(in[0], {.axis = 1}); });
PARITY("numpy.linalg.norm:one",
       [](const Tree& in) { return linalg::norm(in[0], {.ord = 1.0, .axis = 1}); });
PARITY("numpy.linalg.norm:inf",
       [](const Tree& in) { return linalg::norm(in[0], {.ord = INFINITY}); });
PARITY("numpy.linalg.vector_norm",
       [](const Tree& in) { return linalg::vector_norm(in[0], {.axis = 0}); });
PARITY("numpy.linalg.qr", [](const Tree& in) {
  const auto [q, r] = linalg::qr(in[0]);
  return std::pair{q, r};
});
PARITY("numpy.linalg.cholesky", [](const Tree& in) { return linalg::cholesky(in[0]); });
PARITY("numpy.linalg.det", [](const Tree& in) { return linalg::det(in[0]); });
PARITY("numpy.linalg.inv", [](const Tree& in) { return linalg::inv(in[0]); });
PARITY("numpy.linalg.solve", [](const Tree& in) { return linalg::solve(in[0], in[1]); });

PARITY("numpy.linalg.norm:matrix_one",
       [](const Tree& in) { return linalg::norm(in[0], {.ord = 1.0}); });
PARITY("numpy.linalg.norm:matrix_inf",
       [](const Tree& in) { return linalg::norm(in[0], {.ord = -INFINITY, .keepdims = true}); });
PARITY("numpy.linalg.norm:three",
       [](const Tree& in) { return linalg::norm(in[0], {.ord = 3.0, .axis = 0}); });
PARITY("numpy.linalg.matrix_norm", [](const Tree& in) { return linalg::matrix_norm(in[0]); });
// Q and R as a pair.
std::pair<Array, Array> qr(const Array& x, std::string_view mode = "reduced") {
  const auto [q, r] = linalg::qr(x, mode);
  return {q, r};
}
PARITY("numpy.linalg.qr:wide", [](const Tree& in) { return qr(in[0]); });
PARITY("numpy.linalg.qr:complete", [](const Tree& in) { return qr(in[0], "complete"); });
PARITY("numpy.linalg.qr:complex", [](const Tree& in) { return qr(in[0]); });
PARITY("numpy.linalg.qr:batch", [](const Tree& in) { return qr(in[0]); });
PARITY("numpy.linalg.slogdet", [](const Tree& in) {
  const auto [sign, logabsdet] = linalg::slogdet(in[0]);
  return std::pair{sign, logabsdet};
});
PARITY("numpy.linalg.cholesky:upper", [](const Tree& in) { return linalg::cholesky(in[0], true); });
PARITY("numpy.linalg.det:four", [](const Tree& in) { return linalg::det(in[0]); });
PARITY("numpy.linalg.inv:batch", [](const Tree& in) { return linalg::inv(in[0]); });
PARITY("numpy.linalg.solve:batch", [](const Tree& in) { return linalg::solve(in[0], in[1]); });
PARITY("numpy.linalg.matrix_power", [](const Tree& in) { return linalg::matrix_power(in[0], 5); });
PARITY("numpy.linalg.matrix_power:negative",
       [](const Tree& in) { return linalg::matrix_power(in[0], -2); });
PARITY("numpy.linalg.multi_dot", [](const Tree& in) {
  return linalg::multi_dot({in[0], in[1], in[2]});
});
PARITY("numpy.linalg.tensorinv", [](const Tree& in) { return linalg::tensorinv(in[0]); });
PARITY("numpy.linalg.tensorsolve",
       [](const Tree& in) { return linalg::tensorsolve(in[0], in[1]); });
PARITY("numpy.linalg.cross", [](const Tree& in) { return linalg::cross(in[0], in[1]); });
PARITY("numpy.linalg.outer", [](const Tree& in) { return linalg::outer(in[0], in[1]); });
PARITY("numpy.linalg.vecdot", [](const Tree& in) { return linalg::vecdot(in[0], in[1]); });
PARITY("numpy.linalg.matmul", [](const Tree& in) { return linalg::matmul(in[0], in[1]); });
PARITY("numpy.linalg.tensordot", [](const Tree& in) { return linalg::tensordot(in[0], in[1], 1); });
PARITY("numpy.linalg.diagonal", [](const Tree& in) { return linalg::diagonal(in[0], 1); });
PARITY("numpy.linalg.trace", [](const Tree& in) { return linalg::trace(in[0]); });
PARITY("numpy.linalg.matrix_transpose",
       [](const Tree& in) { return linalg::matrix_transpose(in[0]); });

}  // namespace
}  // namespace linum
