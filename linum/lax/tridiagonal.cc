// Hessenberg and tridiagonal forms, and tridiagonal equations.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/decompositions.h"
#include "linum/lax/dynamic.h"
#include "linum/lax/lapack.h"
#include "linum/lax/matrices.h"
#include "linum/lax/structure.h"

namespace linum::lax::linalg {
namespace {

using Arrays = std::vector<Array>;

// The last size of the vectors that lie beside the diagonal.
std::int64_t beside_diagonal(const Primitive& primitive, const Aval& x) {
  const std::int64_t n = x.dim(x.rank() - 1);
  if (n > 0) return n - 1;
  throw ShapeError(str_cat(primitive.name(), " needs matrices with elements, got ", x));
}

class Hessenberg final : public MatrixPrimitive {
 public:
  std::string_view name() const override { return "hessenberg"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_matrices(*this, operands, true);
    const Aval& x = operands[0];
    return {x.strong(), Aval(x.dtype(), with_last(x, 2, {beside_diagonal(*this, x)}))};
  }
};

class TridiagonalPrimitive final : public MatrixPrimitive {
 public:
  explicit TridiagonalPrimitive(bool lower) : lower_(lower) {}
  std::string_view name() const override { return "tridiagonal"; }
  void params(ParamSink& sink) const override { sink("lower", lower_); }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_matrices(*this, operands, true);
    const Aval& x = operands[0];
    const Shape beside = with_last(x, 2, {beside_diagonal(*this, x)});
    const DType real = real_part_of(x.dtype());
    return {x.strong(), Aval(real, with_last(x, 1, {})), Aval(real, beside),
            Aval(x.dtype(), beside)};
  }

 private:
  const bool lower_;
};

// --- tridiagonal_solve --------------------------------------------------------------------------

class TridiagonalSolve final : public MatrixPrimitive {
 public:
  std::string_view name() const override { return "tridiagonal_solve"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;
};

std::vector<Aval> TridiagonalSolve::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 4);
  const Aval &d = operands[1], &b = operands[3];
  if (!kLapack.test(b.dtype())) refuse_dtype(*this, b, kLapack.words);
  bool fits = b.rank() >= 2 && d.shape() == Shape(b.shape().begin(), b.shape().end() - 1);
  for (const Aval& x : operands.first(3)) fits = fits && x.shape() == d.shape();
  for (const Aval& x : operands) fits = fits && x.dtype() == b.dtype();
  if (fits) return {b.strong()};
  throw ShapeError(
      str_cat("tridiagonal_solve needs three diagonals (..., m) and b (..., m, n) of "
              "one dtype, got ",
              to_text(std::vector<Aval>(operands.begin(), operands.end()))));
}

// x one row further down (up), a zero in its place.
Array moved_down(const Array& x, std::int64_t axis) {
  std::vector<Padding> padding(x.shape().size());
  padding[static_cast<std::size_t>(axis)] = {1, -1, 0};
  return pad(x, make_scalar(0.0, x.dtype()), padding);
}
Array moved_up(const Array& x, std::int64_t axis) {
  std::vector<Padding> padding(x.shape().size());
  padding[static_cast<std::size_t>(axis)] = {-1, 1, 0};
  return pad(x, make_scalar(0.0, x.dtype()), padding);
}

Array tridiagonal_product(std::span<const Tangent> diagonals, const Array& x) {
  const std::int64_t axis = x.ndim() - 2;
  Tangent out;
  const Array operands[] = {moved_down(x, axis), x, moved_up(x, axis)};
  for (std::size_t i = 0; i < 3; ++i) {
    if (!diagonals[i].defined()) continue;
    out = add_tangents(out, mul(as_columns(diagonals[i], x), operands[i]));
  }
  return out;
}

JvpResult TridiagonalSolve::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const Arrays out = again(x);
  Tangent right = t[3];
  if (any_defined(t.first(3))) {
    right = add_tangents(right, neg(tridiagonal_product(t.first(3), out[0])));
  }
  return {out, {tridiagonal_solve(x[0], x[1], x[2], right)}};
}

