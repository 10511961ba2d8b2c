// Error functions, and functions around the gamma function that have an op of their own.
// Derivatives as in jax/_src/lax/special.py.
#include "linum/lax/special.h"

#include <cmath>
#include <numbers>

#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"

namespace linum::lax {

using X = const Array&;

static const double kTwoOverSqrtPi = 2 * std::numbers::inv_sqrtpi;

Array erf(X x) {
  static const auto op = unary("erf", "chlo.erf", kFloating, [](X x, X, X t) {
    return mul(kTwoOverSqrtPi, mul(t, exp(neg(square(x)))));
  });
  return apply(op, x);
}

Array erfc(X x) {
  static const auto op = unary("erfc", "chlo.erfc", kFloating, [](X x, X, X t) {
    return mul(-kTwoOverSqrtPi, mul(t, exp(neg(square(x)))));
  });
  return apply(op, x);
}

Array erf_inv(X x) {
  static const auto op = unary("erf_inv", "chlo.erf_inv", kFloating, [](X, X y, X t) {
    return mul(1 / kTwoOverSqrtPi, mul(t, exp(square(y))));
  });
  return apply(op, x);
}

Array lgamma(X x) {
  static const auto op =
      unary("lgamma", "chlo.lgamma", kFloating, [](X x, X, X t) { return mul(t, digamma(x)); });
  return apply(op, x);
}

Array digamma(X x) {
  static const auto op = unary("digamma", "chlo.digamma", kFloating,
                               [](X x, X, X t) { return mul(t, polygamma(1.0, x)); });
  return apply(op, x);
}

Array polygamma(X m, X x) {
  static const auto op = binary(
      "polygamma", "chlo.polygamma", kFloating,
      [](X, X, X, X) -> Tangent {
        throw TransformError("polygamma has no derivative along its order m.");
      },
      [](X m, X x, X, X t) { return mul(t, polygamma(add(m, 1), x)); });
  return apply(op, m, x);
}

Array zeta(X x, X q) {
  static const BinaryDerivative refuse = [](X, X, X, X) -> Tangent {
    throw TransformError("zeta has no derivative. (Tip: lax::stop_gradient its operands.)");
  };
  static const auto op = binary("zeta", "chlo.zeta", kFloating, refuse, refuse);
  return apply(op, x, q);
}

}  // namespace linum::lax
