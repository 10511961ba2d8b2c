// Samplers that transform uniform or normal numbers.
#include "linum/random/continuous.h"

#include <numbers>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/info.h"
#include "linum/np/operators.h"
#include "linum/random/discrete.h"
#include "linum/random/key.h"
#include "linum/random/sampling.h"

namespace linum::random {
namespace {

// --- of one uniform number --------------------------------------------------------------------

Array exponential_body(const Array& key, const Form& form) {
  return -lax::log1p(-uniform(key, form.shape, form.dtype));
}

Array laplace_body(const Array& key, const Form& form) {
  const double least = np::finfo(form.dtype).epsneg - 1;
  Array u = uniform(key, form.shape, form.dtype, least, 1.0);
  return lax::sign(u) * lax::log1p(-lax::abs(u));
}

Array logistic_body(const Array& key, const Form& form) {
  Array u = uniform(key, form.shape, form.dtype, np::finfo(form.dtype).tiny, 1.0);
  return lax::log(u) - lax::log1p(-u);
}

Array cauchy_body(const Array& key, const Form& form) {
  Array u = uniform(key, form.shape, form.dtype, np::finfo(form.dtype).eps, 1.0);
  return lax::tan(std::numbers::pi * (u - 0.5));
}

Array pareto_body(const Array& key, const Array& b, const Form& form) {
  return lax::exp(exponential(key, form.shape, form.dtype) /
                  lax::convert_element_type(b, form.dtype));
}

Array rayleigh_body(const Array& key, const Array& scale, const Form& form) {
  Array u = uniform(key, form.shape, form.dtype);
  return lax::convert_element_type(scale, form.dtype) * lax::sqrt(lax::log(u) * -2);
}

Array triangular_body(const Array& key, const std::vector<Array>& corners, const Form& form) {
  auto corner = [&](std::size_t i) { return lax::convert_element_type(corners[i], form.dtype); };
  const Array left = corner(0), mode = corner(1), right = corner(2);
  Array u = uniform(key, form.shape, form.dtype);
  Array rising = left + lax::sqrt(u * (right - left) * (mode - left));
  Array falling = right - lax::sqrt((1 - u) * (right - left) * (right - mode));
  return np::where(u < (mode - left) / (right - left), rising, falling);
}

Array weibull_min_body(const Array& key, const Array& scale, const Array& concentration,
                       const Form& form) {
  Array u = uniform(key, form.shape, form.dtype);
  return np::power(-lax::log1p(-u), 1.0 / concentration) * scale;
}

// --- of normal numbers ------------------------------------------------------------------------

Array lognormal_body(const Array& key, const Array& sigma, const Form& form) {
  return lax::exp(normal(key, form.shape, form.dtype) *
                  lax::convert_element_type(sigma, form.dtype));
}

Array maxwell_body(const Array& key, const Form& form) {
  Shape three = form.shape;
  three.push_back(3);
  Array squares = lax::square(normal(key, three, form.dtype));
  return lax::sqrt(lax::reduce_sum(squares, {squares.ndim() - 1}));
}

Array double_sided_maxwell_body(const Array& key, const Array& loc, const Array& scale,
                                const Form& form) {
  auto [length_key, sign_key] = split_pair(key);
  Array length = maxwell(length_key, form.shape, form.dtype);
  return rademacher(sign_key, form.shape, form.dtype) * length * scale + loc;
}

// (Michael, Schucany, Haas: "Generating random variates using transformations with multiple
// roots", 1976.)
Array wald_body(const Array& key, const Array& mean_of_any, const Form& form) {
  auto [normal_key, uniform_key] = split_pair(key);
  const Array mean = lax::convert_element_type(mean_of_any, form.dtype);
  Array y = lax::integer_pow(normal(normal_key, form.shape, form.dtype), 2);
  Array z = uniform(uniform_key, form.shape, form.dtype);
  Array mean_squared = lax::integer_pow(mean, 2);
  Array root = lax::sqrt(4 * mean * y + mean_squared * lax::integer_pow(y, 2));
  Array x = mean + mean_squared * y / 2 - mean / 2 * root;
  return np::where(z <= mean / (mean + x), x, mean_squared / x);
}

}  // namespace

Array exponential(const Array& key, const Shape& shape, DType dtype) {
  return compiled<exponential_body>("_exponential")(key,
                                                    checked_form("exponential", key, shape, dtype));
}
Array laplace(const Array& key, const Shape& shape, DType dtype) {
  return compiled<laplace_body>("_laplace")(key, checked_form("laplace", key, shape, dtype));
}
Array logistic(const Array& key, const Shape& shape, DType dtype) {
  return compiled<logistic_body>("_logistic")(key, checked_form("logistic", key, shape, dtype));
}
Array cauchy(const Array& key, const Shape& shape, DType dtype) {
  return compiled<cauchy_body>("_cauchy")(key, checked_form("cauchy", key, shape, dtype));
}
Array maxwell(const Array& key, const Shape& shape, DType dtype) {
  return compiled<maxwell_body>("_maxwell")(key, checked_form("maxwell", key, shape, dtype));
}

Array pareto(const Array& key, const Array& b, const ShapeArg& shape, DType dtype) {
  return compiled<pareto_body>("_pareto")(key, b, checked_form("pareto", key, shape, dtype, {b}));
}
Array rayleigh(const Array& key, const Array& scale, const ShapeArg& shape, DType dtype) {
  const Form form = checked_form("rayleigh", key, shape, dtype, {scale});
  return compiled<rayleigh_body>("_rayleigh")(key, scale, form);
}
Array lognormal(const Array& key, const Array& sigma, const ShapeArg& shape, DType dtype) {
  const Form form = checked_form("lognormal", key, shape, dtype, {sigma});
  return compiled<lognormal_body>("_lognormal")(key, sigma, form);
}
Array wald(const Array& key, const Array& mean, const ShapeArg& shape, DType dtype) {
  return compiled<wald_body>("_wald")(key, mean, checked_form("wald", key, shape, dtype, {mean}));
}
Array triangular(const Array& key, const Array& left, const Array& mode, const Array& right,
                 const ShapeArg& shape, DType dtype) {
  const Form form = checked_form("triangular", key, shape, dtype, {left, mode, right});
  return compiled<triangular_body>("_triangular")(key, std::vector{left, mode, right}, form);
}

Array weibull_min(const Array& key, const Array& scale, const Array& concentration,
                  const Shape& shape, DType dtype) {
  const Form form = checked_form("weibull_min", key, shape, dtype);
  return compiled<weibull_min_body>("_weibull_min")(key, scale, concentration, form);
}
Array double_sided_maxwell(const Array& key, const Array& loc, const Array& scale,
                           const Shape& shape, DType dtype) {
  Form form = checked_form("double_sided_maxwell", key, shape, dtype);
  const Shape own = broadcast_shapes(loc.shape(), scale.shape(), "double_sided_maxwell");
  if (form.shape.empty()) form.shape = own;
  form.shape.insert(form.shape.end(), own.begin(), own.end());
  return compiled<double_sided_maxwell_body>("_double_sided_maxwell")(key, loc, scale, form);
}

}  // namespace linum::random
