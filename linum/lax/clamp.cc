// clamp: x kept between two bounds.
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {

namespace {

class Clamp final : public Primitive {
 public:
  std::string_view name() const override { return "clamp"; }
  void params(ParamSink&) const override {}

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 3);
    const Aval& x = operands[1];
    if (!kOrdered.test(x.dtype())) refuse_dtype(*this, x, kOrdered.words);
    for (const Aval& bound : {operands[0], operands[2]}) {
      if (bound.dtype() != x.dtype()) {
        throw DTypeError(str_cat("clamp requires arguments to have equal dtypes, got ",
                                 to_text(std::vector<Aval>(operands.begin(), operands.end())),
                                 "."));
      }
      if (bound.rank() != 0 && bound.shape() != x.shape()) {
        throw ShapeError(str_cat("clamp requires bounds of the operand's shape or scalars, got ",
                                 to_text(bound.shape()), " for operand shape ", to_text(x.shape()),
                                 "."));
      }
    }
    return {Aval(x.dtype(), x.shape(), x.weak() && operands[0].weak() && operands[2].weak())};
  }

  // What is strictly inside moves with x, what is outside with its bound.
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    const Array &low = primals[0], &x = primals[1], &high = primals[2];
    Array y = clamp(low, x, high);
    const Array holds[] = {bitwise_and(gt(low, x), lt(low, high)),
                           bitwise_and(gt(x, low), lt(x, high)), lt(high, x)};
    Tangent t;
    for (std::size_t i : {0u, 1u, 2u})
      if (tangents[i].defined()) t = add_tangents(t, where(holds[i], tangents[i], y));
    return {{y}, {t}};
  }

  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    refuse_transpose(*this);
  }

  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    Array x = move_batch_axis(operands[1], axis.size, dims[1], 0);
    auto bound = [&](std::size_t i) {
      const Array& b = operands[i];
      bool scalar = b.ndim() == (dims[i] == kNotBatched ? 0 : 1);
      if (!scalar) return move_batch_axis(b, axis.size, dims[i], 0);
      return dims[i] == kNotBatched ? b : broadcast_in_dim(b, x.shape(), {0});
    };
    return {{clamp(bound(0), x, bound(2))}, {0}};
  }

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.clamp", operands, "", results[0])};
  }

 private:
  static Array where(const Array& holds, const Array& t, const Array& like) {
    Array spread = t.shape() == like.shape() ? t : broadcast_in_dim(t, like.shape(), {});
    return select(holds, spread, zeros_like(spread));
  }
};

}  // namespace

Array clamp(const Array& low, const Array& x, const Array& high) {
  const Array operands[] = {match_dtypes(low, x).first, x, match_dtypes(high, x).first};
  return bind1(the<Clamp>(), operands);
}

}  // namespace linum::lax
