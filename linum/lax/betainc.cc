// The regularized incomplete beta function, by the continued fraction of DLMF 8.17.22 with
// Lentz's algorithm as modified by Thompson and Barnett. As in jax/_src/lax/special.py.
#include <limits>

#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/limits.h"
#include "linum/lax/special.h"
#include "linum/lax/structure.h"

namespace linum::lax {

using X = const Array&;

namespace {

// Term n of the fraction: 1 for n = 1, then DLMF 8.17.23 with m = (n - 1) / 2.
Array numerator(X n, X a, X b, X x) {
  Array whole = div(sub(n, 1), 2);
  Array m = convert_element_type(whole, a.dtype());
  Array a_2m = add(a, mul(2, m));
  Array even = div(mul(mul(neg(add(a, m)), add(add(a, b), m)), x), mul(a_2m, add(a_2m, 1)));
  // For a near zero the general term would lose its denormal factors.
  Array even_at_zero = div(mul(neg(add(a, b)), x), add(a, 1));
  even = select(eq(whole, 0), even_at_zero, even);
  Array odd = div(mul(mul(m, sub(b, m)), x), mul(sub(a_2m, 1), a_2m));
  return select(eq(n, 1), full_like(x, 1), select(eq(rem(n, 2), 0), even, odd));
}

enum LentzState { kIteration, kUnconverged, kLentzC, kLentzD, kH, kA, kB, kX };

std::vector<Array> step(std::span<const Array> s) {
  double eps = finfo(s[kX].dtype()).eps / 2;
  Array term = numerator(s[kIteration], s[kA], s[kB], s[kX]);
  auto away_from_zero = [&](X v) { return select(lt(abs(v), eps), eps, v); };
  Array c = away_from_zero(add(1, div(term, s[kLentzC])));
  Array d = reciprocal(away_from_zero(add(1, mul(term, s[kLentzD]))));
  Array delta = mul(c, d);
  Array wide = ge(abs(sub(delta, 1)), eps);
  return {add(s[kIteration], 1),
          reduce_or(wide, iota_axes(wide.ndim())),
          c,
          d,
          mul(s[kH], delta),
          s[kA],
          s[kB],
          s[kX]};
}

std::vector<Array> start(X a, X b, X x) {
  Array small = full_like(x, finfo(x.dtype()).eps / 2);
  return {full({}, 1, DType::I32), full({}, true), small, full_like(x, 0), small, a, b, x};
}

// The fraction converges fast for x < (a + 1) / (a + b + 2); else I_x(a, b) = 1 - I_{1-x}(b, a).
struct Reflected {
  Array fast, a, b, x;
};
Reflected reflect(X a, X b, X x) {
  Array fast = lt(x, div(add(a, 1), add(add(a, b), 2)));
  return {fast, select(fast, a, b), select(fast, b, a), select(fast, x, sub(1, x))};
}

// x^a (1-x)^b / (a B(a, b)), written so that a tiny `a` does not divide by zero.
Array prefactor(X a, X b, X x) {
  Array small_a = sub(lgamma(b), lgamma(add(a, b)));
  Array log_beta = add(lgamma(a), small_a);
  Array log_x = mul(log(x), a), log_rest = mul(log1p(neg(x)), b);
  return select(lt(a, 2 * finfo(a.dtype()).tiny), exp(sub(log_rest, small_a)),
                div(exp(sub(add(log_x, log_rest), log_beta)), a));
}

Array finish(X a, X b, X x, X fraction) {
  Reflected r = reflect(a, b, x);
  Array value = mul(fraction, prefactor(r.a, r.b, r.x));
  value = select(r.fast, value, sub(1, value));

  double infinity = std::numeric_limits<double>::infinity();
  auto either = [](X p, X q) { return bitwise_or(p, q); };
  auto both = [](X p, X q) { return bitwise_and(p, q); };
  Array all_at_zero = either(eq(a, 0), eq(b, infinity)), x_zero = eq(x, 0);
  Array all_at_one = either(eq(b, 0), eq(a, infinity)), x_one = eq(x, 1);
  Array zero = either(both(all_at_one, logical_not(x_one)), both(all_at_zero, x_zero));
  Array one = either(both(all_at_zero, logical_not(x_zero)), both(all_at_one, x_one));
  Array outside = either(either(lt(a, 0), lt(b, 0)), either(lt(x, 0), gt(x, 1)));
  Array nan = either(either(ne(a, a), ne(b, b)), ne(x, x));
  Array undefined = either(either(outside, nan), both(all_at_zero, all_at_one));
  value = select(one, 1, select(zero, 0, value));
  return select(undefined, std::numeric_limits<double>::quiet_NaN(), value);
}

class BetaInc final : public Primitive {
 public:
  std::string_view name() const override { return "regularized_incomplete_beta"; }
  void params(ParamSink&) const override {}

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 3);
    for (const Aval& x : operands) {
      if (!kFloating.test(x.dtype())) refuse_dtype(*this, x, kFloating.words);
      if (x.dtype() == operands[0].dtype() && x.shape() == operands[0].shape()) continue;
      throw ShapeError(str_cat("betainc requires operands of one shape and dtype, got ",
                               to_text(std::vector<Aval>(operands.begin(), operands.end())), "."));
    }
    return {operands[0].strong()};
  }

