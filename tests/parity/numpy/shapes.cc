// jax.numpy: shapes and orders of axes.
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

// Numbers that are known while tracing.
Array ints(const Shape& values) { return np::array(values, int32); }

PARITY("numpy.fliplr", [](const Tree& in) { return np::fliplr(in[0]); });
PARITY("numpy.flipud", [](const Tree& in) { return np::flipud(in[0]); });
PARITY("numpy.ravel", [](const Tree& in) { return np::ravel(in[0]); });
PARITY("numpy.transpose", [](const Tree& in) { return np::transpose(in[0]); });
PARITY("numpy.atleast_3d", [](const Tree& in) { return np::atleast_3d(in[0]); });
PARITY("numpy.matrix_transpose", [](const Tree& in) { return np::matrix_transpose(in[0]); });
PARITY("numpy.atleast_1d", [](const Tree& in) { return np::atleast_1d(in[0]); });
PARITY("numpy.atleast_2d", [](const Tree& in) { return np::atleast_2d(in[0]); });
PARITY("numpy.rot90", [](const Tree& in) { return np::rot90(in[0]); });
PARITY("numpy.squeeze", [](const Tree& in) { return np::squeeze(in[0]); });
PARITY("numpy.diagflat", [](const Tree& in) { return np::diagflat(in[0]); });
PARITY("numpy.transpose:axes", [](const Tree& in) { return np::transpose(in[0], {1, 2, 0}); });
PARITY("numpy.permute_dims", [](const Tree& in) { return np::permute_dims(in[0], {1, 2, 0}); });
PARITY("numpy.flip", [](const Tree& in) { return np::flip(in[0], {0, 2}); });
PARITY("numpy.flip:all", [](const Tree& in) { return np::flip(in[0]); });
PARITY("numpy.reshape", [](const Tree& in) { return np::reshape(in[0], {4, -1}); });
PARITY("numpy.squeeze:axis", [](const Tree& in) { return np::squeeze(in[0], -1); });
PARITY("numpy.expand_dims", [](const Tree& in) { return np::expand_dims(in[0], {0, -1}); });
PARITY("numpy.moveaxis", [](const Tree& in) { return np::moveaxis(in[0], 0, -1); });
PARITY("numpy.moveaxis:several", [](const Tree& in) {
  return np::moveaxis(in[0], {0, 1}, {2, 0});
});
PARITY("numpy.rollaxis", [](const Tree& in) { return np::rollaxis(in[0], 2); });
PARITY("numpy.swapaxes", [](const Tree& in) { return np::swapaxes(in[0], 0, 2); });
PARITY("numpy.broadcast_to", [](const Tree& in) { return np::broadcast_to(in[0], {2, 2, 3}); });
PARITY("numpy.broadcast_arrays", [](const Tree& in) {
  return np::broadcast_arrays({in[0], in[1]});
});
PARITY("numpy.broadcast_shapes", [](const Tree&) {
  return ints(np::broadcast_shapes({{2, 1}, {3}}));
});
PARITY("numpy.tile", [](const Tree& in) { return np::tile(in[0], {2, 1, 2}); });
PARITY("numpy.repeat", [](const Tree& in) { return np::repeat(in[0], 2, 1); });
PARITY("numpy.repeat:flat", [](const Tree& in) { return np::repeat(in[0], 3); });
PARITY("numpy.roll", [](const Tree& in) { return np::roll(in[0], 2, 1); });
PARITY("numpy.roll:flat", [](const Tree& in) { return np::roll(in[0], -3); });
PARITY("numpy.pad", [](const Tree& in) { return np::pad(in[0], {{1, 2}, {0, 1}}); });
PARITY("numpy.pad:value",
       [](const Tree& in) { return np::pad(in[0], 1, {.constant_values = 2.5}); });
PARITY("numpy.pad:edge", [](const Tree& in) { return np::pad(in[0], {{1, 1}, {2, 1}}, "edge"); });
PARITY("numpy.pad:reflect", [](const Tree& in) {
  return np::pad(in[0], {{1, 1}, {2, 1}}, "reflect");
});
PARITY("numpy.pad:symmetric", [](const Tree& in) {
  return np::pad(in[0], {{1, 1}, {2, 1}}, "symmetric");
});
PARITY("numpy.pad:wrap", [](const Tree& in) { return np::pad(in[0], {{1, 1}, {2, 1}}, "wrap"); });
PARITY("numpy.resize", [](const Tree& in) { return np::resize(in[0], {3, 3}); });
PARITY("numpy.tril", [](const Tree& in) { return np::tril(in[0]); });
PARITY("numpy.tril:k", [](const Tree& in) { return np::tril(in[0], -1); });
PARITY("numpy.triu", [](const Tree& in) { return np::triu(in[0]); });
PARITY("numpy.triu:k", [](const Tree& in) { return np::triu(in[0], 1); });
PARITY("numpy.diag", [](const Tree& in) { return np::diag(in[0]); });
PARITY("numpy.diag:extract", [](const Tree& in) { return np::diag(in[0], 1); });
PARITY("numpy.diagonal", [](const Tree& in) { return np::diagonal(in[0], 0, 1, 2); });
PARITY("numpy.trace", [](const Tree& in) { return np::trace(in[0], 0, 1, 2); });
PARITY("numpy.ndim",
       [](const Tree& in) { return np::asarray(static_cast<int>(np::ndim(in[0])), int32); });
PARITY("numpy.shape", [](const Tree& in) { return ints(np::shape(in[0])); });
PARITY("numpy.size",
       [](const Tree& in) { return np::asarray(static_cast<int>(np::size(in[0])), int32); });

PARITY("numpy.pad:reflect_far", [](const Tree& in) {
  return np::pad(in[0], {{3, 4}, {0, 7}}, "reflect");
});
PARITY("numpy.pad:reflect_odd", [](const Tree& in) {
  return np::pad(in[0], {{0, 2}, {4, 1}}, {.mode = "reflect", .reflect_type = "odd"});
});
PARITY("numpy.pad:ramp", [](const Tree& in) {
  return np::pad(in[0], 2, {.mode = "linear_ramp", .end_values = np::array({1., -1.})});
});
PARITY("numpy.pad:ends", [](const Tree& in) {
  return np::pad(in[0], {{1, 2}, {2, 0}}, {.constant_values = np::array({{1, 2}, {3, 4}})});
});
PARITY("numpy.pad:maximum", [](const Tree& in) {
  return np::pad(in[0], {{1, 0}, {2, 1}}, {.mode = "maximum", .stat_length = 2});
});
PARITY("numpy.pad:minimum", [](const Tree& in) {
  return np::pad(in[0], {{1, 0}, {2, 1}}, {.mode = "minimum", .stat_length = 2});
});
PARITY("numpy.pad:mean", [](const Tree& in) {
  return np::pad(in[0], {{1, 0}, {2, 1}}, {.mode = "mean", .stat_length = 2});
});
PARITY("numpy.pad:median", [](const Tree& in) {
  return np::pad(in[0], {{1, 0}, {2, 1}}, {.mode = "median", .stat_length = 2});
});
PARITY("numpy.pad:mean_int", [](const Tree& in) { return np::pad(in[0], 1, "mean"); });

}  // namespace
}  // namespace linum
