// Cholesky's factor after a step of rank one, and symmetric products.
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

class CholeskyUpdate final : public MatrixPrimitive {
 public:
  std::string_view name() const override { return "cholesky_update"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;
};

std::vector<Aval> CholeskyUpdate::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 2);
  const Aval &r = operands[0], &w = operands[1];
  for (const Aval& x : operands)
    if (!is_floating(x.dtype())) refuse_dtype(*this, x, kFloating.words);
  const bool fits = r.rank() >= 2 && r.dim(r.rank() - 1) == r.dim(r.rank() - 2) &&
                    w.dtype() == r.dtype() &&
                    w.shape() == Shape(r.shape().begin(), r.shape().end() - 1);
  if (fits) return {r.strong()};
  throw ShapeError(str_cat("cholesky_update needs a square matrix and a vector of its size, got ",
                           r, " and ", w));
}

struct Rotation {
  Array c, s;
};
// Givens' rotation that takes (x, y) to (r, 0).
Rotation rotation(const Array& x, const Array& y) {
  const Array is_done = eq(y, zeros_like(y)), one = ones(y.shape(), y.dtype());
  const Array greatest = select(is_done, one, max(abs(x), abs(y)));
  const Array a = div(x, greatest), b = div(y, greatest);
  const Array inverse = rsqrt(add(square(a), square(b)));
  return {select(is_done, one, mul(a, inverse)),
          select(is_done, zeros_like(y), neg(mul(b, inverse)))};
}

// k, r, and what is left of w as rows (..., 1, n).
Arrays update_step(std::span<const Array> s) {
  const std::int64_t rank = s[1].ndim();
  const Array row = dynamic_slice_in_dim(s[1], s[0], 1, rank - 2);
  const auto entry = [&](const Array& x) { return dynamic_slice_in_dim(x, s[0], 1, rank - 1); };
  const auto spread = [&](const Array& x) {
    return broadcast_in_dim(x, row.shape(), iota_axes(rank));
  };
  const Rotation g = rotation(entry(row), entry(s[2]));
  const Array c = spread(g.c), sine = spread(g.s);
  return {add(s[0], make_integer_scalar(1, DType::I32)),
          dynamic_update_slice_in_dim(s[1], sub(mul(c, row), mul(sine, s[2])), s[0], rank - 2),
          add(mul(c, s[2]), mul(sine, row))};
}

std::vector<Ssa> CholeskyUpdate::lower(Emitter& e, std::span<const Ssa> operands,
                                       std::span<const Aval>) const {
  const std::int64_t n = operands[1].aval.shape().back();
  const auto start = [](std::span<const Array> x) {
    return Arrays{make_integer_scalar(0, DType::I32), x[0], expand_dims(x[1], {x[1].ndim() - 1})};
  };
  const auto more = [n](std::span<const Array> s) {
    return Arrays{lt(s[0], make_integer_scalar(n, DType::I32))};
  };
  if (n == 0) return {operands[0]};
  return {lower_while(e, more, update_step, lower_composed(e, start, operands))[1]};
}

}  // namespace

Array cholesky_update(const Array& r, const Array& w) {
  const Array operands[] = {r, w};
  return bind1(the<CholeskyUpdate>(), operands);
}

Array symmetric_product(const Array& a, const Array& c, const SymmetricProductOptions& options) {
  const bool fits = a.ndim() >= 2 && c.ndim() == a.ndim() && c.shape(-1) == a.shape(-2) &&
                    c.shape(-2) == a.shape(-2);
  if (!fits) {
    throw ShapeError(str_cat("symmetric_product needs matrices (..., m, n) and (..., m, m), got ",
                             a.aval(), " and ", c.aval()));
  }
  Array out = add(scaled(product(a, matrix_transpose(a)), options.alpha), scaled(c, options.beta));
  if (!options.symmetrize_output) return out;
  return add(lower_triangle(out), matrix_transpose(lower_triangle(out, -1)));
}

}  // namespace linum::lax::linalg
