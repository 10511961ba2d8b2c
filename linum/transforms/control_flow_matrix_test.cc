// Control flow under every transform. What each operation must do under jit, vmap, jvp, vjp and
// their derivatives is a law (lax/transform_laws_test.cc), and every pair of transforms around it
// is in compositions_test.cc; here is what those tables do not ask: transposition, and the refusals
// of what has no reverse mode.
#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/checkpoint.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/implicit.h"
#include "linum/transforms/jacobian.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

using Fn = std::function<Array(Array)>;

// A function of a vector of three.
struct Row {
  std::string name;
  Fn f;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
std::string row_name(const testing::TestParamInfo<Row>& info) { return info.param.name; }

Array weights() { return floats({3}, {2, -1, 0.5f}); }
Array identity(std::int64_t n) {
  Array row = lax::broadcasted_iota(DType::I32, {n, n}, 0);
  return lax::convert_element_type(lax::eq(row, lax::transpose(row, {1, 0})), DType::F32);
}
Array first_of(const Array& x) { return lax::index_in_dim(x, 0, 0, false); }
// A linear map that is not symmetric: (x0, x1, x2) -> weights * x + 3 (x1, x2, x0).
Array turned(Array x) {
  Array next = lax::concatenate({lax::slice_in_dim(x, 1, 3), lax::slice_in_dim(x, 0, 1)}, 0);
  return lax::add(lax::mul(weights(), x), lax::mul(Array(3.0f), next));
}
Array reversed(Array x) { return lax::rev(x, {0}); }

// --- linear operations have a transpose -------------------------------------------------------

// The carry and the slices, mixed: all results as one vector.
Array scanned(Array x, const ScanOptions& options, bool remat = false) {
  Fn body = remat ? Fn(checkpoint(turned)) : Fn(turned);
  auto step = [&](Array carry, Array v) {
    Array next = body(lax::add(carry, lax::broadcast(v, {3})));
    return std::pair{next, lax::reduce_sum(next, {0})};
  };
  auto [last, ys] = lax::scan(step, x, lax::concatenate({x, x}, 0), options);
  return lax::concatenate({last, ys}, 0);
}
Array rows_of(Array x) { return lax::concatenate({lax::broadcast(x, {4}), lax::stack({x})}, 0); }
Array solved(Array x) {
  auto divide = [](auto, Array y) { return lax::div(y, weights()); };
  return lax::custom_linear_solve([](Array v) { return lax::mul(weights(), v); }, turned(x), divide,
                                  divide);
}
Fn chosen(int index) {
  return [index](Array x) {
    return lax::switch_(Array(index), std::vector<Fn>{turned, reversed, lax::neg}, x);
  };
}
Fn chosen_by(bool pred) {
  return [pred](Array x) { return lax::cond(Array(pred), turned, reversed, x); };
}

const std::vector<Row> kLinear = {
    {"scan", [](Array x) { return scanned(x, {}); }},
    {"scan_reverse", [](Array x) { return scanned(x, {.reverse = true}); }},
    {"scan_unrolled", [](Array x) { return scanned(x, {.unroll = 4}); }},
    {"scan_remat", [](Array x) { return scanned(x, {}, true); }},
    {"fori_loop",
     [](Array x) {
       return lax::fori_loop(
           0, 3, [](Array, Array c) { return turned(c); }, x);
     }},
    {"cond_true", chosen_by(true)},
    {"cond_false", chosen_by(false)},
    {"switch", chosen(1)},
    {"map", [](Array x) { return lax::reduce_sum(lax::map(turned, rows_of(x)), {0}); }},
    {"map_in_batches",
     [](Array x) { return lax::reduce_sum(lax::map(turned, rows_of(x), {.batch_size = 2}), {0}); }},
    {"associative_scan", [](Array x) { return lax::associative_scan(lax::add, turned(x)); }},
    {"custom_linear_solve", solved},
};

class LinearControlFlow : public testing::TestWithParam<Row> {};

// The matrix of a linear function, row by row the images of the unit vectors.
Array images(const Fn& f, std::int64_t n) { return vmap(f)(identity(n)); }

TEST_P(LinearControlFlow, TheTransposeIsThatOfTheMatrix) {
  Fn f = GetParam().f;
  Array matrix = images(f, 3);
  Fn transposed = [f](Array ct) { return std::get<0>(linear_transpose(f, ramp({3}))(ct)); };
  Array expected = lax::transpose(matrix, {1, 0});
  expect_close(images(transposed, matrix.shape(1)), expected, 1e-5);
  expect_close(images(jit(transposed), matrix.shape(1)), expected, 1e-5);
}

TEST_P(LinearControlFlow, TheTransposeOfTheTransposeIsItself) {
  Fn f = GetParam().f;
  Fn transposed = [f](Array ct) { return std::get<0>(linear_transpose(f, ramp({3}))(ct)); };
  Fn again = [&](Array x) { return std::get<0>(linear_transpose(transposed, f(ramp({3})))(x)); };
  expect_close(again(floats({3}, {1, -2, 5})), f(floats({3}, {1, -2, 5})), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Rows, LinearControlFlow, testing::ValuesIn(kLinear), row_name);

TEST(LinearControlFlow, EachExampleHasTheTransposeOfItsBranch) {
  auto f = [](Array index, Array ct) {
    Fn branch = [index](Array x) {
      return lax::switch_(index, std::vector<Fn>{turned, reversed, lax::neg}, x);
    };
    return std::get<0>(linear_transpose(branch, ramp({3}))(ct));
  };
  Array ct = floats({3}, {1, -2, 5});
  Array each = vmap(f, {.in_axes = {0, std::nullopt}})(ints({3}, {2, 0, 1}), ct);
  int row = 0;
  for (int index : {2, 0, 1})
    expect_close(lax::index_in_dim(each, row++, 0, false), f(Array(index), ct));
}

// --- loops of unknown length have no reverse mode ---------------------------------------------

Array small(Array x) { return lax::lt(lax::abs(first_of(x)), Array(9.0f)); }
Array until_large(Array x) { return lax::while_loop(small, turned, x); }
Array counted(Array x) {
  Array end = lax::convert_element_type(first_of(lax::stop_gradient(x)), DType::I32);
  auto step = [](Array, Array c) { return turned(c); };
  return lax::fori_loop(lax::full({}, Array(0), DType::I32), end, step, x);
}

const std::vector<Row> kForwardOnly = {
    {"while_loop", until_large},
    {"fori_loop_dynamic", counted},
    {"while_inside_scan",
     [](Array x) {
       auto step = [](Array c, Array) { return std::pair{until_large(c), Tree()}; };
       return lax::scan(step, x, ramp({2})).first;
     }},
    {"while_inside_cond", [](Array x) { return lax::cond(Array(true), until_large, turned, x); }},
    {"while_inside_map",
     [](Array x) { return lax::map(until_large, lax::broadcast(x, {2}), {.batch_size = 1}); }},
};

class ForwardOnlyControlFlow : public testing::TestWithParam<Row> {};

Array where() { return floats({3}, {2, 1, 4}); }
Fn total(Fn f) {
  return [f](Array x) {
    Array y = f(x);
    return lax::reduce_sum(y, iota_axes(y.ndim()));
  };
}

TEST_P(ForwardOnlyControlFlow, SaysSoUnderEveryReverseTransform) {
  Fn f = total(GetParam().f);
  constexpr const char* kMessage = "reverse-mode differentiation does not work for while_loop";
  EXPECT_ERROR(grad(f)(where()), TransformError, kMessage);
  EXPECT_ERROR(vjp(f, where()).second(Array(1.0f)), TransformError, kMessage);
  EXPECT_ERROR(jit(grad(f))(where()), TransformError, kMessage);
  EXPECT_ERROR(grad(jit(f))(where()), TransformError, kMessage);
  EXPECT_ERROR(grad(checkpoint(f))(where()), TransformError, kMessage);
  EXPECT_ERROR(vmap(grad(f))(lax::stack({where(), where()})), TransformError, kMessage);
  EXPECT_ERROR(jacfwd(grad(f))(where()), TransformError, kMessage);
}

TEST_P(ForwardOnlyControlFlow, HasForwardModeOfBothOrders) {
  Fn f = total(GetParam().f);
  Fn slope = [f](Array x) { return jvp(f, std::tuple{x}, std::tuple{lax::mul(x, x)}).second; };
  // f is x -> w x for one w around the point: its derivative along x^2 is f(x^2).
  Fn linear = [f](Array t) { return jvp(f, std::tuple{where()}, std::tuple{t}).second; };
  Array square = lax::mul(where(), where());
  expect_close(jit(slope)(where()), linear(square), 1e-5);
  expect_close(jvp(slope, std::tuple{where()}, std::tuple{where()}).second,
               linear(lax::mul(Array(2.0f), square)), 1e-5);
  expect_close(jacfwd(f)(where()), vmap(linear)(identity(3)), 1e-5);
  expect_close(linearize(f, where()).second(square), linear(square), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Rows, ForwardOnlyControlFlow, testing::ValuesIn(kForwardOnly), row_name);

}  // namespace
}  // namespace linum
