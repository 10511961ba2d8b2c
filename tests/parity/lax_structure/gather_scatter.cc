// jax.lax: gather and scatter.
#include "linum/lax/lax.h"
#include "linum/lax/scatter_apply.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

using Mode = lax::GatherScatterMode;

lax::GatherDimensionNumbers rows() {
  return {.offset_dims = {1}, .collapsed_slice_dims = {0}, .start_index_map = {0}};
}

PARITY("lax.gather", [](const Tree& in) { return lax::gather(in[0], in[1], rows(), {1, 3}); });
PARITY("lax.gather:clip", [](const Tree& in) {
  return lax::gather(in[0], in[1], rows(), {1, 3}, {.mode = Mode::Clip});
});
PARITY("lax.gather:fill", [](const Tree& in) {
  return lax::gather(in[0], in[1], rows(), {1, 3}, {.mode = Mode::FillOrDrop});
});
PARITY("lax.gather:windows", [](const Tree& in) {
  return lax::gather(in[0], in[1],
                     {.offset_dims = {1, 2}, .collapsed_slice_dims = {}, .start_index_map = {0, 1}},
                     {2, 2});
});
PARITY("lax.gather:batching", [](const Tree& in) {
  return lax::gather(in[0], in[1],
                     {.offset_dims = {},
                      .collapsed_slice_dims = {1},
                      .start_index_map = {1},
                      .operand_batching_dims = {0},
                      .start_indices_batching_dims = {0}},
                     {1, 1});
});

lax::ScatterDimensionNumbers into_rows() {
  return {
      .update_window_dims = {1}, .inserted_window_dims = {0}, .scatter_dims_to_operand_dims = {0}};
}

#define SCATTER(name, function, ...)                                                   \
  PARITY("lax." name, [](const Tree& in) {                                             \
    return lax::function(in[0], in[1], in[2], into_rows() __VA_OPT__(, ) __VA_ARGS__); \
  })
SCATTER("scatter", scatter, {.unique_indices = true});
SCATTER("scatter:out_of_bounds", scatter);
SCATTER("scatter_add", scatter_add);
SCATTER("scatter_add:clip", scatter_add, {.mode = Mode::Clip});
SCATTER("scatter_sub", scatter_sub);
SCATTER("scatter_mul", scatter_mul, {.unique_indices = true});
SCATTER("scatter_min", scatter_min);
SCATTER("scatter_max", scatter_max);
PARITY("lax.scatter_apply", [](const Tree& in) {
  return lax::scatter_apply(in[0], in[1], [](const Array& x) { return lax::sin(x); }, into_rows(),
                            {4, 3}, {.unique_indices = true});
});

}  // namespace
}  // namespace linum
