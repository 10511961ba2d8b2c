// jax.numpy: picking and finding elements.
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

PARITY("numpy.take", [](const Tree& in) { return np::take(in[0], in[1], 0); });
PARITY("numpy.take:flat", [](const Tree& in) { return np::take(in[0], in[1]); });
PARITY("numpy.take:clip",
       [](const Tree& in) { return np::take(in[0], in[1], 1, {.mode = "clip"}); });
PARITY("numpy.take:fill", [](const Tree& in) { return np::take(in[0], in[1], 1); });
PARITY("numpy.take_along_axis",
       [](const Tree& in) { return np::take_along_axis(in[0], in[1], 1); });
PARITY("numpy.put_along_axis",
       [](const Tree& in) { return np::put_along_axis(in[0], in[1], in[2], 1); });
PARITY("numpy.choose", [](const Tree& in) { return np::choose(in[0], {in[1], in[2]}); });
PARITY("numpy.searchsorted", [](const Tree& in) { return np::searchsorted(in[0], in[1]); });
PARITY("numpy.digitize", [](const Tree& in) { return np::digitize(in[0], in[1]); });
PARITY("numpy.unravel_index", [](const Tree& in) { return np::unravel_index(in[0], {3, 4}); });
PARITY("numpy.ravel_multi_index", [](const Tree& in) {
  return np::ravel_multi_index({in[0], in[1]}, {3, 4}, "clip");
});
PARITY("numpy.nonzero",
       [](const Tree& in) { return np::nonzero(in[0], {.size = 4, .fill_value = 0}); });
PARITY("numpy.flatnonzero",
       [](const Tree& in) { return np::flatnonzero(in[0], {.size = 4, .fill_value = 0}); });
PARITY("numpy.argwhere",
       [](const Tree& in) { return np::argwhere(in[0], {.size = 4, .fill_value = 0}); });
PARITY("numpy.unique",
       [](const Tree& in) { return np::unique(in[0], {.size = 4, .fill_value = 0}); });
PARITY("numpy.isin", [](const Tree& in) { return np::isin(in[0], in[1]); });

}  // namespace
}  // namespace linum
