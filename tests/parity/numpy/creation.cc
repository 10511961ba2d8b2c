// jax.numpy: arrays from nothing.
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

PARITY("numpy.ones", [](const Tree&) { return np::ones({2, 3}); });
PARITY("numpy.ones:dtype", [](const Tree&) { return np::ones({2}, int32); });
PARITY("numpy.zeros", [](const Tree&) { return np::zeros({2, 3}); });
PARITY("numpy.zeros:dtype", [](const Tree&) { return np::zeros({2}, int32); });
PARITY("numpy.ones_like", [](const Tree& in) { return np::ones_like(in[0]); });
PARITY("numpy.zeros_like", [](const Tree& in) { return np::zeros_like(in[0]); });
PARITY("numpy.full", [](const Tree&) { return np::full({2, 3}, 1.5); });
PARITY("numpy.full_like", [](const Tree& in) { return np::full_like(in[0], 2); });
PARITY("numpy.empty", [](const Tree&) { return np::empty({2, 3}); });
PARITY("numpy.empty_like", [](const Tree& in) { return np::empty_like(in[0]); });
PARITY("numpy.arange", [](const Tree&) { return np::arange(5); });
PARITY("numpy.arange:step", [](const Tree&) { return np::arange(1.0, 3.0, 0.25); });
PARITY("numpy.arange:range", [](const Tree&) { return np::arange(2, 11, 3); });
PARITY("numpy.linspace", [](const Tree&) { return np::linspace(-1.0, 2.0, 7); });
PARITY("numpy.linspace:open",
       [](const Tree&) { return np::linspace(0.0, 1.0, 5, {.endpoint = false}); });
PARITY("numpy.logspace", [](const Tree&) { return np::logspace(0.0, 2.0, 5); });
PARITY("numpy.geomspace", [](const Tree&) { return np::geomspace(1.0, 8.0, 4); });
PARITY("numpy.eye", [](const Tree&) { return np::eye(3); });
PARITY("numpy.eye:offset", [](const Tree&) { return np::eye(2, 4, 1); });
PARITY("numpy.identity", [](const Tree&) { return np::identity(3); });
PARITY("numpy.tri", [](const Tree&) { return np::tri(3, 4, -1); });
PARITY("numpy.indices", [](const Tree&) { return np::indices({2, 3}); });
PARITY("numpy.meshgrid", [](const Tree& in) { return np::meshgrid({in[0], in[1]}); });
PARITY("numpy.meshgrid:ij", [](const Tree& in) {
  return np::meshgrid({in[0], in[1]}, {.indexing = "ij"});
});
PARITY("numpy.array", [](const Tree& in) { return np::array(in[0].array()); });
PARITY("numpy.asarray", [](const Tree& in) { return np::asarray(in[0]); });
PARITY("numpy.copy", [](const Tree& in) { return np::copy(in[0]); });
PARITY("numpy.vander", [](const Tree& in) { return np::vander(in[0], 3); });
PARITY("numpy.bartlett", [](const Tree&) { return np::bartlett(6); });
PARITY("numpy.blackman", [](const Tree&) { return np::blackman(6); });
PARITY("numpy.hamming", [](const Tree&) { return np::hamming(6); });
PARITY("numpy.hanning", [](const Tree&) { return np::hanning(6); });
PARITY("numpy.kaiser", [](const Tree&) { return np::kaiser(6, 2.0); });
PARITY("numpy.diag_indices", [](const Tree&) { return np::diag_indices(3); });
PARITY("numpy.tril_indices", [](const Tree&) { return np::tril_indices(3); });
PARITY("numpy.triu_indices", [](const Tree&) { return np::triu_indices(3, 1); });

PARITY("numpy.tril_indices_from", [](const Tree& in) { return np::tril_indices_from(in[0], 1); });
PARITY("numpy.triu_indices_from", [](const Tree& in) { return np::triu_indices_from(in[0]); });
PARITY("numpy.diag_indices_from", [](const Tree& in) { return np::diag_indices_from(in[0]); });
PARITY_EAGER("numpy.mask_indices", "how many there are is known from the mask alone",
             [](const Tree&) { return np::mask_indices(3, np::triu, 1); });
PARITY("numpy.ix_", [](const Tree& in) { return np::ix_({in[0], in[1]}); });
PARITY("numpy.fill_diagonal", [](const Tree& in) { return np::fill_diagonal(in[0], in[1]); });
PARITY("numpy.spacing", [](const Tree& in) { return np::spacing(in[0]); });

}  // namespace
}  // namespace linum
