// Trigonometric and hyperbolic functions. Derivatives as in jax/_src/lax/lax.py.
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"

namespace linum::lax {

using X = const Array&;

namespace {

// sin and cos of a + ib from real functions: expm1 keeps cosh and sinh of a small b exact, and a
// real part of zero must not meet an overflowing one.
struct ComplexParts {
  Array sine, cosine, sinh, cosh, a_is_zero;
};
ComplexParts complex_parts(X x) {
  Array a = real(x), b = imag(x);
  Array up = expm1(b), down = expm1(neg(b));
  return {sin(a), cos(a), div(sub(up, down), 2), div(add(add(up, down), 2), 2), eq(a, 0)};
}
Array complex_sin(X x) {
  auto [sine, cosine, sinh, cosh, a_is_zero] = complex_parts(x);
  Array im = mul(cosine, sinh);
  return complex(select(a_is_zero, 0, mul(sine, cosh)), im);
}
Array complex_cos(X x) {
  auto [sine, cosine, sinh, cosh, a_is_zero] = complex_parts(x);
  return complex(mul(cosine, cosh), select(a_is_zero, 0, mul(neg(sine), sinh)));
}

class Sin final : public Unary {
 public:
  std::string_view name() const override { return "sin"; }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (!is_complex(results[0].dtype())) return Unary::lower(e, operands, results);
    auto f = [](std::span<const Array> x) { return std::vector{complex_sin(x[0])}; };
    return lower_composed(e, f, operands);
  }

 protected:
  const Accepts& accepts() const override { return kInexact; }
  std::string_view stablehlo() const override { return "sine"; }
  Tangent derivative(const Array& x, const Array&, const Tangent& t) const override {
    return mul(t, cos(x));
  }
};

class Cos final : public Unary {
 public:
  std::string_view name() const override { return "cos"; }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (!is_complex(results[0].dtype())) return Unary::lower(e, operands, results);
    auto f = [](std::span<const Array> x) { return std::vector{complex_cos(x[0])}; };
    return lower_composed(e, f, operands);
  }

 protected:
  const Accepts& accepts() const override { return kInexact; }
  std::string_view stablehlo() const override { return "cosine"; }
  Tangent derivative(const Array& x, const Array&, const Tangent& t) const override {
    return neg(mul(t, sin(x)));
  }
};

// XLA's CPU compiler (seen in the plugins of 2026) vectorizes atan2(x, 1) wrongly: every other
// group of lanes comes out unselected. So there the quotient is taken of halves, which is exact.
Ssa atan2_of_halves(Emitter& e, const Ssa& x, const Ssa& y, const Aval& result) {
  Ssa half = broadcast_ssa(e, e.constant(0.5, Aval(result.dtype(), {})), result.shape());
  Ssa halves[2] = {x, y};
  for (Ssa& v : halves) {
    const Ssa factors[] = {v, half};
    v = e.elementwise("multiply", factors, result);
  }
  return e.elementwise("atan2", halves, result);
}

class Atan final : public Unary {
 public:
  std::string_view name() const override { return "atan"; }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    const Aval& out = results[0];
    if (e.platform() != "cpu" || is_complex(out.dtype())) return Unary::lower(e, operands, results);
    Ssa one = broadcast_ssa(e, e.constant(1.0, Aval(out.dtype(), {})), out.shape());
    return {atan2_of_halves(e, operands[0], one, out)};
  }

 protected:
  const Accepts& accepts() const override { return kInexact; }
  std::string_view stablehlo() const override { return "chlo.atan"; }
  Tangent derivative(const Array& x, const Array&, const Tangent& t) const override {
    return div(t, add(1, square(x)));
  }
};

class Atan2 final : public Binary {
 public:
  std::string_view name() const override { return "atan2"; }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    const Aval& out = results[0];
    if (e.platform() != "cpu" || is_complex(out.dtype()))
      return Binary::lower(e, operands, results);
    Ssa x = broadcast_ssa(e, operands[0], out.shape());
    return {atan2_of_halves(e, x, broadcast_ssa(e, operands[1], out.shape()), out)};
  }

 protected:
  const Accepts& accepts() const override { return kInexact; }
  std::string_view stablehlo() const override { return "atan2"; }
  Tangent derivative(int side, const Array& x, const Array& y, const Array&,
                     const Tangent& t) const override {
    return mul(t, div(side == 0 ? y : neg(x), add(square(x), square(y))));
  }
};

}  // namespace

Array sin(X x) { return apply(the<Sin>(), x); }
Array cos(X x) { return apply(the<Cos>(), x); }

Array tan(X x) {
  static const auto op =
      unary("tan", "tan", kInexact, [](X, X y, X t) { return mul(t, add(1, square(y))); });
  return apply(op, x);
}

Array asin(X x) {
  static const auto op = unary("asin", "chlo.asin", kInexact,
                               [](X x, X, X t) { return mul(t, rsqrt(sub(1, square(x)))); });
  return apply(op, x);
}

Array acos(X x) {
  static const auto op = unary("acos", "chlo.acos", kInexact,
                               [](X x, X, X t) { return mul(t, neg(rsqrt(sub(1, square(x))))); });
  return apply(op, x);
}

Array sinh(X x) {
  static const auto op =
      unary("sinh", "chlo.sinh", kInexact, [](X x, X, X t) { return mul(t, cosh(x)); });
  return apply(op, x);
}

Array cosh(X x) {
  static const auto op =
      unary("cosh", "chlo.cosh", kInexact, [](X x, X, X t) { return mul(t, sinh(x)); });
  return apply(op, x);
}

Array asinh(X x) {
  static const auto op = unary("asinh", "chlo.asinh", kInexact,
                               [](X x, X, X t) { return mul(t, rsqrt(add(square(x), 1))); });
  return apply(op, x);
}

Array acosh(X x) {
  static const auto op = unary("acosh", "chlo.acosh", kInexact,
                               [](X x, X, X t) { return mul(t, rsqrt(sub(square(x), 1))); });
  return apply(op, x);
}

Array atanh(X x) {
  static const auto op = unary("atanh", "chlo.atanh", kInexact, [](X x, X, X t) {
    return mul(reciprocal(add(1, x)), div(t, sub(1, x)));
  });
  return apply(op, x);
}

Array atan(X x) { return apply(the<Atan>(), x); }
Array atan2(X x, X y) { return apply(the<Atan2>(), x, y); }

}  // namespace linum::lax
