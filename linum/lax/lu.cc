// LU decomposition with partial pivoting.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/decompositions.h"
#include "linum/lax/dynamic.h"
#include "linum/lax/lapack.h"
#include "linum/lax/matrices.h"
#include "linum/lax/sort.h"
#include "linum/lax/structure.h"

namespace linum::lax::linalg {
namespace {

using Arrays = std::vector<Array>;

// The last axis of x in another order, for each vector.
Array take_last(const Array& x, const Array& indices) {
  return squeeze(take_rows(expand_dims(x, {x.ndim()}), indices), {x.ndim()});
}

// 0, 1, ... with i and j (one for each vector) exchanged.
Array exchange(const Shape& shape, const Array& i, const Array& j) {
  const Array place = broadcasted_iota(DType::I32, shape, std::ssize(shape) - 1);
  const Array other = broadcast_in_dim(j, shape, iota_axes(j.ndim()));
  const Array here = full_like(place, i);
  return select(eq(place, here), other, select(eq(place, other), here, place));
}

// --- by a loop over columns, where no kernel takes its place ------------------------------------

// The row from k on with the greatest element in a column (..., m).
Array pivot_row(const Array& column, const Array& k) {
  const Array size =
      is_complex(column.dtype()) ? add(abs(real(column)), abs(imag(column))) : abs(column);
  const Array place = broadcasted_iota(DType::I32, column.shape(), column.ndim() - 1);
  return argmax(select(ge(place, k), size, full_like(size, make_scalar(-1.0, size.dtype()))),
                size.ndim() - 1);
}

// Divides column k below the diagonal by its head, and takes it out of what is below and behind.
Array eliminate(const Array& a, const Array& k) {
  const std::int64_t rank = a.ndim();
  const Array column = dynamic_slice_in_dim(a, k, 1, rank - 1);
  const Array row = dynamic_slice_in_dim(a, k, 1, rank - 2);
  const Array head = dynamic_slice_in_dim(row, k, 1, rank - 1);
  const Array divisor = broadcast_in_dim(head, column.shape(), iota_axes(rank));
  const Array below = gt(broadcasted_iota(DType::I32, column.shape(), rank - 2), k);
  const Array is_divisible = bitwise_and(below, ne(divisor, zeros_like(divisor)));
  const Array factors = select(is_divisible, div(column, divisor), column);
  const Array behind = gt(broadcasted_iota(DType::I32, row.shape(), rank - 1), k);
  const Array rest =
      product(select(below, factors, zeros_like(factors)), select(behind, row, zeros_like(row)));
  return dynamic_update_slice_in_dim(sub(a, rest), factors, k, rank - 1);
}

// k, a, pivots, permutation
Arrays lu_start(std::span<const Array> x) {
  const std::int64_t m = x[0].shape(-2), k = std::min(m, x[0].shape(-1));
  const Shape batch = with_last(x[0].aval(), 2, {}), order = with_last(x[0].aval(), 2, {m});
  return {integer(0), x[0], zeros(with_last(x[0].aval(), 2, {k}), DType::I32),
          broadcasted_iota(DType::I32, order, std::ssize(batch))};
}

Arrays lu_step(std::span<const Array> s) {
  const std::int64_t rank = s[1].ndim();
  const Array column = squeeze(dynamic_slice_in_dim(s[1], s[0], 1, rank - 1), {rank - 1});
  const Array pivot = pivot_row(column, s[0]);
  const Array order = exchange(column.shape(), s[0], pivot);
  return {add(s[0], integer(1)), eliminate(take_rows(s[1], order), s[0]),
          dynamic_update_slice_in_dim(s[2], expand_dims(pivot, {pivot.ndim()}), s[0], rank - 2),
          take_last(s[3], order)};
}

// --- the primitive ------------------------------------------------------------------------------

class LuPrimitive final : public MatrixPrimitive {
 public:
  std::string_view name() const override { return "lu"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_matrices(*this, operands, false);
    const Aval& x = operands[0];
    const std::int64_t m = x.dim(x.rank() - 2), k = std::min(m, x.dim(x.rank() - 1));
    return {x.strong(), Aval(DType::I32, with_last(x, 2, {k})),
            Aval(DType::I32, with_last(x, 2, {m}))};
  }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    std::vector<Ssa> state = lower_composed(e, lu_start, operands);
    const std::int64_t steps = results[1].shape().back();
    const auto more = [steps](std::span<const Array> s) {
      return Arrays{lt(s[0], integer(steps))};
    };
    if (steps > 0) state = lower_while(e, more, lu_step, state);
    return {state.begin() + 1, state.end()};
  }
};

// L' = L tril(M, -1) and U' = triu(M) U with M = inv(L) P x' inv(U).
Array lu_tangent(const Array& lu, const Array& permutation, const Array& tangent) {
  const std::int64_t m = lu.shape(-2), n = lu.shape(-1), k = std::min(m, n);
  Array l = pad_columns(lower_triangle(columns(lu, 0, k), -1), m);
  l = add(l, eye_like(l));
  Array u = pad_rows(upper_triangle(rows(lu, 0, k)), n);
  const Array beyond = ge(broadcasted_iota(DType::I32, u.shape(), u.ndim() - 1), integer(k));
  u = add(u, select(beyond, eye_like(u), zeros_like(u)));
  const Array from_left =
      triangular_solve(l, take_rows(tangent, permutation),
                       {.left_side = true, .lower = true, .unit_diagonal = true});
  const Array middle = triangular_solve(u, from_left);
  return add(product(l, lower_triangle(middle, -1)), product(upper_triangle(middle), u));
}

JvpResult LuPrimitive::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const Arrays out = again(x);
  return {out, {lu_tangent(out[0], out[2], t[0]), {}, {}}};
}

