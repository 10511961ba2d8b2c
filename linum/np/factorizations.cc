// LU and QR by loops of vector operations, with their derivatives.
#include <cmath>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/indexing.h"
#include "linum/np/linalg.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"
#include "linum/np/take.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/custom.h"
#include "linum/transforms/vmap.h"

namespace linum::np::linalg {
namespace {

void require_matrices(std::string_view what, const Array& x) {
  if (x.ndim() >= 2) return;
  throw ShapeError(concat(what, " needs matrices in the last two axes, got ", x.aval()));
}

Array dot(const Array& x, const Array& y) {
  return matmul(x, y, {.precision = lax::Precision::Highest});
}

// f of one matrix, over all of them.
std::vector<Array> over_matrices(const FlatFn& f, const Array& x) {
  if (x.ndim() == 2) return f(std::vector{x});
  const Shape batch(x.shape().begin(), x.shape().end() - 2);
  const std::int64_t count = element_count(batch);
  const Array flat = lax::reshape(x, {count, x.shape(-2), x.shape(-1)});
  const std::int64_t first = 0;
  std::vector<Array> out = vmap_flat(
      f, {{flat}}, {&first, 1}, [](std::size_t n) { return std::vector<std::int64_t>(n, 0); }, "",
      count);
  for (Array& part : out) {
    Shape shape = batch;
    shape.insert(shape.end(), part.shape().begin() + 1, part.shape().end());
    part = lax::reshape(part, shape);
  }
  return out;
}

Array row_of(const Array& x, const Array& k) { return lax::dynamic_index_in_dim(x, k, 0, false); }
Array column_of(const Array& x, const Array& k) {
  return lax::dynamic_index_in_dim(x, k, 1, false);
}
Array as_column(const Array& v) { return lax::expand_dims(v, {1}); }
Array as_row(const Array& v) { return lax::expand_dims(v, {0}); }
Array swap(const Array& x, const Array& i, const Array& k) {
  const Array old = row_of(x, k);
  return lax::dynamic_update_index_in_dim(lax::dynamic_update_index_in_dim(x, row_of(x, i), k, 0),
                                          old, i, 0);
}

// --- LU ---------------------------------------------------------------------------------------

struct Elimination {
  Array a, permutation, sign;
};
using EliminationTuple = std::tuple<Array, Array, Array>;

// The row from k on with the greatest element in column k.
Array pivot_row(const Array& a, const Array& k) {
  const Array column = column_of(a, k);
  const Array size = is_complex(a.dtype()) ? abs(real(column)) + abs(imag(column)) : abs(column);
  const Array candidates = where(lax::iota(int32, a.shape(0)) >= k, size, -1);
  return lax::argmax(candidates, 0);
}

Elimination eliminate(const Elimination& s, const Array& k) {
  const Array pivot = pivot_row(s.a, k);
  Array a = swap(s.a, pivot, k);
  const Array row = row_of(a, k), head = lax::dynamic_index_in_dim(row, k, 0, false);
  const Array below = lax::iota(int32, a.shape(0)) > k;
  const Array column = column_of(a, k);
  const Array factors = where(below & (head != 0), column / head, column);
  const Array place = lax::iota(int32, a.shape(1));
  a = where(as_row(place == k), as_column(factors), a);
  a = where(as_column(below) & as_row(place > k), a - as_column(factors) * as_row(row), a);
  return {a, swap(s.permutation, pivot, k), where(pivot == k, s.sign, -s.sign)};
}

std::vector<Array> factor_lu(std::span<const Array> x) {
  const Array& a = x[0];
  auto step = [](const Array& k, const EliminationTuple& t) {
    const Elimination s = eliminate({std::get<0>(t), std::get<1>(t), std::get<2>(t)}, k);
    return EliminationTuple{s.a, s.permutation, s.sign};
  };
  const EliminationTuple start{a, lax::iota(int32, a.shape(0)), make_scalar(1.0, a.dtype())};
  const auto [out, permutation, sign] =
      lax::fori_loop(0, std::min(a.shape(0), a.shape(1)), step, start);
  return {out, permutation, sign};
}

Array with_lu_derivative(const Array& x, const Array& lu, const Array& permutation);

Array padded(const Array& x, std::int64_t rows, std::int64_t columns) {
  std::vector<lax::Padding> padding(x.shape().size());
  padding[padding.size() - 2].high = rows - x.shape(-2);
  padding.back().high = columns - x.shape(-1);
  return lax::pad(x, lax::convert_element_type(0, x.dtype()), padding);
}

// L' = L tril(M, -1) and U' = triu(M) U with M = inv(L) A' inv(U).
Array lu_tangent(const Array& lu, const Array& permutation, const Array& tangent) {
  const std::int64_t m = lu.shape(-2), n = lu.shape(-1), k = std::min(m, n);
  const Array l = padded(lax::lower_triangle(index(lu, {ellipsis, Slice{.stop = k}}), -1), m, m) +
                  eye(m, {}, 0, lu.dtype());
  const Array corner = where(as_column(lax::iota(int32, n) >= k), eye(n, {}, 0, lu.dtype()), 0);
  const Array u =
      padded(lax::upper_triangle(index(lu, {ellipsis, Slice{.stop = k}, Slice{}})), n, n) + corner;
  const Array places = broadcast_to(expand_dims(permutation, -1), tangent.shape());
  const Array right =
      lax::triangular_solve(l, take_along_axis(tangent, places, -2),
                            {.left_side = true, .lower = true, .unit_diagonal = true});
  const Array middle = lax::triangular_solve(u, right);
  return dot(l, lax::lower_triangle(middle, -1)) + dot(lax::upper_triangle(middle), u);
}

using LuArguments = std::tuple<Array, Array, Array>;
std::pair<Array, Array> lu_rule(const LuArguments& primals, const LuArguments& tangents) {
  const auto& [x, factors, permutation] = primals;
  const Array lu = with_lu_derivative(x, factors, permutation);
  return {lu, lu_tangent(lu, permutation, std::get<0>(tangents))};
}

// The factors themselves, as a function of x.
Array with_lu_derivative(const Array& x, const Array& lu, const Array& permutation) {
  auto factors = [](const Array&, const Array& known, const Array&) { return known; };
  return custom_jvp(factors, lu_rule)(x, lu, permutation);
}

// --- QR ---------------------------------------------------------------------------------------

using ArrayTuple = std::tuple<Array, Array>;

// The vector v (1 at place k, zeros before it) and the factor tau of the reflection that maps
// column k to zeros below the diagonal, with LAPACK's signs.
struct Reflection {
  Array v, tau;
};
Reflection reflection_of(const Array& column, const Array& k) {
  const Array place = lax::iota(int32, column.size());
  const Array head = lax::dynamic_index_in_dim(column, k, 0, false);
  const Array tail = where(place > k, column, 0);
  const Array tail_square = sum(real(tail * conj(tail)));
  const Array head_real = real(head);
  const Array length = sqrt(real(head * conj(head)) + tail_square);
  const Array is_done = (tail_square == 0) & (imag(head) == 0);
  const Array signed_length = where(head_real >= 0, -length, length);
  const Array beta = lax::convert_element_type(where(is_done, 1, signed_length), column.dtype());
  const Array tau = where(is_done, 0, (beta - head) / beta);
  const Array v = tail / where(is_done, 1, head - beta);
  return {where(place == k, 1, v), tau};
}

std::vector<Array> factor_qr(std::span<const Array> x) {
  const std::int64_t m = x[0].shape(0), n = x[0].shape(1);
  auto step = [](const Array& k, const ArrayTuple& s) {
    const auto& [q, r] = s;
    const auto [v, tau] = reflection_of(column_of(r, k), k);
    const Array from_left = dot(as_row(conj(v)), r), from_right = dot(q, as_column(v));
    return ArrayTuple{q - tau * from_right * as_row(conj(v)),
                      r - conj(tau) * as_column(v) * from_left};
  };
  const ArrayTuple start{eye(m, {}, 0, x[0].dtype()), x[0]};
  const auto [q, r] = lax::fori_loop(0, std::min(m, n), step, start);
  return {q, lax::upper_triangle(r)};
}

ArrayTuple qr_with_derivative(const Array& x);

// j-towns.github.io/papers/qr-derivative.pdf
ArrayTuple square_tangents(const Array& q, const Array& r, const Array& tangent) {
  const Array scaled = lax::triangular_solve(r, tangent);
  const Array turned = dot(lax::adjoint(q), scaled);
  const Array lower = lax::lower_triangle(turned, -1);
  Array skew = lower - lax::adjoint(lower);
  if (is_complex(skew.dtype())) {
    const Array one = eye(r.shape(-1), {}, 0, skew.dtype());
    skew = skew + one * (turned - lax::convert_element_type(real(turned), turned.dtype()));
  }
  return {dot(q, skew - turned) + scaled, dot(turned - skew, r)};
}

std::pair<ArrayTuple, ArrayTuple> qr_rule(const std::tuple<Array>& primals,
                                          const std::tuple<Array>& tangents) {
  const Array& x = std::get<0>(primals);
  const Array& tangent = std::get<0>(tangents);
  const ArrayTuple out = qr_with_derivative(x);
  const auto& [q, r] = out;
  const std::int64_t m = x.shape(-2), n = x.shape(-1);
  if (m >= n) return {out, square_tangents(q, r, tangent)};
  const Indices first{ellipsis, Slice{.stop = m}}, rest{ellipsis, Slice{.start = m}};
  const auto [q_tangent, r_first] = square_tangents(q, index(r, first), index(tangent, first));
  const Array r_rest =
      dot(lax::adjoint(q_tangent), index(x, rest)) + dot(lax::adjoint(q), index(tangent, rest));
  return {out, {q_tangent, lax::concatenate({r_first, r_rest}, x.ndim() - 1)}};
}

// Reduced.
ArrayTuple qr_with_derivative(const Array& x) {
  auto factor = [](const Array& a) {
    const std::int64_t k = std::min(a.shape(-2), a.shape(-1));
    const std::vector<Array> out = over_matrices(factor_qr, a);
    return ArrayTuple{index(out[0], {ellipsis, Slice{.stop = k}}),
                      index(out[1], {ellipsis, Slice{.stop = k}, Slice{}})};
  };
  return custom_jvp(factor, qr_rule)(x);
}

}  // namespace

Array cholesky(const Array& x, bool upper, bool symmetrize_input) {
  const Array lower = lax::cholesky(strong(promote_dtypes_inexact(x)), symmetrize_input);
  return upper ? lax::adjoint(lower) : lower;
}

LU lu(const Array& x) {
  require_matrices("lu", x);
  const Array a = strong(promote_dtypes_inexact(x));
  const std::vector<Array> out = over_matrices(factor_lu, lax::stop_gradient(a));
  return {with_lu_derivative(a, out[0], out[1]), out[1], out[2]};
}

QR qr(const Array& x, std::string_view mode) {
  require_matrices("qr", x);
  const Array a = strong(promote_dtypes_inexact(x));
  if (mode == "reduced" || (mode == "complete" && x.shape(-2) <= x.shape(-1))) {
    const auto [q, r] = qr_with_derivative(a);
    return {q, r};
  }
  if (mode == "complete") {
    const std::vector<Array> out = over_matrices(factor_qr, a);
    return {out[0], out[1]};
  }
  throw ValueError(concat("qr: mode must be \"reduced\" or \"complete\", got \"", mode, "\""));
}

}  // namespace linum::np::linalg