std::vector<Tangent> TridiagonalSolve::transpose(std::span<const Tangent> cts,
                                                 std::span<const Operand> operands) const {
  for (std::size_t i = 0; i < 3; ++i)
    if (operands[i].is_linear()) refuse_transpose(*this);
  const std::int64_t axis = operands[0].aval.rank() - 1;
  return {{},
          {},
          {},
          tridiagonal_solve(moved_down(operands[2].value, axis), operands[1].value,
                            moved_up(operands[0].value, axis), cts[0])};
}

// Thomas's algorithm, without pivoting: for where no kernel takes its place. The state is i, the
// diagonals as columns, the upper diagonal after elimination, and x.
Arrays thomas_start(std::span<const Array> x) {
  const auto column = [](const Array& v) { return expand_dims(v, {v.ndim()}); };
  return {make_integer_scalar(0, DType::I32), column(x[0]), column(x[1]), column(x[2]), x[3]};
}
struct RowOf {
  const Array& i;
  Array operator()(const Array& x) const { return dynamic_slice_in_dim(x, i, 1, x.ndim() - 2); }
};
Array with_row(const Array& x, const Array& row, const Array& i) {
  return dynamic_update_slice_in_dim(x, row, i, x.ndim() - 2);
}
Array times(const Array& factor, const Array& row) {
  return mul(broadcast_in_dim(factor, row.shape(), iota_axes(row.ndim())), row);
}

Arrays thomas_down(std::span<const Array> s) {
  const Array& i = s[0];
  const Array one = make_integer_scalar(1, DType::I32), before = sub(i, one);
  const Array is_first = eq(i, make_integer_scalar(0, DType::I32));
  const RowOf at{i}, above{max(before, make_integer_scalar(0, DType::I32))};
  const Array l = at(s[1]);
  const Array lower = select(is_first, zeros_like(l), l);
  const Array inverse = reciprocal(sub(at(s[2]), mul(lower, above(s[3]))));
  const Array x = times(inverse, sub(at(s[4]), times(lower, above(s[4]))));
  return {add(i, one), s[1], s[2], with_row(s[3], mul(at(s[3]), inverse), i), with_row(s[4], x, i)};
}
// From the last row but one upward.
Arrays thomas_up(std::span<const Array> s) {
  const Array one = make_integer_scalar(1, DType::I32), i = sub(s[0], one);
  const RowOf at{i}, below{s[0]};
  const Array x = sub(at(s[4]), times(at(s[3]), below(s[4])));
  return {i, s[1], s[2], s[3], with_row(s[4], x, i)};
}

std::vector<Ssa> TridiagonalSolve::lower(Emitter& e, std::span<const Ssa> operands,
                                         std::span<const Aval> results) const {
  const std::int64_t m = results[0].dim(results[0].rank() - 2);
  const auto down = [m](std::span<const Array> s) {
    return Arrays{lt(s[0], make_integer_scalar(m, DType::I32))};
  };
  const auto up = [](std::span<const Array> s) {
    return Arrays{gt(s[0], make_integer_scalar(0, DType::I32))};
  };
  const auto to_last = [](std::span<const Array> s) {
    return Arrays{sub(s[0], make_integer_scalar(1, DType::I32)), s[1], s[2], s[3], s[4]};
  };
  std::vector<Ssa> state = lower_composed(e, thomas_start, operands);
  if (m == 0) return {state[4]};
  state = lower_composed(e, to_last, lower_while(e, down, thomas_down, state));
  return {lower_while(e, up, thomas_up, state)[4]};
}

}  // namespace

Reflections hessenberg(const Array& x) {
  const auto out = linum::bind(the<Hessenberg>(), {&x, 1});
  return {out[0], out[1]};
}
Tridiagonal tridiagonal(const Array& x, bool lower) {
  const auto out = linum::bind(make_ref<const TridiagonalPrimitive>(lower), {&x, 1});
  return {out[0], out[1], out[2], out[3]};
}
Array tridiagonal_solve(const Array& dl, const Array& d, const Array& du, const Array& b) {
  const Array operands[] = {dl, d, du, b};
  return bind1(the<TridiagonalSolve>(), operands);
}

}  // namespace linum::lax::linalg