class PivotsToPermutation final : public MatrixPrimitive {
 public:
  explicit PivotsToPermutation(std::int64_t size) : size_(size) {}
  std::string_view name() const override { return "lu_pivots_to_permutation"; }
  void params(ParamSink& sink) const override { sink("permutation_size", size_); }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  const std::int64_t size_;
};

std::vector<Aval> PivotsToPermutation::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 1);
  const Aval& pivots = operands[0];
  if (pivots.dtype() != DType::I32) refuse_dtype(*this, pivots, "int32");
  if (pivots.rank() < 1 || pivots.shape().back() > size_) {
    throw ShapeError(str_cat("lu_pivots_to_permutation: ", pivots,
                             " holds more swaps than the permutation of ", size_, " rows"));
  }
  return {Aval(DType::I32, with_last(pivots, 1, {size_}))};
}

std::vector<Ssa> PivotsToPermutation::lower(Emitter& e, std::span<const Ssa> operands,
                                            std::span<const Aval> results) const {
  const Shape shape = results[0].shape();
  const auto start = [&](std::span<const Array> x) {
    return Arrays{integer(0), x[0], broadcasted_iota(DType::I32, shape, std::ssize(shape) - 1)};
  };
  const auto step = [&](std::span<const Array> s) {
    const std::int64_t last = std::ssize(shape) - 1;
    const Array other = squeeze(dynamic_slice_in_dim(s[1], s[0], 1, last), {last});
    return Arrays{add(s[0], integer(1)), s[1], take_last(s[2], exchange(shape, s[0], other))};
  };
  const std::int64_t steps = operands[0].aval.shape().back();
  const auto more = [steps](std::span<const Array> s) { return Arrays{lt(s[0], integer(steps))}; };
  std::vector<Ssa> state = lower_composed(e, start, operands);
  if (steps > 0) state = lower_while(e, more, step, state);
  return {state[2]};
}

}  // namespace

Lu lu(const Array& x) {
  const auto out = linum::bind(the<LuPrimitive>(), {&x, 1});
  return {out[0], out[1], out[2]};
}

Array lu_pivots_to_permutation(const Array& pivots, std::int64_t permutation_size) {
  return bind1<PivotsToPermutation>({pivots}, permutation_size);
}

Array lu_solve(const Array& lu, const Array& permutation, const Array& b, int trans) {
  const TriangularSolveOptions l{.left_side = true, .lower = true, .unit_diagonal = true};
  const TriangularSolveOptions u{.left_side = true};
  if (trans == 0)
    return triangular_solve(lu, triangular_solve(lu, take_rows(b, permutation), l), u);
  if (trans != 1 && trans != 2) {
    throw ValueError(str_cat("lu_solve: trans must be 0, 1 or 2, got ", trans));
  }
  const auto turned = [trans](TriangularSolveOptions o) {
    o.transpose_a = true;
    o.conjugate_a = trans == 2;
    return o;
  };
  const Array x = triangular_solve(lu, triangular_solve(lu, b, turned(u)), turned(l));
  const std::int64_t last = permutation.ndim() - 1;
  const Array place = broadcasted_iota(DType::I32, permutation.shape(), last);
  return take_rows(x, sort_key_val(permutation, place, last).second);
}

}  // namespace linum::lax::linalg
