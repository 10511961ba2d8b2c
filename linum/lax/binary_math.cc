// Elementwise arithmetic of two operands. Derivatives as in jax/_src/lax/lax.py.
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {

using X = const Array&;

static Tangent pass(X, X, X, X t) { return t; }
static Tangent pass_negated(X, X, X, X t) { return neg(t); }
static Array replace_zero(X x) { return select(eq(x, 0), 1, x); }

Array add(X x, X y) {
  static const auto op =
      binary("add", "add", kNumber, pass, pass, {.pull_back = [](int, X ct, X) { return ct; }});
  return apply(op, x, y);
}

Array sub(X x, X y) {
  static const auto op =
      binary("sub", "subtract", kNumber, pass, pass_negated,
             {.pull_back = [](int side, X ct, X) { return side == 0 ? ct : neg(ct); }});
  return apply(op, x, y);
}

namespace {

class Mul final : public Binary {
 public:
  std::string_view name() const override { return "mul"; }

 protected:
  const Accepts& accepts() const override { return kNumber; }
  std::string_view stablehlo() const override { return "multiply"; }
  Tangent derivative(int side, const Array& x, const Array& y, const Array&,
                     const Tangent& t) const override {
    return side == 0 ? mul(t, y) : mul(x, t);
  }
  Tangent pull_back(int side, const Tangent& ct, const Array& other) const override {
    if (!other.defined()) refuse_transpose(*this);
    return side == 0 ? mul(ct, other) : mul(other, ct);
  }
};

class Div final : public Binary {
 public:
  std::string_view name() const override { return "div"; }

 protected:
  const Accepts& accepts() const override { return kNumber; }
  std::string_view stablehlo() const override { return "divide"; }
  Tangent derivative(int side, const Array& x, const Array& y, const Array&,
                     const Tangent& t) const override {
    return side == 0 ? div(t, y) : mul(mul(neg(t), x), integer_pow(y, -2));
  }
  Tangent pull_back(int side, const Tangent& ct, const Array& other) const override {
    if (side == 1 || !other.defined()) refuse_transpose(*this);
    return div(ct, other);
  }
};

class Pow final : public Binary {
 public:
  std::string_view name() const override { return "pow"; }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    const Ssa& y = operands[1];
    if (y.aval.dtype() == results[0].dtype()) return Binary::lower(e, operands, results);
    Aval converted = y.aval.with_dtype(results[0].dtype());
    const Ssa same[] = {operands[0], e.op1("stablehlo.convert", {y}, "", converted)};
    return Binary::lower(e, same, results);
  }

 protected:
  const Accepts& accepts() const override { return kInexact; }
  std::string_view stablehlo() const override { return "power"; }
  void check_dtypes(const Aval& x, const Aval& y) const override {
    if (is_inexact(x.dtype()) && (is_integer(y.dtype()) || x.dtype() == y.dtype())) return;
    throw DTypeError(str_cat(
        "pow: the first argument must be floating or complex, the second integer or of the same "
        "dtype; got ",
        name_of(x.dtype()), " and ", name_of(y.dtype()), "."));
  }
  Tangent derivative(int side, const Array& x, const Array& y, const Array& result,
                     const Tangent& t) const override {
    if (side == 1) return mul(t, mul(log(replace_zero(x)), result));
    if (!is_integer(y.dtype())) return mul(t, mul(y, pow(x, sub(y, 1))));
    Array n = convert_element_type(y, x.dtype());
    return mul(t, select(eq(n, 0), 0, mul(replace_zero(n), pow(x, sub(n, 1)))));
  }
};

}  // namespace

Array mul(X x, X y) { return apply(the<Mul>(), x, y); }
Array div(X x, X y) { return apply(the<Div>(), x, y); }

Array pow(X x, X y) {
  if (!is_inexact(x.dtype()) || !is_integer(y.dtype())) return apply(the<Pow>(), x, y);
  const Array operands[] = {x, y};
  return bind1(the<Pow>(), operands);
}

Array rem(X x, X y) {
  static const auto op = binary("rem", "remainder", kReal, pass, [](X x, X y, X, X t) {
    Array quotient = div(x, y);
    return mul(neg(t), mul(sign(quotient), floor(abs(quotient))));
  });
  return apply(op, x, y);
}

// 1 where x was chosen, 1/2 where both are equal, 0 elsewhere.
static Array share_of(X x, X chosen, X other) {
  Array one = full_like(chosen, 1);
  return div(select(eq(x, chosen), one, full_like(chosen, 0)),
             select(eq(other, chosen), full_like(chosen, 2), one));
}

namespace {

// Complex numbers are ordered by real part, then by imaginary part.
template <class Op>
class Choose : public Binary {
 public:
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (!is_complex(results[0].dtype())) return Binary::lower(e, operands, results);
    auto f = [](std::span<const Array> x) {
      Array re_x = real(x[0]), re_y = real(x[1]);
      Array by_imag = Op::before(imag(x[0]), imag(x[1]));
      Array first = select(eq(re_x, re_y), by_imag, Op::before(re_x, re_y));
      return std::vector{select(first, x[0], x[1])};
    };
    return lower_composed(e, f, operands);
  }

 protected:
  const Accepts& accepts() const override { return kAnyDType; }
  Tangent derivative(int side, const Array& x, const Array& y, const Array& chosen,
                     const Tangent& t) const override {
    return mul(t, side == 0 ? share_of(x, chosen, y) : share_of(y, chosen, x));
  }
};

class Max final : public Choose<Max> {
 public:
  std::string_view name() const override { return "max"; }
  static Array before(const Array& x, const Array& y) { return gt(x, y); }

 protected:
  std::string_view stablehlo() const override { return "maximum"; }
};

class Min final : public Choose<Min> {
 public:
  std::string_view name() const override { return "min"; }
  static Array before(const Array& x, const Array& y) { return lt(x, y); }

 protected:
  std::string_view stablehlo() const override { return "minimum"; }
};

}  // namespace

Array max(X x, X y) { return apply(the<Max>(), x, y); }
Array min(X x, X y) { return apply(the<Min>(), x, y); }

Array reciprocal(X x) { return integer_pow(x, -1); }

}  // namespace linum::lax
