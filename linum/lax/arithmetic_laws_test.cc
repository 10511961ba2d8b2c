// The laws, for elementwise operations.
#include "linum/lax/families.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"

namespace linum {

using X = std::span<const Array>;
using Arrays = std::vector<Array>;

static std::vector<Law> unary_laws() {
  return {
      law("neg", lax::neg, {real({2, 3})}),
      law("exp", lax::exp, {real({2, 3})}),
      law("exp2", lax::exp2, {real({2, 3})}),
      law("expm1", lax::expm1, {real({2, 3})}),
      law("log", lax::log, {positive({2, 3})}),
      law("log1p", lax::log1p, {positive({2, 3})}),
      law("tanh", lax::tanh, {real({2, 3})}),
      law("logistic", lax::logistic, {real({2, 3})}),
      law("sqrt", lax::sqrt, {positive({2, 3})}),
      law("rsqrt", lax::rsqrt, {positive({2, 3})}),
      law("cbrt", lax::cbrt, {positive({2, 3})}),
      law("square", lax::square, {real({2, 3})}),
      law("reciprocal", lax::reciprocal, {positive({2, 3})}),
      law("abs", lax::abs, {real({2, 3})}),
      law("integer_pow_3", [](X x) { return Arrays{lax::integer_pow(x[0], 3)}; }, {real({2, 3})}),
      law("integer_pow_minus_2", [](X x) { return Arrays{lax::integer_pow(x[0], -2)}; },
          {positive({2, 3})}),
      law("sign", lax::sign, {real({2, 3})}),
      law("floor", lax::floor, {real({2, 3})}),
      law("ceil", lax::ceil, {real({2, 3})}),
      law("round", [](X x) { return Arrays{lax::round(x[0])}; }, {real({2, 3})}),
      law("round_to_even",
          [](X x) { return Arrays{lax::round(x[0], lax::RoundingMethod::ToNearestEven)}; },
          {real({2, 3})}),
      law("reduce_precision", [](X x) { return Arrays{lax::reduce_precision(x[0], 8, 7)}; },
          {real({2, 3})})
          .up_to_order(0)
          .in_double(),
      law("is_finite", lax::is_finite, {real({2, 3})}),
      law("sin", lax::sin, {real({2, 3})}),
      law("cos", lax::cos, {real({2, 3})}),
      law("tan", lax::tan, {real({2, 3}, -1, 1)}),
      law("asin", lax::asin, {real({2, 3}, -0.9, 0.9)}),
      law("acos", lax::acos, {real({2, 3}, -0.9, 0.9)}),
      law("atan", lax::atan, {real({2, 3})}),
      law("sinh", lax::sinh, {real({2, 3})}),
      law("cosh", lax::cosh, {real({2, 3})}),
      law("asinh", lax::asinh, {real({2, 3})}),
      law("acosh", lax::acosh, {positive({2, 3}, 1.5, 4)}),
      law("atanh", lax::atanh, {real({2, 3}, -0.9, 0.9)}),
      law("stop_gradient", lax::stop_gradient, {real({2, 3})}).up_to_order(0),
      law("stop_gradient_where",
          [](X x) {
            Array stopped = lax::le(x[0], Array(0.0f));
            Array y = lax::exp(lax::stop_gradient_where(stopped, x[0]));
            return Arrays{lax::select(stopped, lax::zeros_like(y), y)};
          },
          {given({2, 3}, {-1, 0.5, 2, -0.25, 1, -2})}),
      law("optimization_barrier", [](X x) { return lax::optimization_barrier(x); },
          {real({2, 3}), real({2})}),
      law("to_float32_and_back",
          [](X x) {
            Array single = lax::convert_element_type(x[0], DType::F32);
            return Arrays{lax::convert_element_type(single, DType::F64)};
          },
          {given({2}, {0.5, -1.25})})
          .up_to_order(0)
          .in_double(),
      law("to_complex", [](X x) { return Arrays{lax::convert_element_type(x[0], DType::C128)}; },
          {real({2, 3})})
          .in_double(),
  };
}
INSTANTIATE_TEST_SUITE_P(Unary, Laws, testing::ValuesIn(unary_laws()), law_name);

static std::vector<Law> special_laws() {
  return {
      law("erf", lax::erf, {real({2, 3})}),
      law("erfc", lax::erfc, {real({2, 3})}),
      law("erf_inv", lax::erf_inv, {real({2, 3}, -0.9, 0.9)}),
      law("lgamma", lax::lgamma, {positive({2, 3})}),
      law("digamma", lax::digamma, {positive({2, 3})}),
      law("polygamma", [](X x) { return Arrays{lax::polygamma(2.0, x[0])}; }, {positive({2, 3})}),
      law("zeta", lax::zeta, {positive({2}, 1.5, 4), positive({2})}).up_to_order(0),
      law("igamma", lax::igamma, {positive({4}), positive({4})}).up_to_order(1),
      law("igammac", lax::igammac, {positive({4}), positive({4})}).up_to_order(1),
      law("igamma_along_x", [](X x) { return Arrays{lax::igamma(1.5, x[0])}; },
          {positive({4}, 0.25, 6)}),
      law("igamma_grad_a", lax::igamma_grad_a, {positive({4}), positive({4})}).up_to_order(0),
      law("random_gamma_grad", lax::random_gamma_grad, {positive({4}), positive({4})})
          .up_to_order(0),
      law("betainc", [](X x) { return Arrays{lax::betainc(1.5, 2.5, x[0])}; },
          {positive({4}, 0.05, 0.95)}),
      law("bessel_i0e", lax::bessel_i0e, {real({2, 3}, -10, 10)}),
      law("bessel_i1e", lax::bessel_i1e, {real({2, 3}, -10, 10)}),
  };
}
INSTANTIATE_TEST_SUITE_P(Special, Laws, testing::ValuesIn(special_laws()), law_name);

static std::vector<Law> binary_laws() {
  return {
      law("add", lax::add, {real({2, 3}), real({2, 3})}),
      law("add_scalar", lax::add, {real({2, 3}), real({})}),
      law("sub", lax::sub, {real({2, 3}), real({2, 3})}),
      law("sub_from_scalar", lax::sub, {real({}), real({2, 3})}),
      law("mul", lax::mul, {real({2, 3}), real({2, 3})}),
      law("mul_scalar", lax::mul, {real({}), real({2, 3})}),
      law("div", lax::div, {real({2, 3}), positive({2, 3})}),
      law("div_scalar", lax::div, {real({2, 3}), positive({})}),
      law("pow", lax::pow, {positive({2, 3}), real({2, 3})}),
      law("pow_of_integers", lax::pow, {positive({2, 3}), integers({2, 3})}),
      law("rem", lax::rem, {real({2, 3}, 1.1, 1.9), positive({2, 3}, 0.55, 0.95)}),
      law("max", lax::max, {real({2, 3}), real({2, 3})}),
      law("min", lax::min, {real({2, 3}), real({})}),
      law("atan2", lax::atan2, {real({2, 3}), positive({2, 3})}),
      law("nextafter", lax::nextafter, {real({2, 3}), real({2, 3})}).up_to_order(0),
      law("clamp", lax::clamp, {real({2, 3}, -1, -0.5), real({2, 3}), real({2, 3}, 0.5, 1)}),
      law("clamp_between_scalars", lax::clamp,
          {real({}, -1, -0.5), real({2, 3}), real({}, 0.5, 1)}),
      law("select", lax::select, {bools({2, 3}), real({2, 3}), real({2, 3})}),
      law("select_by_scalar", lax::select, {bools({}), real({2, 3}), real({2, 3})}),
      law("select_n", [](X x) { return Arrays{lax::select_n(x[0], x.subspan(1))}; },
          {integers({3}, 0, 3), real({3}), real({3}), real({3})}),
      law("eq", lax::eq, {integers({2, 3}), integers({2, 3})}),
      law("lt", lax::lt, {real({2, 3}), real({2, 3})}),
      law("le", lax::le, {integers({2, 3}), integers({2, 3})}),
      law("ge_scalar", lax::ge, {real({2, 3}), real({})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Binary, Laws, testing::ValuesIn(binary_laws()), law_name);

static std::vector<Law> integer_laws() {
  return {
      law("add", lax::add, {integers({2, 3}), integers({2, 3})}),
      law("div", lax::div, {integers({2, 3}), integers({2, 3}, 1, 5)}),
      law("rem", lax::rem, {integers({2, 3}), integers({2, 3}, 1, 5)}),
      law("not", lax::logical_not, {integers({2, 3})}),
      law("and", lax::bitwise_and, {integers({2, 3}), integers({2, 3})}),
      law("or", lax::bitwise_or, {bools({2, 3}), bools({2, 3})}),
      law("xor", lax::bitwise_xor, {integers({2, 3}), integers({})}),
      law("shift_left", lax::shift_left, {integers({2, 3}), integers({2, 3}, 0, 4)}),
      law("shift_right_logical", lax::shift_right_logical,
          {integers({2, 3}), integers({2, 3}, 0, 4)}),
      law("shift_right_arithmetic", lax::shift_right_arithmetic,
          {integers({2, 3}), integers({2, 3}, 0, 4)}),
      law("population_count", lax::population_count, {integers({2, 3})}),
      law("clz", lax::clz, {integers({2, 3})}),
      law("mulhi", lax::mulhi, {integers({2, 3}, -2e9, 2e9), integers({2, 3}, -2e9, 2e9)}),
      law("bitcast", [](X x) { return Arrays{lax::bitcast_convert_type(x[0], DType::U16)}; },
          {integers({2, 3})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Integer, Laws, testing::ValuesIn(integer_laws()), law_name);

static std::vector<Law> complex_laws() {
  return {
      law("real", lax::real, {complex({2, 3})}),
      law("imag", lax::imag, {complex({2, 3})}),
      law("conj", lax::conj, {complex({2, 3})}),
      law("conj_of_real", lax::conj, {real({2, 3})}).in_double(),
      law("complex", lax::complex, {real({2, 3}), real({2, 3})}).in_double(),
      law("abs", lax::abs, {complex({2, 3})}),
      law("mul", lax::mul, {complex({2, 3}), complex({2, 3})}),
      law("div", lax::div, {complex({2, 3}), complex({2, 3}, 0.5, 2)}),
      law("exp", lax::exp, {complex({2, 3})}),
      law("log", lax::log, {complex({2, 3}, 0.5, 2)}),
      law("sin", lax::sin, {complex({2, 3})}),
      law("cos", lax::cos, {complex({2, 3})}),
      law("tanh", lax::tanh, {complex({2, 3}, -1, 1)}),
      law("sqrt", lax::sqrt, {complex({2, 3}, 0.5, 2)}),
      law("square", lax::square, {complex({2, 3})}),
      law("max", lax::max, {complex({2, 3}), complex({2, 3})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Complex, Laws, testing::ValuesIn(complex_laws()), law_name);

// Scalars and arrays without elements obey them too.
INSTANTIATE_TEST_SUITE_P(UnaryScalar, Laws, testing::ValuesIn(in_shape(unary_laws(), {}, "_0d")),
                         law_name);
INSTANTIATE_TEST_SUITE_P(UnaryEmpty, Laws,
                         testing::ValuesIn(in_shape(unary_laws(), {0, 3}, "_empty")), law_name);
INSTANTIATE_TEST_SUITE_P(BinaryScalar, Laws, testing::ValuesIn(in_shape(binary_laws(), {}, "_0d")),
                         law_name);
INSTANTIATE_TEST_SUITE_P(BinaryEmpty, Laws,
                         testing::ValuesIn(in_shape(binary_laws(), {0, 3}, "_empty")), law_name);
INSTANTIATE_TEST_SUITE_P(IntegerEmpty, Laws,
                         testing::ValuesIn(in_shape(integer_laws(), {0, 3}, "_empty")), law_name);
INSTANTIATE_TEST_SUITE_P(ComplexScalar, Laws,
                         testing::ValuesIn(in_shape(complex_laws(), {}, "_0d")), law_name);

}  // namespace linum
