// jax.lax, elementwise.
#include "linum/lax/lax.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

#define UNARY(name) PARITY("lax." #name, [](const Tree& in) { return lax::name(in[0]); })
#define UNARY_OF(name, kind) \
  PARITY("lax." #name ":" #kind, [](const Tree& in) { return lax::name(in[0]); })
#define BINARY(name) PARITY("lax." #name, [](const Tree& in) { return lax::name(in[0], in[1]); })
#define BINARY_OF(name, kind) \
  PARITY("lax." #name ":" #kind, [](const Tree& in) { return lax::name(in[0], in[1]); })

UNARY(abs);
UNARY(acos);
UNARY(acosh);
UNARY(asin);
UNARY(asinh);
UNARY(atan);
UNARY(atanh);
UNARY(bessel_i0e);
UNARY(bessel_i1e);
UNARY(cbrt);
UNARY(ceil);
UNARY(cos);
UNARY(cosh);
UNARY(digamma);
UNARY(erf);
UNARY(erf_inv);
UNARY(erfc);
UNARY(exp);
UNARY(exp2);
UNARY(expm1);
UNARY(floor);
UNARY(is_finite);
UNARY(lgamma);
UNARY(log);
UNARY(log1p);
UNARY(logistic);
UNARY(neg);
UNARY(reciprocal);
UNARY(round);
UNARY(rsqrt);
UNARY(sign);
UNARY(sin);
UNARY(sinh);
UNARY(sqrt);
UNARY(square);
UNARY(stop_gradient);
UNARY(tan);
UNARY(tanh);

UNARY_OF(abs, complex);
UNARY_OF(conj, complex);
UNARY_OF(cos, complex);
UNARY_OF(exp, complex);
UNARY_OF(imag, complex);
UNARY_OF(log, complex);
UNARY_OF(neg, complex);
UNARY_OF(real, complex);
UNARY_OF(sin, complex);
UNARY_OF(sqrt, complex);
UNARY_OF(square, complex);
UNARY_OF(tanh, complex);

UNARY_OF(abs, int);
UNARY_OF(clz, int);
UNARY_OF(neg, int);
UNARY_OF(population_count, int);
UNARY_OF(sign, int);
PARITY("lax.bitwise_not:int", [](const Tree& in) { return lax::logical_not(in[0]); });
PARITY("lax.bitwise_not:bool", [](const Tree& in) { return lax::logical_not(in[0]); });

UNARY_OF(erf_inv, tails);
UNARY_OF(tanh, large);
UNARY_OF(log1p, small);
UNARY_OF(exp, float16);
UNARY_OF(exp, bfloat16);
UNARY_OF(exp, float64);
UNARY_OF(sin, float64);
UNARY_OF(logistic, float64);

BINARY(add);
BINARY(atan2);
BINARY(complex);
BINARY(div);
BINARY(igamma);
BINARY(igamma_grad_a);
BINARY(igammac);
BINARY(max);
BINARY(min);
BINARY(mul);
BINARY(mulhi);
BINARY(nextafter);
BINARY(pow);
BINARY(random_gamma_grad);
BINARY(rem);
BINARY(sub);
BINARY(zeta);
BINARY(shift_left);
BINARY(shift_right_arithmetic);
BINARY(shift_right_logical);
BINARY(eq);
BINARY(ge);
BINARY(gt);
BINARY(le);
BINARY(lt);
BINARY(ne);

BINARY_OF(add, int);
BINARY_OF(bitwise_and, int);
BINARY_OF(bitwise_or, int);
BINARY_OF(bitwise_xor, int);
BINARY_OF(div, int);
BINARY_OF(max, int);
BINARY_OF(min, int);
BINARY_OF(mul, int);
BINARY_OF(rem, int);
BINARY_OF(sub, int);
BINARY_OF(mul, int64);

BINARY_OF(add, complex);
BINARY_OF(mul, complex);
BINARY_OF(div, complex);
BINARY_OF(bitwise_and, bool);
BINARY_OF(nextafter, zero);
BINARY_OF(mul, float16);
BINARY_OF(mul, bfloat16);

PARITY("lax.integer_pow", [](const Tree& in) { return lax::integer_pow(in[0], 3); });
PARITY("lax.integer_pow:negative", [](const Tree& in) { return lax::integer_pow(in[0], -2); });
PARITY("lax.pow:int", [](const Tree& in) { return lax::pow(in[0], 2); });
PARITY("lax.round:even",
       [](const Tree& in) { return lax::round(in[0], lax::RoundingMethod::ToNearestEven); });
PARITY("lax.clamp", [](const Tree& in) { return lax::clamp(-1.0, in[0], 0.5); });
PARITY("lax.clamp:arrays", [](const Tree& in) { return lax::clamp(in[0], in[1], in[2]); });
PARITY("lax.select", [](const Tree& in) { return lax::select(in[0], in[1], in[2]); });
PARITY("lax.select_n", [](const Tree& in) {
  return lax::select_n(in[0], std::vector<Array>{in[1], in[2], in[3]});
});
PARITY("lax.polygamma",
       [](const Tree& in) { return lax::polygamma(lax::full_like(in[0], 2.0), in[0]); });
PARITY("lax.betainc", [](const Tree& in) { return lax::betainc(in[0], in[1], in[2]); });
PARITY("lax.reduce_precision", [](const Tree& in) { return lax::reduce_precision(in[0], 5, 10); });
PARITY("lax.bitcast_convert_type",
       [](const Tree& in) { return lax::bitcast_convert_type(in[0], uint32); });
PARITY("lax.bitcast_convert_type:narrower",
       [](const Tree& in) { return lax::bitcast_convert_type(in[0], uint16); });

#define CONVERT(kind, dtype)                \
  PARITY("lax.convert_element_type:" #kind, \
         [](const Tree& in) { return lax::convert_element_type(in[0], dtype); })
CONVERT(float16, float16);
CONVERT(bfloat16, bfloat16);
CONVERT(float64, float64);
CONVERT(int32, int32);
CONVERT(int8, int8);
CONVERT(uint8, uint8);
CONVERT(bool, bool_);
CONVERT(complex64, complex64);
CONVERT(int_to_float, float32);

}  // namespace
}  // namespace linum
