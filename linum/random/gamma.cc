#include "linum/random/gamma.h"

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/info.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/random/continuous.h"
#include "linum/random/discrete.h"
#include "linum/random/key.h"
#include "linum/random/sampling.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/custom.h"
#include "linum/transforms/vmap.h"

namespace linum::random {
namespace {

Array number(double value, DType dtype) { return make_scalar(value, dtype); }

// --- one variate ------------------------------------------------------------------------------

// The loop's state: key, squared normal X, cubed V, uniform U.
using Trial = std::tuple<Array, Array, Array, Array>;

// A normal x with v = 1 + c x > 0; gives (x, v).
std::pair<Array, Array> positive_trial(const Array& key, const Array& c) {
  using State = std::tuple<Array, Array, Array>;
  auto retry = [](const State& s) { return std::get<2>(s) <= 0; };
  auto draw = [&c](const State& s) {
    std::vector<Array> keys = split_list(std::get<0>(s), 2);
    Array x = normal(keys[1], {}, c.dtype());
    return State{keys[0], x, 1 + x * c};
  };
  State out = lax::while_loop(retry, draw, State{key, number(0, c.dtype()), number(-1, c.dtype())});
  return {std::get<1>(out), std::get<2>(out)};
}

Array rejected(const Trial& trial, const Array& d) {
  auto& [key, x, v, u] = trial;
  Array outside_squeeze = u >= 1 - 0.0331 * (x * x);
  return outside_squeeze & (lax::log(u) >= x * 0.5 + d * ((1 - v) + lax::log(v)));
}

Trial next_trial(const Array& key, const Array& c) {
  std::vector<Array> keys = split_list(key, 3);
  auto [x, v] = positive_trial(keys[1], c);
  return {keys[0], x * x, v * v * v, uniform(keys[2], {}, c.dtype())};
}

// A variate for one key and one a (rank 0), or its logarithm. Below a = 1 it is a variate of a + 1
// times uniform^(1 / a).
Array gamma_one(const Array& key, const Array& a, bool log_space) {
  const DType dtype = a.dtype();
  Array large = a >= 1;
  Array d = lax::select(large, a, a + 1) - number(1.0 / 3, dtype);
  Array c = number(1.0 / 3, dtype) / lax::sqrt(d);
  std::vector<Array> keys = split_list(key, 2);
  Trial first{keys[0], number(0, dtype), number(1, dtype), number(2, dtype)};  // is rejected
  Trial last =
      lax::while_loop([&d](const Trial& t) { return rejected(t, d); },
                      [&c](const Trial& t) { return next_trial(std::get<0>(t), c); }, first);
  const Array& v = std::get<2>(last);
  if (!log_space) {
    Array boost = lax::pow(1 - uniform(keys[1], {}, dtype), 1 / a);
    return d * v * np::where(large, number(1, dtype), boost);
  }
  Array log_sample = -exponential(keys[1], {}, dtype);
  Array boost = log_sample * (1 / a);
  return lax::log(d) + lax::log(v) + np::where(large | (log_sample == 0), number(0, dtype), boost);
}

// --- many -------------------------------------------------------------------------------------

Array gamma_values(const Array& key, const Array& a, bool log_space) {
  auto one = [log_space](const Array& k, const Array& x) { return gamma_one(k, x, log_space); };
  Array flat = lax::reshape(a, {a.size()});
  return lax::reshape(vmap(one)(split(key, a.size()), flat), a.shape());
}

// d variate / da, or d log(variate) / da.
Array gamma_derivative(const Array& sample, const Array& a, bool log_space) {
  if (!log_space) return lax::random_gamma_grad(a, sample);
  Array x = lax::exp(sample);
  x = np::where(x == 0, number(np::finfo(x.dtype()).tiny, x.dtype()), x);
  return lax::random_gamma_grad(a, x) / x;
}

Array gamma_body(const Array& key, const Array& a_of_any, const Form& form, bool log_space) {
  Array a = np::broadcast_to(lax::convert_element_type(a_of_any, form.dtype), form.shape);
  auto sample = [log_space](const Array& k, const Array& x) {
    return gamma_values(k, x, log_space);
  };
  using Pair = std::tuple<Array, Array>;
  auto rule = [log_space, sample](const Pair& primals, const Pair& tangents) {
    auto& [k, x] = primals;
    Array y = sample(k, x);
    return std::pair{y, std::get<1>(tangents) * gamma_derivative(y, x, log_space)};
  };
  return custom_jvp(sample, rule)(key, a);
}

// --- made of them -----------------------------------------------------------------------------

Array beta_body(const Array& key, const Array& a, const Array& b, const Form& form) {
  auto [key_a, key_b] = split_pair(key);
  Array log_a = loggamma(key_a, a, form.shape, form.dtype);
  Array log_b = loggamma(key_b, b, form.shape, form.dtype);
  Array largest = lax::max(log_a, log_b);
  Array scaled_a = lax::exp(log_a - largest), scaled_b = lax::exp(log_b - largest);
  return scaled_a / (scaled_a + scaled_b);
}

Array dirichlet_body(const Array& key, const Array& alpha, const Form& form) {
  Array logs = loggamma(key, alpha, form.shape, form.dtype);
  const Axes last = {logs.ndim() - 1};
  Array largest = lax::stop_gradient(lax::expand_dims(lax::reduce_max(logs, last), last));
  Array scaled = lax::exp(logs - largest);
  return scaled / lax::expand_dims(lax::reduce_sum(scaled, last), last);
}

Array chisquare_body(const Array& key, const Array& df, const Form& form) {
  Array half = lax::convert_element_type(df, form.dtype) / 2;
  return lax::exp(loggamma(key, half, form.shape, form.dtype)) * 2;
}

Array t_body(const Array& key, const Array& df, const Form& form) {
  auto [normal_key, gamma_key] = split_pair(key);
  Array half = lax::convert_element_type(df, form.dtype) / 2;
  Array n = normal(normal_key, form.shape, form.dtype);
  return n * lax::sqrt(half / gamma(gamma_key, half, form.shape, form.dtype));
}

Array f_body(const Array& key, const Array& dfnum, const Array& dfden, const Form& form) {
  auto [den_key, num_key] = split_pair(key);
  auto mean = [&form](const Array& k, const Array& df) {
    Array chi = chisquare(k, df, form.shape, form.dtype);
    return chi / lax::convert_element_type(df, form.dtype);
  };
  return mean(num_key, dfnum) / mean(den_key, dfden);
}

Array generalized_normal_body(const Array& key, const Array& p, const Form& form) {
  auto [gamma_key, sign_key] = split_pair(key);
  Array g = gamma(gamma_key, 1 / p, form.shape, form.dtype);
  return rademacher(sign_key, form.shape, form.dtype) * np::power(g, 1 / p);
}

Array ball_body(const Array& key, const Array& p, std::int64_t d, const Form& form) {
  auto [direction_key, length_key] = split_pair(key);
  Shape points = form.shape;
  points.push_back(d);
  Array g = generalized_normal(direction_key, p, points, form.dtype);
  Array e = exponential(length_key, form.shape, form.dtype);
  const std::int64_t last = g.ndim() - 1;
  Array norm = np::power(lax::reduce_sum(np::power(lax::abs(g), p), {last}) + e, 1 / p);
  return g / lax::expand_dims(norm, {last});
}

}  // namespace

Array gamma(const Array& key, const Array& a, const ShapeArg& shape, DType dtype) {
  return compiled<gamma_body>("_gamma")(key, a, checked_form("gamma", key, shape, dtype, {a}),
                                        false);
}
Array loggamma(const Array& key, const Array& a, const ShapeArg& shape, DType dtype) {
  return compiled<gamma_body>("_gamma")(key, a, checked_form("loggamma", key, shape, dtype, {a}),
                                        true);
}
Array beta(const Array& key, const Array& a, const Array& b, const ShapeArg& shape, DType dtype) {
  return compiled<beta_body>("_beta")(key, a, b, checked_form("beta", key, shape, dtype, {a, b}));
}
Array chisquare(const Array& key, const Array& df, const ShapeArg& shape, DType dtype) {
  const Form form = checked_form("chisquare", key, shape, dtype, {df});
  return compiled<chisquare_body>("_chisquare")(key, df, form);
}
Array t(const Array& key, const Array& df, const ShapeArg& shape, DType dtype) {
  return compiled<t_body>("_t")(key, df, checked_form("t", key, shape, dtype, {df}));
}
Array f(const Array& key, const Array& dfnum, const Array& dfden, const ShapeArg& shape,
        DType dtype) {
  const Form form = checked_form("f", key, shape, dtype, {dfnum, dfden});
  return compiled<f_body>("_f")(key, dfnum, dfden, form);
}
Array generalized_normal(const Array& key, const Array& p, const Shape& shape, DType dtype) {
  const Form form = checked_form("generalized_normal", key, shape, dtype, {p});
  return compiled<generalized_normal_body>("_generalized_normal")(key, p, form);
}
Array ball(const Array& key, std::int64_t d, const Array& p, const Shape& shape, DType dtype) {
  return compiled<ball_body>("_ball")(key, p, d, checked_form("ball", key, shape, dtype, {p}));
}

Array dirichlet(const Array& key, const Array& alpha, const ShapeArg& shape, DType dtype) {
  check_key("dirichlet", key);
  check_floating("dirichlet", dtype);
  if (alpha.ndim() == 0)
    throw ShapeError("dirichlet needs alpha of at least one dimension, got a scalar");
  const Shape batch(alpha.shape().begin(), alpha.shape().end() - 1);
  Shape whole = shape.get().value_or(batch);
  if (broadcast_shapes(whole, batch, "dirichlet") != whole) {
    throw ShapeError(str_cat("dirichlet: shape ", to_text(whole), " must end in ", to_text(batch),
                             ", the shape of alpha without its last axis"));
  }
  whole.push_back(alpha.shape(-1));
  return compiled<dirichlet_body>("_dirichlet")(key, alpha, Form{whole, dtype});
}

}  // namespace linum::random
