// jax.lax: sorting, reductions, cumulative and windowed reductions.
#include <limits>

#include "linum/lax/lax.h"
#include "linum/lax/other.h"
#include "linum/lax/reduce_by.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

PARITY("lax.sort", [](const Tree& in) { return lax::sort(in[0].array(), 1); });
PARITY("lax.sort:axis", [](const Tree& in) { return lax::sort(in[0].array(), 0); });
PARITY("lax.sort:nan", [](const Tree& in) { return lax::sort(in[0].array()); });
PARITY("lax.sort:two_keys", [](const Tree& in) {
  return lax::sort(std::vector<Array>{in[0], in[1]}, 1, true, 2);
});
PARITY("lax.sort_key_val", [](const Tree& in) { return lax::sort_key_val(in[0], in[1]); });
PARITY("lax.top_k", [](const Tree& in) { return lax::top_k(in[0], 2); });
PARITY("lax.approx_max_k", [](const Tree& in) { return lax::approx_max_k(in[0], 2); });
PARITY("lax.approx_min_k", [](const Tree& in) { return lax::approx_min_k(in[0], 2); });
PARITY("lax.argmax", [](const Tree& in) { return lax::argmax(in[0], 1, int32); });
PARITY("lax.argmax:ties", [](const Tree& in) { return lax::argmax(in[0], 1, int32); });
PARITY("lax.argmin", [](const Tree& in) { return lax::argmin(in[0], 0, int32); });

#define REDUCE(name, function, ...) \
  PARITY("lax." name, [](const Tree& in) { return lax::function(in[0], __VA_ARGS__); })
REDUCE("reduce_max", reduce_max, {0, 2});
REDUCE("reduce_min", reduce_min, {0, 2});
REDUCE("reduce_prod", reduce_prod, {0, 2});
REDUCE("reduce_sum", reduce_sum, {0, 2});
REDUCE("reduce_sum:int", reduce_sum, {1});
REDUCE("reduce_sum:complex", reduce_sum, {0});
REDUCE("reduce_max:ties", reduce_max, {1});
REDUCE("reduce_and", reduce_and, {1});
REDUCE("reduce_or", reduce_or, {1});
REDUCE("reduce_xor", reduce_xor, {1});
PARITY("lax.reduce", [](const Tree& in) { return lax::reduce(in[0], 0.0, lax::add, {1}); });
PARITY("lax.reduce:custom", [](const Tree& in) {
  auto combine = [](std::span<const Array> a, std::span<const Array> b) {
    return std::vector<Array>{lax::mul(a[0], b[0]), lax::add(a[1], b[1])};
  };
  return lax::reduce(std::vector<Array>{in[0], in[1]}, std::vector<Array>{1.0f, 0.0f}, combine,
                     {0});
});

#define CUMULATIVE(name)                                                    \
  PARITY("lax." #name, [](const Tree& in) { return lax::name(in[0], 1); }); \
  PARITY("lax." #name ":reverse", [](const Tree& in) { return lax::name(in[0], 2, true); })
CUMULATIVE(cumlogsumexp);
CUMULATIVE(cummax);
CUMULATIVE(cummin);
CUMULATIVE(cumprod);
CUMULATIVE(cumsum);

const Shape kWindow = {1, 2, 3, 1}, kStrides = {1, 2, 1, 1}, kOnes = {1, 1, 1, 1};

PARITY("lax.reduce_window:sum", [](const Tree& in) {
  return lax::reduce_window(in[0], 0.0, lax::add, kWindow, kStrides, "SAME");
});
PARITY("lax.reduce_window:max", [](const Tree& in) {
  return lax::reduce_window(in[0], -kInfinity, lax::max, kWindow, kStrides, "SAME");
});
PARITY("lax.reduce_window:min", [](const Tree& in) {
  return lax::reduce_window(in[0], kInfinity, lax::min, kWindow, kStrides, "SAME");
});
PARITY("lax.reduce_window:dilated", [](const Tree& in) {
  return lax::reduce_window(in[0], 0.0, lax::add, kWindow, kOnes, "VALID", {}, {1, 2, 1, 1});
});
PARITY("lax.reduce_window:padding", [](const Tree& in) {
  return lax::reduce_window(in[0], -kInfinity, lax::max, {2, 2}, {2, 2}, {{1, 0}, {0, 1}});
});
PARITY("lax.reduce_window_shape_tuple", [](const Tree&) {
  return lax::shape_as_value(
      lax::reduce_window_shape_tuple({5, 6}, {2, 3}, {2, 1}, {{0, 1}, {1, 1}}));
});

}  // namespace
}  // namespace linum
