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

}  // namespace
}  // namespace linum
