// jax.numpy: functions of functions.
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

using Args = std::vector<Array>;

PARITY("numpy.apply_along_axis", [](const Tree& in) {
  auto scaled = [](const Array& row) {
    return np::index(row, np::Slice{.stop = 2}) * np::sum(row);
  };
  return np::apply_along_axis(scaled, 1, in[0]);
});
PARITY("numpy.apply_over_axes", [](const Tree& in) {
  auto sum = [](const Array& x, std::int64_t axis) { return np::sum(x, axis); };
  return np::apply_over_axes(sum, in[0], {0, 2});
});
PARITY("numpy.fromfunction", [](const Tree&) {
  return np::fromfunction([](const Args& i) { return 10 * i[0] + i[1]; }, {2, 3});
});
PARITY("numpy.piecewise", [](const Tree& in) {
  const Array x = in[0];
  auto sin = [](const Array& t) { return np::sin(t); };
  auto square = [](const Array& t) { return t * t; };
  return np::piecewise(x, {x<-1, x> 1}, {np::Function(sin), Array(2.0), np::Function(square)});
});
PARITY("numpy.vectorize", [](const Tree& in) {
  auto dot = [](const Args& x) { return np::dot(x[0], x[1]); };
  return np::vectorize(dot, "(n,m),(m)->(n)")({in[0], in[1]});
});
PARITY("numpy.vectorize:scalars", [](const Tree& in) {
  auto f = [](const Args& x) { return x[0] * x[1] + x[0]; };
  return np::vectorize(f)({in[0], in[1]});
});

}  // namespace
}  // namespace linum
