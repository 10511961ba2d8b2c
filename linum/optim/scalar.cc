#include "linum/optim/scalar.h"

#include <cmath>

#include "linum/np/arithmetic.h"

namespace linum::optim {

#define LINUM_SCALAR_OPERATOR_(op)                                       \
  Scalar operator op(const Scalar& x, const Scalar& y) {                 \
    if (x.is_number() && y.is_number()) return x.number() op y.number(); \
    return x.array() op y.array();                                       \
  }
LINUM_SCALAR_OPERATOR_(+)
LINUM_SCALAR_OPERATOR_(-)
LINUM_SCALAR_OPERATOR_(*)
LINUM_SCALAR_OPERATOR_(/)
#undef LINUM_SCALAR_OPERATOR_

Scalar operator-(const Scalar& x) {
  return x.is_number() ? Scalar(-x.number()) : Scalar(-x.array());
}

Scalar pow(const Scalar& x, double exponent) {
  if (x.is_number()) return std::pow(x.number(), exponent);
  return np::power(x.array(), exponent);
}

}  // namespace linum::optim
