// jax.numpy: joining and splitting.
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

PARITY("numpy.column_stack", [](const Tree& in) { return np::column_stack({in[0], in[1]}); });
PARITY("numpy.dstack", [](const Tree& in) { return np::dstack({in[0], in[1]}); });
PARITY("numpy.hstack", [](const Tree& in) { return np::hstack({in[0], in[1]}); });
PARITY("numpy.stack", [](const Tree& in) { return np::stack({in[0], in[1]}); });
PARITY("numpy.vstack", [](const Tree& in) { return np::vstack({in[0], in[1]}); });
PARITY("numpy.concatenate", [](const Tree& in) { return np::concatenate({in[0], in[1]}); });
PARITY("numpy.concat", [](const Tree& in) { return np::concat({in[0], in[1]}); });
PARITY("numpy.concatenate:axis", [](const Tree& in) {
  return np::concatenate({in[0], in[1]}, -1);
});
PARITY("numpy.stack:axis", [](const Tree& in) { return np::stack({in[0], in[1]}, -1); });
PARITY("numpy.append", [](const Tree& in) { return np::append(in[0], in[1], 0); });
PARITY("numpy.block", [](const Tree& in) {
  const Array a = in[0], b = in[1];
  return np::block({{a, b}, {b, a}});
});
PARITY("numpy.split", [](const Tree& in) { return np::split(in[0], 3, 1); });
PARITY("numpy.split:at", [](const Tree& in) { return np::split(in[0], {1, 4}, 1); });
PARITY("numpy.array_split", [](const Tree& in) { return np::array_split(in[0], 4, 1); });
PARITY("numpy.hsplit", [](const Tree& in) { return np::hsplit(in[0], 2); });
PARITY("numpy.vsplit", [](const Tree& in) { return np::vsplit(in[0], 2); });
PARITY("numpy.dsplit", [](const Tree& in) { return np::dsplit(in[0], 2); });
PARITY("numpy.unstack", [](const Tree& in) { return np::unstack(in[0], 1); });

PARITY("numpy.insert", [](const Tree& in) { return np::insert(in[0], {0, 2}, in[1], 1); });
PARITY("numpy.delete", [](const Tree& in) { return np::remove(in[0], {0, 2}, 1); });
PARITY("numpy.delete:flat", [](const Tree& in) { return np::remove(in[0], {-2}); });
PARITY_EAGER("numpy.trim_zeros", "the numbers decide the shape", [](const Tree&) {
  return np::trim_zeros(np::array({0., 0., 1.5, 0., 2., 0.}));
});

}  // namespace
}  // namespace linum
