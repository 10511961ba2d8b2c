// jax.numpy, elementwise.
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

#define UNARY(name) PARITY("numpy." #name, [](const Tree& in) { return np::name(in[0]); })
#define BINARY(name) PARITY("numpy." #name, [](const Tree& in) { return np::name(in[0], in[1]); })
#define BINARY_OF(name, kind) \
  PARITY("numpy." #name ":" #kind, [](const Tree& in) { return np::name(in[0], in[1]); })

UNARY(abs);
UNARY(absolute);
UNARY(acos);
UNARY(acosh);
UNARY(angle);
UNARY(arccos);
UNARY(arccosh);
UNARY(arcsin);
UNARY(arcsinh);
UNARY(arctan);
UNARY(arctanh);
UNARY(around);
UNARY(asin);
UNARY(asinh);
UNARY(atan);
UNARY(atanh);
UNARY(bitwise_count);
UNARY(bitwise_invert);
UNARY(bitwise_not);
UNARY(cbrt);
UNARY(ceil);
UNARY(conj);
UNARY(conjugate);
UNARY(cos);
UNARY(cosh);
UNARY(deg2rad);
UNARY(degrees);
UNARY(exp);
UNARY(exp2);
UNARY(expm1);
UNARY(fabs);
UNARY(floor);
UNARY(frexp);
UNARY(i0);
UNARY(imag);
UNARY(invert);
UNARY(iscomplex);
UNARY(isfinite);
UNARY(isinf);
UNARY(isnan);
UNARY(isneginf);
UNARY(isposinf);
UNARY(isreal);
UNARY(log);
UNARY(log10);
UNARY(log1p);
UNARY(log2);
UNARY(logical_not);
UNARY(modf);
UNARY(nan_to_num);
UNARY(negative);
UNARY(positive);
UNARY(rad2deg);
UNARY(radians);
UNARY(real);
UNARY(reciprocal);
UNARY(rint);
UNARY(round);
UNARY(sign);
UNARY(signbit);
UNARY(sin);
UNARY(sinc);
UNARY(sinh);
UNARY(sqrt);
UNARY(square);
UNARY(tan);
UNARY(tanh);
UNARY(trunc);

BINARY(add);
BINARY(allclose);
BINARY(arctan2);
BINARY(array_equal);
BINARY(array_equiv);
BINARY(atan2);
BINARY(bitwise_left_shift);
BINARY(bitwise_right_shift);
BINARY(copysign);
BINARY(divide);
BINARY(divmod);
BINARY(equal);
BINARY(float_power);
BINARY(floor_divide);
BINARY(fmax);
BINARY(fmin);
BINARY(fmod);
BINARY(greater);
BINARY(greater_equal);
BINARY(heaviside);
BINARY(hypot);
BINARY(isclose);
BINARY(ldexp);
BINARY(left_shift);
BINARY(less);
BINARY(less_equal);
BINARY(logaddexp);
BINARY(logaddexp2);
BINARY(logical_and);
BINARY(logical_or);
BINARY(logical_xor);
BINARY(maximum);
BINARY(minimum);
BINARY(mod);
BINARY(multiply);
BINARY(nextafter);
BINARY(not_equal);
BINARY(pow);
BINARY(power);
BINARY(remainder);
BINARY(right_shift);
BINARY(subtract);
BINARY(true_divide);

BINARY_OF(bitwise_and, int);
BINARY_OF(bitwise_or, int);
BINARY_OF(bitwise_xor, int);
BINARY_OF(floor_divide, int);
BINARY_OF(gcd, int);
BINARY_OF(lcm, int);
BINARY_OF(remainder, int);
BINARY_OF(add, broadcast);
BINARY_OF(add, promote);
BINARY_OF(true_divide, int);
BINARY_OF(floor_divide, signs);
BINARY_OF(remainder, signs);

PARITY("numpy.clip", [](const Tree& in) { return np::clip(in[0], -1, 0.5); });
PARITY("numpy.clip:low", [](const Tree& in) { return np::clip(in[0], -0.5); });
PARITY("numpy.where", [](const Tree& in) { return np::where(in[0], in[1], in[2]); });
PARITY("numpy.where:scalar", [](const Tree& in) { return np::where(in[0], in[1], 0.0); });
PARITY("numpy.select", [](const Tree& in) {
  const Array a = in[0], b = in[1];
  return np::select({a > 1, a < 0}, {a, b}, 7.0);
});
PARITY("numpy.round:decimals", [](const Tree& in) { return np::round(in[0], 1); });
PARITY("numpy.interp", [](const Tree& in) {
  return np::interp(in[0], np::array({-2., 0., 2.}), np::array({1., 3., 0.}));
});

}  // namespace
}  // namespace linum
