#include "linum/lax/cumulative.h"

#include <limits>

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/associative_scan.h"
#include "linum/lax/families.h"
#include "linum/lax/limits.h"
#include "linum/lax/structure.h"
#include "linum/lax/window_primitive.h"

namespace linum::lax {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A value and its tangent.
struct Dual {
  Array x, t;
};

// What is accumulated, with its identity and its derivative.
struct Accumulation {
  std::string_view name;
  const Accepts& accepts;
  Array (*identity)(DType);
  Array (*combine)(const Array&, const Array&);
  Dual (*combine_dual)(const Dual&, const Dual&);
};

Dual mul_dual(const Dual& a, const Dual& b) {
  return {mul(a.x, b.x), add(mul(a.t, b.x), mul(b.t, a.x))};
}

// The share of x in the tangent of z = max(x, y) or min(x, y): half where they tie.
Array share(const Array& x, const Array& z, const Array& y) {
  const Array one = full_like(z, make_scalar(1.0, z.dtype()));
  const Array half = full_like(z, make_scalar(0.5, z.dtype()));
  return select(eq(x, z), select(eq(y, z), half, one), zeros_like(z));
}
template <Array (*kChoose)(const Array&, const Array&)>
Dual choose_dual(const Dual& a, const Dual& b) {
  const Array z = kChoose(a.x, b.x);
  return {z, add(mul(a.t, share(a.x, z, b.x)), mul(b.t, share(b.x, z, a.x)))};
}

Array logaddexp(const Array& x, const Array& y) {
  const Array delta = sub(x, y);
  const Array sum = add(max(x, y), log1p(exp(neg(abs(delta)))));
  return select(ne(delta, delta), add(x, y), sum);  // NaN, or infinities of one sign
}
// Infinite results are sums of nothing finite: they pass tangents on as if they were 0.
Array without_infinity(const Array& x) {
  return select(eq(x, make_scalar(kInfinity, x.dtype())), zeros_like(x), x);
}
Dual logaddexp_dual(const Dual& a, const Dual& b) {
  const Array z = logaddexp(a.x, b.x);
  const auto weighted = [&z](const Dual& v) {
    return mul(v.t, exp(sub(without_infinity(v.x), without_infinity(z))));
  };
  return {z, add(weighted(a), weighted(b))};
}

Array zero_of(DType d) { return make_scalar(0.0, d); }
Array one_of(DType d) { return make_scalar(1.0, d); }

const Accumulation kSum{"cumsum", kNumber, zero_of, add, nullptr};  // linear
const Accumulation kProduct{"cumprod", kNumber, one_of, mul, mul_dual};
const Accumulation kMaximum{"cummax", kReal, lowest, max, choose_dual<max>};
const Accumulation kMinimum{"cummin", kReal, highest, min, choose_dual<min>};
const Accumulation kLogSumExp{"cumlogsumexp", kFloating, lowest, logaddexp, logaddexp_dual};

class Cumulative final : public Primitive {
 public:
  Cumulative(const Accumulation& op, std::int64_t axis, bool reverse)
      : op_(op), axis_(axis), reverse_(reverse) {}
  std::string_view name() const override { return op_.name; }
  void params(ParamSink& sink) const override {
    sink("axis", axis_);
    sink("reverse", reverse_);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  Array again(const Array& x, std::int64_t axis, bool reverse) const {
    return bind1<Cumulative>({x}, op_, axis, reverse);
  }
  WindowParams window(const Shape& shape) const;

  const Accumulation& op_;
  const std::int64_t axis_;
  const bool reverse_;
};

std::vector<Aval> Cumulative::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 1);
  if (!op_.accepts.test(operands[0].dtype())) refuse_dtype(*this, operands[0], op_.accepts.words);
  return {operands[0]};
}

// As jax: value and tangent by an associative scan over pairs of both.
JvpResult Cumulative::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  if (!t[0].defined()) return {{again(x[0], axis_, reverse_)}, {{}}};
  if (!op_.combine_dual) {
    return {{again(x[0], axis_, reverse_)}, {again(t[0], axis_, reverse_)}};
  }
  const auto combine = [this](std::span<const Array> a, std::span<const Array> b) {
    const Dual out = op_.combine_dual({a[0], a[1]}, {b[0], b[1]});
    return std::vector<Array>{out.x, out.t};
  };
  const Array pair[] = {x[0], t[0]};
  const auto out = associative_scan(CombineFn(combine), pair, reverse_, axis_);
  return {{out[0]}, {out[1]}};
}

std::vector<Tangent> Cumulative::transpose(std::span<const Tangent> cotangents,
                                           std::span<const Operand>) const {
  if (op_.combine_dual) refuse_transpose(*this);
  return {again(cotangents[0], axis_, !reverse_)};
}

Batched Cumulative::batch(const BatchAxis&, std::span<const Array> x,
                          std::span<const std::int64_t> dims) const {
  return {{again(x[0], axis_ < dims[0] ? axis_ : axis_ + 1, reverse_)}, {dims[0]}};
}

// A window over everything before (or after): XLA makes a logarithmic number of steps of it.
WindowParams Cumulative::window(const Shape& shape) const {
  const auto i = static_cast<std::size_t>(axis_);
  const Shape none(shape.size(), 1);
  WindowParams p{none, none, Pads(shape.size(), {0, 0}), none, none};
  const std::int64_t n = shape[i];
  p.window_dimensions[i] = n;
  p.padding[i] = reverse_ ? std::pair<std::int64_t, std::int64_t>{0, n - 1}
                          : std::pair<std::int64_t, std::int64_t>{n - 1, 0};
  return p;
}

std::vector<Ssa> Cumulative::lower(Emitter& emitter, std::span<const Ssa> operands,
                                   std::span<const Aval> results) const {
  if (results[0].dim(axis_) == 0) return {operands[0]};
  const Array identity = op_.identity(results[0].dtype());
  const auto body = [this](std::span<const Array> x) {
    return std::vector<Array>{op_.combine(x[0], x[1])};
  };
  return emit_reduce_window(emitter, operands, {&identity, 1}, body, window(results[0].shape()),
                            results);
}

Array bind_cumulative(const Accumulation& op, const Array& x, std::int64_t axis, bool reverse) {
  return bind1<Cumulative>({x}, op, normalize_axis(axis, x.ndim(), op.name), reverse);
}

}  // namespace

Array cumsum(const Array& x, std::int64_t axis, bool reverse) {
  return bind_cumulative(kSum, x, axis, reverse);
}
Array cumprod(const Array& x, std::int64_t axis, bool reverse) {
  return bind_cumulative(kProduct, x, axis, reverse);
}
Array cummax(const Array& x, std::int64_t axis, bool reverse) {
  return bind_cumulative(kMaximum, x, axis, reverse);
}
Array cummin(const Array& x, std::int64_t axis, bool reverse) {
  return bind_cumulative(kMinimum, x, axis, reverse);
}
Array cumlogsumexp(const Array& x, std::int64_t axis, bool reverse) {
  return bind_cumulative(kLogSumExp, x, axis, reverse);
}

}  // namespace linum::lax
