// jax.numpy: orders of elements.
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

PARITY("numpy.sort", [](const Tree& in) { return np::sort(in[0]); });
PARITY("numpy.sort:axis", [](const Tree& in) { return np::sort(in[0], 0); });
PARITY("numpy.sort:descending",
       [](const Tree& in) { return np::sort(in[0], -1, {.descending = true}); });
PARITY("numpy.argsort", [](const Tree& in) { return np::argsort(in[0]); });
PARITY("numpy.argsort:axis", [](const Tree& in) { return np::argsort(in[0], 0); });
PARITY("numpy.lexsort", [](const Tree& in) { return np::lexsort({in[0], in[1]}); });

// Only the sets of elements on both sides are determined.
Array first_three(const Array& x) {
  return np::sort(np::index(x, {np::Slice{}, np::Slice{.stop = 3}}));
}
PARITY("numpy.partition", [](const Tree& in) { return first_three(np::partition(in[0], 2)); });
PARITY("numpy.argpartition",
       [](const Tree& in) { return first_three(np::argpartition(in[0], 2)); });

PARITY("numpy.argsort:descending",
       [](const Tree& in) { return np::argsort(in[0], -1, {.descending = true}); });
PARITY("numpy.sort_complex", [](const Tree& in) { return np::sort_complex(in[0]); });

}  // namespace
}  // namespace linum
