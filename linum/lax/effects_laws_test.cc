// Laws of operations with effects: callbacks, and checks as results.
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/transforms/callback.h"
#include "linum/transforms/checkify.h"
#include "linum/transforms/eval_shape.h"

namespace linum {
namespace {

Array twice(Array x) {
  std::vector<double> v = x.to_vector<double>();
  for (double& e : v) e *= 2;
  return Array::of<double>(x.shape(), v);
}
Array shape_of(const Array& x) { return shape_struct(x.shape(), float64); }

FlatFn pure_twice(VmapMethod method) {
  return [method](std::span<const Array> x) {
    return std::vector<Array>{pure_callback(twice, shape_of(x[0]), {.vmap_method = method}, x[0])};
  };
}
std::vector<Array> io_twice(std::span<const Array> x) {
  return {io_callback(twice, shape_of(x[0]), x[0])};
}
std::vector<Array> seen_sin(std::span<const Array> x) {
  debug::callback([](Array v) { v.to_host(); }, x[0]);
  return {lax::sin(x[0])};
}
std::vector<Array> checked_sin(std::span<const Array> x) {
  auto f = [](Array v) {
    checkify::check(lax::reduce_and(lax::lt(v, lax::full_like(v, 9)), {0}), "{}", v);
    return lax::sin(v);
  };
  return {checkify::checkify(f, checkify::all_checks)(x[0]).second};
}

INSTANTIATE_TEST_SUITE_P(Effects, Laws,
                         testing::ValuesIn(std::vector<Law>{
                             law("pure_callback", pure_twice(VmapMethod::Sequential), {real({3})})
                                 .up_to_order(0)
                                 .in_double(),
                             law("pure_callback_at_once", pure_twice(VmapMethod::BroadcastAll),
                                 {real({3})})
                                 .up_to_order(0)
                                 .in_double(),
                             law("io_callback", io_twice, {real({3})}).up_to_order(0).in_double(),
                             law("debug_callback", seen_sin, {real({3})}),
                             law("checkify", checked_sin, {real({3})}),
                         }),
                         law_name);

}  // namespace
}  // namespace linum