  // Along x the beta distribution's density; there is no formula for the others.
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    const Array &a = primals[0], &b = primals[1], &x = primals[2];
    if (tangents[0].defined() || tangents[1].defined()) {
      throw TransformError(
          "betainc has no derivative along a and b. (Tip: lax::stop_gradient "
          "them.)");
    }
    Array log_beta = sub(add(lgamma(a), lgamma(b)), lgamma(add(a, b)));
    Array density = exp(sub(add(mul(sub(b, 1), log1p(neg(x))), mul(sub(a, 1), log(x))), log_beta));
    return {{betainc(a, b, x)}, {mul(density, tangents[2])}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    refuse_transpose(*this);
  }
  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    Array moved[3];
    for (std::size_t i : {0u, 1u, 2u})
      moved[i] = move_batch_axis(operands[i], axis.size, dims[i], 0);
    return {{betainc(moved[0], moved[1], moved[2])}, {0}};
  }

  // Half precision is computed in float32.
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    DType out = results[0].dtype(), dtype = item_size(out) < 4 ? DType::F32 : out;
    std::vector<Ssa> abx;
    for (const Ssa& x : operands) abx.push_back(convert_ssa(e, x, dtype));
    auto state = lower_composed(
        e,
        [](std::span<const Array> v) {
          Reflected r = reflect(v[0], v[1], v[2]);
          return start(r.a, r.b, r.x);
        },
        abx);
    int iterations = dtype == DType::F32 ? 200 : 600;
    auto going = [iterations](std::span<const Array> s) {
      return std::vector{bitwise_and(lt(s[kIteration], iterations), s[kUnconverged])};
    };
    abx.push_back(lower_while(e, going, step, state)[kH]);
    auto value = lower_composed(
        e, [](std::span<const Array> v) { return std::vector{finish(v[0], v[1], v[2], v[3])}; },
        abx);
    return {convert_ssa(e, value[0], out)};
  }
};

}  // namespace

Array betainc(X a, X b, X x) {
  Shape shape = broadcast_shapes(std::vector{a.shape(), b.shape(), x.shape()});
  DType dtype = x.weak() ? (a.weak() ? b.dtype() : a.dtype()) : x.dtype();
  auto fit = [&](X v) {
    Array same = v.weak() && is_floating(dtype) ? convert_element_type(v, dtype) : v;
    return same.ndim() == 0 ? broadcast_in_dim(same, shape, {}) : same;
  };
  const Array operands[] = {fit(a), fit(b), fit(x)};
  return bind1(the<BetaInc>(), operands);
}

}  // namespace linum::lax
