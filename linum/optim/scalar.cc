#include "linum/optim/scalar.h"

#include <cmath>

#include "linum/np/arithmetic.h"

namespace linum::optim {

Scalar Scalar::add(const Scalar& x, const Scalar& y) {
  if (x.is_number() && y.is_number()) return x.number() + y.number();
  return x.array() + y.array();
}
Scalar Scalar::subtract(const Scalar& x, const Scalar& y) {
  if (x.is_number() && y.is_number()) return x.number() - y.number();
  return x.array() - y.array();
}
Scalar Scalar::multiply(const Scalar& x, const Scalar& y) {
  if (x.is_number() && y.is_number()) return x.number() * y.number();
  return x.array() * y.array();
}
Scalar Scalar::divide(const Scalar& x, const Scalar& y) {
  if (x.is_number() && y.is_number()) return x.number() / y.number();
  return x.array() / y.array();
}

Scalar pow(const Scalar& x, double exponent) {
  if (x.is_number()) return std::pow(x.number(), exponent);
  return np::power(x.array(), exponent);
}

}  // namespace linum::optim
