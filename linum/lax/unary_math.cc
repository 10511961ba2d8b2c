// Elementwise functions of one operand. Derivatives are written as in jax/_src/lax/lax.py, so that
// gradients agree to the last bits.
#include <cmath>

#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {

using X = const Array&;

Array neg(X x) {
  static const auto op = unary("neg", "negate", kNumber, [](X, X, X t) { return neg(t); },
                               {.pull_back = [](X ct, const Aval&) { return neg(ct); }});
  return apply(op, x);
}

Array exp(X x) {
  static const auto op =
      unary("exp", "exponential", kInexact, [](X, X y, X t) { return mul(t, y); });
  return apply(op, x);
}

Array log(X x) {
  static const auto op = unary("log", "log", kInexact, [](X x, X, X t) { return div(t, x); });
  return apply(op, x);
}

Array log1p(X x) {
  static const auto op =
      unary("log1p", "log_plus_one", kInexact, [](X x, X, X t) { return div(t, add(x, 1)); });
  return apply(op, x);
}

Array expm1(X x) {
  static const auto op = unary("expm1", "exponential_minus_one", kInexact,
                               [](X, X y, X t) { return mul(t, add(y, 1)); });
  return apply(op, x);
}

Array tanh(X x) {
  static const auto op = unary("tanh", "tanh", kInexact,
                               [](X, X y, X t) { return mul(add(t, mul(t, y)), sub(1, y)); });
  return apply(op, x);
}

Array logistic(X x) {
  static const auto op =
      unary("logistic", "logistic", kInexact, [](X, X y, X t) { return mul(t, mul(y, sub(1, y))); },
            {.composed = [](X x) { return div(1, add(1, exp(neg(x)))); }});
  return apply(op, x);
}

Array sqrt(X x) {
  static const auto op =
      unary("sqrt", "sqrt", kInexact, [](X, X y, X t) { return mul(t, div(0.5, y)); });
  return apply(op, x);
}

Array rsqrt(X x) {
  static const auto op =
      unary("rsqrt", "rsqrt", kInexact, [](X x, X y, X t) { return mul(t, mul(-0.5, div(y, x))); });
  return apply(op, x);
}

Array exp2(X x) {
  static const auto op = unary("exp2", "exponential", kInexact,
                               [](X, X y, X t) { return mul(std::log(2.0), mul(t, y)); },
                               {.composed = [](X x) { return exp(mul(std::log(2.0), x)); }});
  return apply(op, x);
}

Array cbrt(X x) {
  static const auto op = unary("cbrt", "cbrt", kFloating, [](X, X y, X t) {
    return mul(t, mul(1.0 / 3.0, integer_pow(y, -2)));
  });
  return apply(op, x);
}

namespace {

class Abs final : public Unary {
 public:
  std::string_view name() const override { return "abs"; }

 protected:
  const Accepts& accepts() const override {
    static const Accepts signed_number{[](DType d) { return is_signed_int(d) || is_inexact(d); },
                                       "signed integer, floating or complex dtypes"};
    return signed_number;
  }
  std::string_view stablehlo() const override { return "abs"; }
  DType result_dtype(DType d) const override { return real_part_of(d); }
  Tangent derivative(const Array& x, const Array& y, const Tangent& t) const override {
    if (!is_complex(x.dtype())) return select(ge(x, 0), t, neg(t));
    Array magnitude = select(eq(y, 0), 1, y);
    return real(mul(t, div(conj(x), convert_element_type(magnitude, x.dtype()))));
  }
};

// Real and integer: x * x. The op of its own keeps complex squares from cancelling.
class Square final : public Unary {
 public:
  std::string_view name() const override { return "square"; }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (is_complex(results[0].dtype())) return Unary::lower(e, operands, results);
    const Ssa twice[] = {operands[0], operands[0]};
    return {e.elementwise("multiply", twice, results[0])};
  }

 protected:
  const Accepts& accepts() const override { return kNumber; }
  std::string_view stablehlo() const override { return "chlo.square"; }
  Tangent derivative(const Array& x, const Array&, const Tangent& t) const override {
    return mul(t, mul(2, x));
  }
};

class IntegerPow final : public Unary {
 public:
  explicit IntegerPow(int exponent) : y_(exponent) {}
  std::string_view name() const override { return "integer_pow"; }
  void params(ParamSink& sink) const override { sink("y", y_); }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    auto out = Unary::infer(operands);
    if (y_ >= 0 || is_inexact(out[0].dtype())) return out;
    throw DTypeError(str_cat("integer_pow: integers cannot be raised to negative powers, got ",
                             operands[0], " to the power ", y_, "."));
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval>) const override {
    auto f = [this](std::span<const Array> x) { return std::vector{power(x[0])}; };
    return lower_composed(e, f, operands);
  }

 protected:
  const Accepts& accepts() const override { return kNumber; }
  std::string_view stablehlo() const override { return "power"; }
  Tangent derivative(const Array& x, const Array&, const Tangent& t) const override {
    if (y_ == 0) return {};
    if (y_ == 1) return t;
    if (y_ == 2) return mul(t, mul(2, x));
    return mul(t, mul(y_, integer_pow(x, y_ - 1)));
  }

 private:
  // By repeated squaring.
  Array power(Array x) const {
    if (y_ == 0) return full_like(x, 1);
    Array product;
    for (unsigned rest = y_ < 0 ? 0u - static_cast<unsigned>(y_) : static_cast<unsigned>(y_); rest;
         rest >>= 1) {
      if (rest & 1) product = product.defined() ? mul(product, x) : x;
      if (rest > 1) x = mul(x, x);
    }
    return y_ < 0 ? div(1, product) : product;
  }
  int y_;
};

}  // namespace

Array abs(X x) { return apply(the<Abs>(), x); }
Array square(X x) { return apply(the<Square>(), x); }
Array integer_pow(X x, int exponent) { return bind1<IntegerPow>({x}, exponent); }

}  // namespace linum::lax
