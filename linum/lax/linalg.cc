// cholesky, and the shapes of matrices.
#include "linum/lax/linalg.h"

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/matrices.h"
#include "linum/lax/structure.h"

namespace linum::lax {

// --- triangles --------------------------------------------------------------------------------

static Array masked(const Array& x, std::int64_t k, Array (*keep)(const Array&, const Array&)) {
  const Shape& shape = x.shape();
  const std::int64_t rank = x.ndim();
  const Array row =
      add(broadcasted_iota(DType::I32, shape, rank - 2), make_integer_scalar(k, DType::I32));
  const Array column = broadcasted_iota(DType::I32, shape, rank - 1);
  return select(keep(row, column), x, zeros_like(x));
}
Array lower_triangle(const Array& x, std::int64_t k) { return masked(x, k, ge); }
Array upper_triangle(const Array& x, std::int64_t k) { return masked(x, k, le); }

// --- cholesky ---------------------------------------------------------------------------------

namespace {

class Cholesky final : public Primitive {
 public:
  std::string_view name() const override { return "cholesky"; }
  void params(ParamSink&) const override {}

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    const Aval& x = operands[0];
    if (!is_inexact(x.dtype())) refuse_dtype(*this, x, kInexact.words);
    if (x.rank() < 2 || x.dim(x.rank() - 1) != x.dim(x.rank() - 2)) {
      throw ShapeError(str_cat("cholesky needs square matrices, got ", x));
    }
    return {x.strong()};
  }

  // https://arxiv.org/pdf/1602.07527.pdf
  JvpResult jvp(std::span<const Array> x, std::span<const Tangent> t) const override {
    const Array l = lower_triangle(bind1(Ref<const Primitive>(this), x));
    const Array right =
        triangular_solve(l, t[0], {.lower = true, .transpose_a = true, .conjugate_a = true});
    const Array inner = triangular_solve(l, right, {.left_side = true, .lower = true});
    return {{l}, {product(l, halved_diagonal(lower_triangle(inner)))}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    return refuse_transpose(*this);
  }
  Batched batch(const BatchAxis& axis, std::span<const Array> x,
                std::span<const std::int64_t> dims) const override {
    return {{bind1(Ref<const Primitive>(this), {{move_batch_axis(x[0], axis.size, dims[0], 0)}})},
            {0}};
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.cholesky", operands, "lower = true", results[0])};
  }

 private:
  static Array halved_diagonal(const Array& x) {
    const Array half = scaled(x, 0.5);
    return sub(x, sub(lower_triangle(half), lower_triangle(half, -1)));
  }
};

}  // namespace

Array cholesky(const Array& x, bool symmetrize_input) {
  Array a = x;
  if (symmetrize_input && x.ndim() >= 2 && x.shape(-1) == x.shape(-2) && is_inexact(x.dtype())) {
    a = symmetrize(x);
  }
  const Array operands[] = {a};
  return lower_triangle(bind1(the<Cholesky>(), operands));
}

}  // namespace linum::lax
