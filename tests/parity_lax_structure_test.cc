// jax.lax: operations that make, rearrange and index arrays. The rest is in parity/lax_structure.
#include "linum/lax/lax.h"
#include "linum/lax/other.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

// --- shapes ----------------------------------------------------------------------------------

PARITY("lax.broadcast", [](const Tree& in) { return lax::broadcast(in[0], {4, 2}); });
PARITY("lax.broadcast_in_dim", [](const Tree& in) {
  return lax::broadcast_in_dim(in[0], {2, 4, 3}, {0, 2});
});
PARITY("lax.broadcast_in_dim:ones", [](const Tree& in) {
  return lax::broadcast_in_dim(in[0], {2, 3}, {0, 1});
});
PARITY("lax.broadcast_to_rank", [](const Tree& in) { return lax::broadcast_to_rank(in[0], 4); });
PARITY("lax.broadcasted_iota", [](const Tree&) { return lax::broadcasted_iota(int32, {2, 3}, 1); });
PARITY("lax.collapse", [](const Tree& in) { return lax::collapse(in[0], 1, 3); });
PARITY("lax.concatenate", [](const Tree& in) {
  return lax::concatenate({in[0].array(), in[1].array()}, 1);
});
PARITY("lax.expand_dims", [](const Tree& in) { return lax::expand_dims(in[0], {0, 2}); });
PARITY("lax.full", [](const Tree&) { return lax::full({2, 3}, 1.5); });
PARITY("lax.full:dtype", [](const Tree&) { return lax::full({2}, 3, float16); });
PARITY("lax.full_like", [](const Tree& in) { return lax::full_like(in[0], 2); });
PARITY("lax.iota", [](const Tree&) { return lax::iota(float32, 5); });
PARITY("lax.pad", [](const Tree& in) { return lax::pad(in[0], in[1], {{1, 2, 0}, {0, 1, 2}}); });
PARITY("lax.pad:negative", [](const Tree& in) {
  return lax::pad(in[0], in[1], {{-1, 0, 0}, {2, -1, 1}});
});
PARITY("lax.broadcast_like", [](const Tree& in) {
  return lax::broadcast_like(in[0], lax::zeros({4, 2, 3}, float32));
});
PARITY("lax.empty", [](const Tree&) { return lax::full_like(lax::empty({2, 3}, float16), 1); });
PARITY("lax.dtype", [](const Tree& in) { return lax::zeros({}, lax::dtype(in[0])); });
PARITY("lax.shape_as_value", [](const Tree&) { return lax::shape_as_value({2, 3, 5}); });
PARITY("lax.reshape", [](const Tree& in) { return lax::reshape(in[0], {4, 6}); });
PARITY("lax.reshape:dimensions", [](const Tree& in) { return lax::reshape(in[0], {6}, {1, 0}); });
PARITY("lax.rev", [](const Tree& in) { return lax::rev(in[0], {0, 2}); });
PARITY("lax.slice", [](const Tree& in) {
  return lax::slice(in[0], {0, 1, 0}, {2, 3, 4}, {1, 1, 2});
});
PARITY("lax.split", [](const Tree& in) { return lax::split(in[0], {1, 3}, 2); });
PARITY("lax.squeeze", [](const Tree& in) { return lax::squeeze(in[0], {0, 2}); });
PARITY("lax.stack", [](const Tree& in) { return lax::stack({in[0].array(), in[1].array()}, 1); });
PARITY("lax.tile", [](const Tree& in) { return lax::tile(in[0], {2, 3}); });
PARITY("lax.transpose", [](const Tree& in) { return lax::transpose(in[0], {2, 0, 1}); });
PARITY("lax.unstack", [](const Tree& in) { return lax::unstack(in[0], 1); });
PARITY("lax.optimization_barrier", [](const Tree& in) {
  return lax::optimization_barrier(std::vector<Array>{in[0], in[1]});
});
PARITY("lax.broadcast_shapes", [](const Tree&) {
  return lax::shape_as_value(lax::broadcast_shapes(std::vector<Shape>{{2, 1}, {3}}));
});
PARITY("lax.padtype_to_pads", [](const Tree&) {
  Shape numbers;
  for (auto [low, high] : lax::padtype_to_pads({5, 6}, {3, 3}, {2, 2}, "SAME")) {
    numbers.push_back(low);
    numbers.push_back(high);
  }
  return lax::reshape(lax::shape_as_value(numbers), {2, 2});
});

// --- indexing --------------------------------------------------------------------------------

lax::Indices starts(const Tree& in, int first) { return {in[first], in[first + 1], in[first + 2]}; }

PARITY("lax.dynamic_slice", [](const Tree& in) {
  return lax::dynamic_slice(in[0], starts(in, 1), {2, 2, 1});
});
PARITY("lax.dynamic_slice_in_dim",
       [](const Tree& in) { return lax::dynamic_slice_in_dim(in[0], in[1], 2, 1); });
PARITY("lax.dynamic_index_in_dim",
       [](const Tree& in) { return lax::dynamic_index_in_dim(in[0], in[1], 1, false); });
PARITY("lax.dynamic_update_slice",
       [](const Tree& in) { return lax::dynamic_update_slice(in[0], in[1], starts(in, 2)); });
PARITY("lax.dynamic_update_slice_in_dim",
       [](const Tree& in) { return lax::dynamic_update_slice_in_dim(in[0], in[1], in[2], 1); });
PARITY("lax.dynamic_update_index_in_dim",
       [](const Tree& in) { return lax::dynamic_update_index_in_dim(in[0], in[1], in[2], 1); });
PARITY("lax.index_in_dim", [](const Tree& in) { return lax::index_in_dim(in[0], 2, 1); });
PARITY("lax.index_take", [](const Tree& in) {
  return lax::index_take(in[0], std::vector<Array>{in[1], in[2]}, {0, 1});
});
PARITY("lax.slice_in_dim", [](const Tree& in) { return lax::slice_in_dim(in[0], 1, -1, 2, 1); });

}  // namespace
}  // namespace linum
