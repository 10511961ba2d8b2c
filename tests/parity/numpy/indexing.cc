// jax.numpy: picking and finding elements.
#include <cmath>

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
// The default mode reads the indices, which under jit are not known; they are in bounds here.
PARITY("numpy.choose", [](const Tree& in) { return np::choose(in[0], {in[1], in[2]}, "clip"); });
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

PARITY("numpy.unique_all", [](const Tree& in) {
  const np::Unique u = np::unique_all(in[0], {.equal_nan = false, .size = 5});
  return std::tuple{u.values, u.indices, u.inverse_indices, u.counts};
});
PARITY("numpy.unique_counts", [](const Tree& in) {
  const np::UniqueCounts u = np::unique_counts(in[0], {.size = 5});
  return std::pair{u.values, u.counts};
});
PARITY("numpy.unique_inverse", [](const Tree& in) {
  const np::UniqueInverse u = np::unique_inverse(in[0], {.size = 5});
  return std::pair{u.values, u.inverse_indices};
});
PARITY_EAGER("numpy.unique:known", "the numbers decide the shape", [](const Tree&) {
  const np::Unique u = np::unique_all(np::array<double>({3, NAN, 1, NAN, 3}), {.equal_nan = true});
  return std::pair{u.values, u.counts};
});
PARITY("numpy.intersect1d:indices", [](const Tree& in) {
  const np::Intersection both = np::intersect1d_with_indices(in[0], in[1], {.size = 2});
  return std::tuple{both.values, both.x_indices, both.y_indices};
});
PARITY("numpy.unique_values", [](const Tree& in) { return np::unique_values(in[0], {.size = 5}); });
PARITY("numpy.unique:axis",
       [](const Tree& in) { return np::unique(in[0], {.axis = 1, .size = 3}); });
PARITY("numpy.union1d", [](const Tree& in) { return np::union1d(in[0], in[1], {.size = 10}); });
PARITY("numpy.intersect1d",
       [](const Tree& in) { return np::intersect1d(in[0], in[1], {.size = 4}); });
PARITY("numpy.setdiff1d",
       [](const Tree& in) { return np::setdiff1d(in[0], in[1], {.size = 4, .fill_value = -1}); });
PARITY("numpy.setxor1d", [](const Tree& in) { return np::setxor1d(in[0], in[1], {.size = 7}); });
PARITY("numpy.put", [](const Tree& in) { return np::put(in[0], in[1], in[2]); });
PARITY("numpy.place", [](const Tree& in) { return np::place(in[0], in[1], in[2]); });
PARITY_EAGER("numpy.compress", "the condition decides the shape", [](const Tree& in) {
  return np::compress(np::array({true, false, true}), in[0], 1);
});
PARITY("numpy.extract",
       [](const Tree& in) { return np::extract(in[0], in[1], {.size = 9, .fill_value = 7}); });
PARITY("numpy.packbits", [](const Tree& in) { return np::packbits(in[0]); });
PARITY("numpy.packbits:little", [](const Tree& in) { return np::packbits(in[0], 0, "little"); });
PARITY("numpy.unpackbits", [](const Tree& in) { return np::unpackbits(in[0]); });
PARITY("numpy.unpackbits:count",
       [](const Tree& in) { return np::unpackbits(in[0], 1, 11, "little"); });
PARITY("numpy.searchsorted:right",
       [](const Tree& in) { return np::searchsorted(in[0], in[1], {.side = "right"}); });
PARITY("numpy.digitize:descending", [](const Tree& in) {
  return np::digitize(in[0], np::array({4., 2., 1.}), true);
});

}  // namespace
}  // namespace linum
