// Incomplete gamma functions and their derivatives: a power series below, a continued fraction
// above (Cephes' igam.c, igamc.c), both iterated on whole arrays until every element converged.
// Structure and cut-offs as in jax/_src/lax/special.py, so that the numbers agree.
#include <cmath>
#include <limits>

#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/limits.h"
#include "linum/lax/special.h"
#include "linum/lax/structure.h"

namespace linum::lax {

using X = const Array&;

namespace {

// What the iterations compute: the function, its derivative along a, or the derivative of a sample.
enum class Mode { Value, Derivative, SampleDerivative };

Array nan_like(X x) { return full_like(x, std::numeric_limits<double>::quiet_NaN()); }
Array is_nan(X x) { return ne(x, x); }
Array any(X mask) { return reduce_or(mask, iota_axes(mask.ndim())); }
Array either(X a, X b) { return bitwise_or(a, b); }
Array both(X a, X b) { return bitwise_and(a, b); }

// state[i] moves on only where `enabled`.
std::vector<Array> advance(X enabled, std::span<const Array> state, std::vector<Array> next) {
  for (std::size_t i = 0; i < next.size(); ++i) next[i] = select(enabled, next[i], state[i]);
  return next;
}

// --- the power series: ans = sum of x^n / ((a+1) ... (a+n)) -------------------------------------

// State: enabled, r, c, ans, dc_da, dans_da, x.
std::vector<Array> series_step(std::span<const Array> s, Mode mode) {
  X enabled = s[0], x = s[6];
  double eps = finfo(x.dtype()).eps;
  Array r = add(s[1], 1);
  Array dc_da = sub(mul(s[4], div(x, r)), div(mul(s[2], x), mul(r, r)));
  Array dans_da = add(s[5], dc_da);
  Array c = mul(s[2], div(x, r));
  Array ans = add(s[3], c);
  Array change = mode == Mode::Value ? div(c, ans) : abs(div(dc_da, dans_da));
  auto rest = advance(enabled, s.subspan(1, 5), {r, c, ans, dc_da, dans_da});
  return {both(enabled, gt(change, eps)), rest[0], rest[1], rest[2], rest[3], rest[4], x};
}

std::vector<Array> series_start(X x, X a, X enabled) {
  Array one = full_like(a, 1), zero = full_like(a, 0);
  return {enabled, a, one, one, zero, zero, x};
}

Array series_result(std::span<const Array> s, X ax, X a, Mode mode) {
  X ans = s[3], dans_da = s[5], x = s[6];
  if (mode == Mode::Value) return div(mul(ans, ax), a);
  Array slope = add(mul(ans, sub(log(x), digamma(add(a, 1)))), dans_da);
  if (mode == Mode::Derivative) return div(mul(ax, slope), a);
  return div(mul(neg(slope), x), a);
}

// --- the continued fraction, as ratios pk / qk of a three-term recurrence -----------------------

enum Fraction {
  kEnabled,
  kAns,
  kT,
  kY,
  kZ,
  kC,
  kPk1,
  kQk1,
  kPk2,
  kQk2,
  kDPk2,
  kDQk2,
  kDPk1,
  kDQk1,
  kDAns
};

std::vector<Array> fraction_start(X x, X a, X enabled) {
  Array one = full_like(x, 1), zero = full_like(x, 0);
  Array y = sub(1, a), z = add(add(x, y), 1);
  Array pk1 = add(x, 1), qk1 = mul(z, x), ans = div(pk1, qk1);
  Array d_ans = div(sub(zero, mul(ans, neg(x))), qk1);
  return {enabled, ans,  one,  y,      z,    full({}, 0.0, x.dtype()), pk1, qk1, one, x,
          zero,    zero, zero, neg(x), d_ans};
}

std::vector<Array> fraction_step(std::span<const Array> s, Mode mode) {
  double eps = finfo(s[kAns].dtype()).eps;
  Array c = add(s[kC], 1), y = add(s[kY], 1), z = add(s[kZ], 2), yc = mul(y, c);
  auto recur = [&](X one_back, X two_back) { return sub(mul(one_back, z), mul(two_back, yc)); };
  Array pk = recur(s[kPk1], s[kPk2]), qk = recur(s[kQk1], s[kQk2]);
  Array sound = ne(qk, 0), r = div(pk, qk);
  Array t = select(sound, abs(div(sub(s[kAns], r), r)), 1);
  Array ans = select(sound, r, s[kAns]);

  auto recur_slope = [&](Fraction d1, X v1, Fraction d2, X v2) {
    return add(sub(sub(mul(s[d1], z), v1), mul(s[d2], yc)), mul(v2, c));
  };
  Array dpk = recur_slope(kDPk1, s[kPk1], kDPk2, s[kPk2]);
  Array dqk = recur_slope(kDQk1, s[kQk1], kDQk2, s[kQk2]);
  Array d_ans = select(sound, div(sub(dpk, mul(ans, dqk)), qk), s[kDAns]);
  Array change = mode == Mode::Value ? t : select(sound, abs(sub(d_ans, s[kDAns])), 1);

  Array too_big = gt(abs(pk), 1 / eps);  // the recurrence is homogeneous: scale it back
  auto rescale = [&](X v) { return select(too_big, mul(v, eps), v); };
  X enabled = s[kEnabled];
  auto head = advance(enabled, s.subspan(kAns, 4), {ans, t, y, z});
  auto tail = advance(enabled, s.subspan(kPk1),
                      {rescale(pk), rescale(qk), rescale(s[kPk1]), rescale(s[kQk1]),
                       rescale(s[kDPk1]), rescale(s[kDQk1]), rescale(dpk), rescale(dqk), d_ans});
  std::vector<Array> next{both(enabled, gt(change, eps))};
  next.insert(next.end(), head.begin(), head.end());
  next.push_back(c);
  next.insert(next.end(), tail.begin(), tail.end());
  return next;
}

Array fraction_result(std::span<const Array> s, X ax, X x, X a, Mode mode) {
  if (mode == Mode::Value) return mul(s[kAns], ax);
  Array slope = add(mul(s[kAns], sub(log(x), digamma(a))), s[kDAns]);
  return mode == Mode::Derivative ? mul(ax, slope) : neg(mul(slope, x));
}

// --- the four functions --------------------------------------------------------------------------

// Where which method runs, and x^a e^-x / gamma(a).
struct Plan {
  Array ax, use_fraction, enabled;
};

// ax and whether it underflows.
std::pair<Array, Array> power_term(X a, X x) {
  Array log_ax = sub(sub(mul(a, log(x)), x), lgamma(a));
  return {exp(log_ax), lt(log_ax, -std::log(finfo(x.dtype()).max))};
}

struct Function {
  std::string_view name;
  Mode mode;
  Plan (*plan)(X a, X x);
  Array (*finish)(X a, X x, X use_fraction, X series, X fraction);
};

Array infinite(X x) { return eq(x, std::numeric_limits<double>::infinity()); }
Array out_of_domain(X a, X x) {
  Array nan = either(is_nan(a), is_nan(x));
  return either(either(lt(x, 0), lt(a, 0)), either(both(eq(a, 0), eq(x, 0)), nan));
}

Plan plan_igamma(X a, X x) {
  auto [ax, underflow] = power_term(a, x);
  Array off = either(either(eq(x, 0), out_of_domain(a, x)), either(underflow, infinite(x)));
  return {ax, both(ge(x, 1), gt(x, a)), logical_not(off)};
}
Array finish_igamma(X a, X x, X use_fraction, X series, X fraction) {
  Array out = select(use_fraction, sub(1, fraction), series);
  out = select(infinite(x), 1, select(eq(x, 0), 0, out));
  return select(out_of_domain(a, x), nan_like(a), out);
}

Plan plan_igammac(X a, X x) {
  auto [ax, underflow] = power_term(a, x);
  Array off = either(either(out_of_domain(a, x), underflow), either(infinite(x), eq(a, 0)));
  return {ax, logical_not(either(lt(x, 1), lt(x, a))), logical_not(off)};
}
Array finish_igammac(X a, X x, X use_fraction, X series, X fraction) {
  Array out = select(use_fraction, fraction, sub(1, series));
  out = select(either(infinite(x), eq(a, 0)), 0, out);
  return select(out_of_domain(a, x), nan_like(a), out);
}

Array no_derivative(X a, X x) {
  return either(either(lt(x, 0), le(a, 0)), either(is_nan(a), is_nan(x)));
}
Plan plan_derivative(X a, X x) {
  auto [ax, underflow] = power_term(a, x);
  Array off = either(either(eq(x, 0), no_derivative(a, x)), underflow);
  return {ax, both(gt(x, 1), gt(x, a)), logical_not(off)};
}
Array finish_derivative(X a, X x, X use_fraction, X series, X fraction) {
  Array out = select(eq(x, 0), 0, select(use_fraction, neg(fraction), series));
  return select(no_derivative(a, x), nan_like(a), out);
}

constexpr Function kIgamma{"igamma", Mode::Value, plan_igamma, finish_igamma};
constexpr Function kIgammac{"igammac", Mode::Value, plan_igammac, finish_igammac};
constexpr Function kGradA{"igamma_grad_a", Mode::Derivative, plan_derivative, finish_derivative};
constexpr Function kSampleGrad{"random_gamma_grad", Mode::SampleDerivative, plan_derivative,
                               finish_derivative};

std::vector<Ssa> lower_function(Emitter& e, const Function& f, std::span<const Ssa> a_x) {
  auto plan = lower_composed(
      e,
      [&](std::span<const Array> v) {
        Plan p = f.plan(v[0], v[1]);
        Array in_fraction = both(p.enabled, p.use_fraction);
        Array in_series = both(p.enabled, logical_not(p.use_fraction));
        return std::vector{p.ax, p.use_fraction, in_series, in_fraction};
      },
      a_x);
  const Ssa &a = a_x[0], &x = a_x[1];

  const Ssa series_in[] = {x, a, plan[2]};
  auto series = lower_while(
      e, [](std::span<const Array> s) { return std::vector{any(s[0])}; },
      [&](std::span<const Array> s) { return series_step(s, f.mode); },
      lower_composed(
          e, [](std::span<const Array> v) { return series_start(v[0], v[1], v[2]); }, series_in));
  const Ssa fraction_in[] = {x, a, plan[3]};
  auto fraction = lower_while(
      e,
      [](std::span<const Array> s) { return std::vector{both(lt(s[kC], 2000), any(s[kEnabled]))}; },
      [&](std::span<const Array> s) { return fraction_step(s, f.mode); },
      lower_composed(
          e, [](std::span<const Array> v) { return fraction_start(v[0], v[1], v[2]); },
          fraction_in));

  std::vector<Ssa> ends{a, x, plan[0], plan[1]};
  ends.insert(ends.end(), series.begin(), series.end());
  ends.insert(ends.end(), fraction.begin(), fraction.end());
  std::size_t split = 4 + series.size();
  return lower_composed(
      e,
      [&](std::span<const Array> v) {
        Array s = series_result(v.subspan(4, split - 4), v[2], v[0], f.mode);
        Array c = fraction_result(v.subspan(split), v[2], v[1], v[0], f.mode);
        return std::vector{f.finish(v[0], v[1], v[3], s, c)};
      },
      ends);
}

class IncompleteGamma final : public Binary {
 public:
  IncompleteGamma(const Function& f, BinaryDerivative along_a, BinaryDerivative along_x)
      : f_(f), along_{along_a, along_x} {}
  std::string_view name() const override { return f_.name; }

