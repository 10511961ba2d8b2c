#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/linalg.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

class TriangularSolve final : public Primitive {
 public:
  explicit TriangularSolve(const TriangularSolveOptions& options) : o_(options) {}
  std::string_view name() const override { return "triangular_solve"; }
  void params(ParamSink& sink) const override {
    sink("left_side", o_.left_side);
    sink("lower", o_.lower);
    sink("transpose_a", o_.transpose_a);
    sink("conjugate_a", o_.conjugate_a);
    sink("unit_diagonal", o_.unit_diagonal);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  Array solve(const Array& a, const Array& b) const { return triangular_solve(a, b, o_); }
  Array moved_by_a(const Array& a, const Array& x, const Tangent& a_tangent) const;
  Batched batch_of_b(const Array& a, const Array& b, std::int64_t dim) const;

  const TriangularSolveOptions o_;
};

bool is_square(const Aval& a) {
  return a.rank() >= 2 && a.dim(a.rank() - 1) == a.dim(a.rank() - 2);
}

Shape batch_shape(const Aval& x) { return {x.shape().begin(), x.shape().end() - 2}; }

std::vector<Aval> TriangularSolve::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 2);
  const Aval &a = operands[0], &b = operands[1];
  if (!is_inexact(a.dtype())) refuse_dtype(*this, a, kInexact.words);
  if (a.dtype() != b.dtype()) {
    throw DTypeError(str_cat("triangular_solve needs operands of one dtype, got ", a, " and ", b));
  }
  const bool fits = is_square(a) && b.rank() == a.rank() && batch_shape(a) == batch_shape(b) &&
                    b.dim(b.rank() - (o_.left_side ? 2 : 1)) == a.dim(a.rank() - 1);
  if (!fits) {
    throw ShapeError(str_cat("triangular_solve: ", a, " is no square matrix that fits the ",
                             o_.left_side ? "rows" : "columns", " of ", b));
  }
  return {b.strong()};
}

// How the solution x moves with a: -a^{-1} (da x), in whichever order is cheaper.
Array TriangularSolve::moved_by_a(const Array& a, const Array& x, const Tangent& a_tangent) const {
  const std::int64_t k = o_.unit_diagonal ? 1 : 0;
  Array g = neg(o_.lower ? lower_triangle(a_tangent, -k) : upper_triangle(a_tangent, k));
  const bool is_conjugate = is_complex(g.dtype()) && o_.conjugate_a;
  if (o_.transpose_a) {
    g = adjoint(g);
    if (is_complex(g.dtype()) && !o_.conjugate_a) g = conj(g);
  } else if (is_conjugate) {
    g = conj(g);
  }
  auto dot = [](const Array& l, const Array& r) { return batch_matmul(l, r, Precision::Highest); };
  const std::int64_t m = x.shape(-2), n = x.shape(-1);
  if (o_.left_side) return m > n ? solve(a, dot(g, x)) : dot(solve(a, g), x);
  return m < n ? solve(a, dot(x, g)) : dot(x, solve(a, g));
}

JvpResult TriangularSolve::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const Array out = solve(x[0], x[1]);
  Tangent tangent;
  if (t[0].defined()) tangent = moved_by_a(x[0], out, t[0]);
  if (t[1].defined()) tangent = add_tangents(tangent, solve(x[0], t[1]));
  return {{out}, {tangent}};
}

std::vector<Tangent> TriangularSolve::transpose(std::span<const Tangent> cts,
                                                std::span<const Operand> operands) const {
  if (operands[0].is_linear()) refuse_transpose(*this);
  TriangularSolveOptions back = o_;
  back.transpose_a = !back.transpose_a;
  return {{}, triangular_solve(operands[0].value, cts[0], back)};
}

// One a for all of the batch: more columns (rows) of b.
Batched TriangularSolve::batch_of_b(const Array& a, const Array& b, std::int64_t dim) const {
  const std::int64_t to = o_.left_side ? b.ndim() - 1 : b.ndim() - 3;
  const Array moved = move_batch_axis(b, b.shape(dim), dim, to);
  Shape flat = moved.shape();
  const auto last = flat.end() - (o_.left_side ? 2 : 3);
  last[1] *= last[0];
  flat.erase(last);
  return {{reshape(solve(a, reshape(moved, flat)), moved.shape())}, {to}};
}

Batched TriangularSolve::batch(const BatchAxis& axis, std::span<const Array> x,
                               std::span<const std::int64_t> dims) const {
  if (dims[0] == kNotBatched) return batch_of_b(x[0], x[1], dims[1]);
  return {{solve(move_batch_axis(x[0], axis.size, dims[0], 0),
                 move_batch_axis(x[1], axis.size, dims[1], 0))},
          {0}};
}

std::vector<Ssa> TriangularSolve::lower(Emitter& e, std::span<const Ssa> operands,
                                        std::span<const Aval> results) const {
  std::vector<Ssa> inputs(operands.begin(), operands.end());
  const bool conjugates = o_.conjugate_a && is_complex(inputs[0].aval.dtype());
  if (conjugates && !o_.transpose_a) {
    inputs[0] = lower_composed(e, [](std::span<const Array> x) { return std::vector{conj(x[0])}; },
                               {&inputs[0], 1})[0];
  }
  const std::string_view form =
      !o_.transpose_a ? "NO_TRANSPOSE" : (conjugates ? "ADJOINT" : "TRANSPOSE");
  auto flag = [](bool on) { return on ? "true" : "false"; };
  return {e.op1("stablehlo.triangular_solve", inputs,
                str_cat("left_side = ", flag(o_.left_side), ", lower = ", flag(o_.lower),
                        ", transpose_a = #stablehlo<transpose ", form,
                        ">, unit_diagonal = ", flag(o_.unit_diagonal)),
                results[0])};
}

}  // namespace

Array triangular_solve(const Array& a, const Array& b, const TriangularSolveOptions& options) {
  return bind1<TriangularSolve>({a, b}, options);
}

}  // namespace linum::lax
