// The laws, for operations that rearrange, reduce and contract.
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/linalg.h"

namespace linum {

using X = std::span<const Array>;
using Arrays = std::vector<Array>;

static std::vector<Law> shape_laws() {
  return {
      law("reshape",
          [](X x) {
            return Arrays{lax::reshape(x[0], {3, 2})};
          },
          {real({2, 3})}),
      law("transpose",
          [](X x) {
            return Arrays{lax::transpose(x[0], {2, 0, 1})};
          },
          {real({2, 3, 4})}),
      law("broadcast_in_dim",
          [](X x) {
            return Arrays{lax::broadcast_in_dim(x[0], {4, 2, 3}, {1, 2})};
          },
          {real({2, 3})}),
      law("broadcast_stretching_ones",
          [](X x) {
            return Arrays{lax::broadcast_in_dim(x[0], {2, 4, 3}, {0, 2})};
          },
          {real({1, 3})}),
      law("broadcast_scalar",
          [](X x) {
            return Arrays{lax::full({2, 3}, x[0])};
          },
          {real({})}),
      law("expand_dims",
          [](X x) {
            return Arrays{lax::expand_dims(x[0], {0, -1})};
          },
          {real({2, 3})}),
      law("squeeze", [](X x) { return Arrays{lax::squeeze(x[0], {1})}; }, {real({2, 1, 3})}),
      law("collapse", [](X x) { return Arrays{lax::collapse(x[0], 0, 2)}; }, {real({2, 3, 2})}),
      law("rev", [](X x) { return Arrays{lax::rev(x[0], {1})}; }, {real({2, 3})}),
      law("slice",
          [](X x) {
            return Arrays{lax::slice(x[0], {1, 0}, {3, 2})};
          },
          {real({3, 4})}),
      law("slice_strided",
          [](X x) {
            return Arrays{lax::slice(x[0], {1, 0}, {6, 5}, {2, 3})};
          },
          {real({7, 5})}),
      law("slice_empty", [](X x) { return Arrays{lax::slice(x[0], {1}, {1}, {2})}; }, {real({3})}),
      law("pad",
          [](X x) {
            return Arrays{lax::pad(x[0], x[1], {{1, 2, 0}, {0, 1, 0}})};
          },
          {real({2, 3}), real({})}),
      law("pad_interior",
          [](X x) {
            return Arrays{lax::pad(x[0], x[1], {{1, 0, 2}})};
          },
          {real({3}), real({})}),
      law("pad_negative",
          [](X x) {
            return Arrays{lax::pad(x[0], x[1], {{-1, 2, 1}, {1, -2, 0}})};
          },
          {real({3, 4}), real({})}),
      law("concatenate", [](X x) { return Arrays{lax::concatenate(x, 1)}; },
          {real({2, 3}), real({2, 1}), real({2, 2})}),
      law("tile",
          [](X x) {
            return Arrays{lax::tile(x[0], {2, 3})};
          },
          {real({2, 2})}),
      law("split",
          [](X x) {
            return lax::split(x[0], {1, 2}, 1);
          },
          {real({2, 3})}),
      law("stack", [](X x) { return Arrays{lax::stack(x, -1)}; }, {real({2, 3}), real({2, 3})}),
      law("unstack", [](X x) { return lax::unstack(x[0], 1); }, {real({2, 3})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Shape, Laws, testing::ValuesIn(shape_laws()), law_name);

static std::vector<Law> reduction_laws() {
  auto over = [](Array (*reduce)(const Array&, const Axes&), Axes axes) {
    return [=](X x) { return Arrays{reduce(x[0], axes)}; };
  };
  return {
      law("sum", over(lax::reduce_sum, {0, 2}), {real({2, 3, 2})}),
      law("max", over(lax::reduce_max, {1}), {real({2, 3})}),
      law("min", over(lax::reduce_min, {0, 1}), {real({2, 3})}),
      law("prod", over(lax::reduce_prod, {1}), {real({2, 5})}),
      law("prod_of_several_axes", over(lax::reduce_prod, {0, 2}), {real({2, 3, 2})}),
      law("prod_with_a_zero", over(lax::reduce_prod, {0}), {given({3}, {2, 0, -3})}),
      law("prod_with_two_zeros", over(lax::reduce_prod, {0}), {given({4}, {2, 0, 0, -3})}),
      law("prod_of_nothing", over(lax::reduce_prod, {1}), {real({2, 0})}),
      law("sum_complex", over(lax::reduce_sum, {0}), {complex({2, 3})}),
      law("prod_complex", over(lax::reduce_prod, {0}), {complex({2, 3})}),
      law("max_int", over(lax::reduce_max, {0}), {integers({3, 2})}),
      law("and", over(lax::reduce_and, {1}), {bools({2, 3})}),
      law("or", over(lax::reduce_or, {1}), {bools({2, 3})}),
      law("xor", over(lax::reduce_xor, {0}), {integers({3, 2})}),
      law("argmax", [](X x) { return Arrays{lax::argmax(x[0], 1)}; }, {real({2, 3})}),
      law("argmin", [](X x) { return Arrays{lax::argmin(x[0], 0)}; }, {integers({3, 2})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Reduction, Laws, testing::ValuesIn(reduction_laws()), law_name);

static std::vector<Law> dot_laws() {
  auto dot = [](lax::DotDimensionNumbers d) {
    return [=](X x) { return Arrays{lax::dot_general(x[0], x[1], d)}; };
  };
  return {
      law("vectors", dot({{0}, {0}, {}, {}}), {real({3}), real({3})}),
      law("matrices", dot({{1}, {0}, {}, {}}), {real({2, 3}), real({3, 4})}),
      law("both_transposed", dot({{0}, {1}, {}, {}}), {real({3, 2}), real({4, 3})}),
      law("outer", dot({{}, {}, {}, {}}), {real({2}), real({3})}),
      law("batched", dot({{2}, {1}, {0}, {0}}), {real({2, 3, 2}), real({2, 2, 2})}),
      law("batch_in_the_middle", dot({{0}, {2}, {1}, {0}}), {real({3, 2, 4}), real({2, 2, 3})}),
      law("several_contracted", dot({{2, 0}, {1, 2}, {}, {}}), {real({2, 3, 4}), real({3, 4, 2})}),
      law("complex", dot({{1}, {0}, {}, {}}), {complex({2, 3}), complex({3, 2})}),
      law("integers", dot({{1}, {0}, {}, {}}), {integers({2, 3}), integers({3, 2})}),
      law("batch_matmul", [](X x) { return Arrays{lax::batch_matmul(x[0], x[1])}; },
          {real({2, 3, 2}), real({2, 2, 4})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Dot, Laws, testing::ValuesIn(dot_laws()), law_name);

// Matrices: positive definite ones, and triangular ones, made of any numbers.
static Array positive_definite(const Array& x) {
  Array eye = lax::convert_element_type(lax::eq(lax::broadcasted_iota(DType::I32, {3, 3}, 0),
                                                lax::broadcasted_iota(DType::I32, {3, 3}, 1)),
                                        x.dtype());
  return lax::add(lax::dot(x, lax::transpose(x, {1, 0})), lax::mul(eye, Array(2.0)));
}
static std::vector<Law> linalg_laws() {
  auto solve = [](lax::TriangularSolveOptions options) {
    return [options](X x) {
      return Arrays{lax::triangular_solve(positive_definite(x[0]), x[1], options)};
    };
  };
  return {
      law("cholesky", [](X x) { return Arrays{lax::cholesky(positive_definite(x[0]))}; },
          {real({3, 3})})
          .in_double(),
      law("triangular_solve", solve({.left_side = true, .lower = true}),
          {real({3, 3}), real({3, 2})})
          .in_double(),
      law("triangular_solve_right", solve({.lower = false, .transpose_a = true}),
          {real({3, 3}), real({2, 3})})
          .in_double(),
  };
}
INSTANTIATE_TEST_SUITE_P(LinearAlgebra, Laws, testing::ValuesIn(linalg_laws()), law_name);

// Arrays without elements, and scalars.
static std::vector<Law> edge_laws() {
  auto one = [](auto f) { return [f](X x) { return Arrays{f(x[0])}; }; };
  return {
      law("reshape_empty", one([](Array x) {
            return lax::reshape(x, {3, 0});
          }),
          {real({0, 3})}),
      law("reshape_scalar", one([](Array x) {
            return lax::reshape(x, {1, 1});
          }),
          {real({})}),
      law("transpose_empty", one([](Array x) {
            return lax::transpose(x, {1, 0});
          }),
          {real({0, 3})}),
      law("broadcast_empty", one([](Array x) {
            return lax::broadcast_in_dim(x, {2, 0}, {1});
          }),
          {real({0})}),
      law("pad_empty",
          [](X x) {
            return Arrays{lax::pad(x[0], x[1], {{2, 1, 0}})};
          },
          {real({0}), real({})}),
      law("concatenate_empty", [](X x) { return Arrays{lax::concatenate(x, 0)}; },
          {real({0, 2}), real({2, 2}), real({0, 2})}),
      law("rev_empty", one([](Array x) { return lax::rev(x, {0}); }), {real({0, 2})}),
      law("sum_of_nothing", one([](Array x) { return lax::reduce_sum(x, {0}); }), {real({0, 2})}),
      law("sum_over_no_axes", one([](Array x) { return lax::reduce_sum(x, {}); }), {real({2})}),
      law("max_of_rows_without_any", one([](Array x) { return lax::reduce_max(x, {1}); }),
          {real({0, 2})}),
      law("dot_over_nothing", [](X x) { return Arrays{lax::dot(x[0], x[1])}; },
          {real({2, 0}), real({0, 3})}),
      law("dot_without_rows", [](X x) { return Arrays{lax::dot(x[0], x[1])}; },
          {real({0, 2}), real({2, 3})}),
      law("cumsum_empty", one([](Array x) { return lax::cumsum(x, 0); }), {real({0, 2})}),
      law("sort_empty", one([](Array x) { return lax::sort(x, 0); }), {real({0, 2})}),
      law("dynamic_slice_of_nothing",
          [](X x) { return Arrays{lax::dynamic_slice(x[0], Arrays{x[1]}, Shape{0})}; },
          {real({3}), given({}, {1}, DType::I32)}),
      law("select_empty", lax::select, {bools({0}), real({0}), real({0})}),
      law("iota_scaled", one([](Array x) { return lax::mul(x, lax::iota(DType::F64, 3)); }),
          {real({3})})
          .in_double(),
  };
}
INSTANTIATE_TEST_SUITE_P(Edges, Laws, testing::ValuesIn(edge_laws()), law_name);

}  // namespace linum