  // Half precision is computed in float32.
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    const Aval& out = results[0];
    DType dtype = item_size(out.dtype()) < 4 ? DType::F32 : out.dtype();
    Ssa a_x[2];
    for (std::size_t i : {0u, 1u})
      a_x[i] = convert_ssa(e, broadcast_ssa(e, operands[i], out.shape()), dtype);
    return {convert_ssa(e, lower_function(e, f_, a_x)[0], out.dtype())};
  }

 protected:
  const Accepts& accepts() const override { return kFloating; }
  std::string_view stablehlo() const override { return ""; }
  Tangent derivative(int side, const Array& a, const Array& x, const Array& result,
                     const Tangent& t) const override {
    return along_[side](a, x, result, t);
  }

 private:
  const Function& f_;
  BinaryDerivative along_[2];
};

Tangent igamma_along_a(X a, X x, X, X t) { return mul(t, igamma_grad_a(a, x)); }
Tangent igamma_along_x(X a, X x, X, X t) {
  return mul(t, exp(sub(add(neg(x), mul(sub(a, 1), log(x))), lgamma(a))));
}
Tangent igammac_along_a(X a, X x, X y, X t) { return neg(igamma_along_a(a, x, y, t)); }
Tangent igammac_along_x(X a, X x, X y, X t) { return neg(igamma_along_x(a, x, y, t)); }
Tangent refuse_grad_a(X, X, X, X) {
  throw TransformError(
      "igamma_grad_a has no derivative: igamma can be differentiated once along a.");
}
Tangent refuse_sample_grad(X, X, X, X) {
  throw TransformError(
      "random_gamma_grad has no derivative: a gamma sample can be differentiated "
      "once along a.");
}

Ref<const Primitive> function(const Function& f, BinaryDerivative along_a,
                              BinaryDerivative along_x) {
  return Ref<const Primitive>(new IncompleteGamma(f, along_a, along_x));
}

}  // namespace

Array igamma(X a, X x) {
  static const auto op = function(kIgamma, igamma_along_a, igamma_along_x);
  return apply(op, a, x);
}
Array igammac(X a, X x) {
  static const auto op = function(kIgammac, igammac_along_a, igammac_along_x);
  return apply(op, a, x);
}
Array igamma_grad_a(X a, X x) {
  static const auto op = function(kGradA, refuse_grad_a, refuse_grad_a);
  return apply(op, a, x);
}
Array random_gamma_grad(X a, X x) {
  static const auto op = function(kSampleGrad, refuse_sample_grad, refuse_sample_grad);
  return apply(op, a, x);
}

}  // namespace linum::lax
