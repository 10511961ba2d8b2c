// Eigenvalues of Hermitian matrices.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/decompositions.h"
#include "linum/lax/lapack.h"
#include "linum/lax/matrices.h"
#include "linum/lax/structure.h"

namespace linum::lax::linalg {
namespace {

class EighPrimitive final : public MatrixPrimitive {
 public:
  EighPrimitive(bool lower, PartOfValues part) : lower_(lower), part_(part) {}
  std::string_view name() const override { return "eigh"; }
  void params(ParamSink& sink) const override {
    sink("lower", lower_);
    sink_part(sink, part_);
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_matrices(*this, operands, true);
    const Aval& x = operands[0];
    if (!part_) return {x.strong(), Aval(real_part_of(x.dtype()), with_last(x, 1, {}))};
    const std::int64_t d = part_->second - part_->first;
    return {Aval(x.dtype(), with_last(x, 1, {d})),
            Aval(real_part_of(x.dtype()), with_last(x, 2, {d}))};
  }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    refuse_part(*this, part_);
    return MatrixPrimitive::lower(e, operands, results);
  }

 private:
  const bool lower_;
  const PartOfValues part_;  // nothing: all
};

// 1 / (w_j - w_i), and 0 on the diagonal.
Array inverse_gaps(const Array& w, const Array& like) {
  const Array eye = eye_like(like), values = convert_element_type(w, like.dtype());
  const Array gaps = sub(as_rows(values, like), as_columns(values, like));
  return sub(reciprocal(add(eye, gaps)), eye);
}

// Perturbation theory of first order: v' = v (F o v^H x' v), w' = diag(v^H x' v).
JvpResult EighPrimitive::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  if (part_) throw TransformError("eigh: a part of the eigenvalues has no derivative");
  const Array whole = symmetrize(x[0]);
  const std::vector<Array> out = again({&whole, 1});
  const Array& v = out[0];
  const Array turned = product(product(adjoint(v), t[0]), v);
  const Array diagonal = diagonal_of(turned);
  return {out,
          {product(v, mul(inverse_gaps(out[1], turned), turned)),
           is_complex(diagonal.dtype()) ? real(diagonal) : diagonal}};
}

}  // namespace

Eigh eigh(const Array& x, const EighOptions& options) {
  const bool can = options.symmetrize_input && x.ndim() >= 2 && x.shape(-1) == x.shape(-2) &&
                   kLapack.test(x.dtype());
  const Array operand = can ? symmetrize(x) : x;
  const auto part =
      x.ndim() < 2 ? PartOfValues() : part_of("eigh", options.subset_by_index, x.shape(-1));
  const auto out = linum::bind(make_ref<const EighPrimitive>(options.lower, part), {&operand, 1});
  return {out[0], out[1]};
}

}  // namespace linum::lax::linalg
