#include "linum/random/counts.h"

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/info.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"
#include "linum/random/continuous.h"
#include "linum/random/key.h"
#include "linum/random/sampling.h"
#include "linum/transforms/control_flow.h"

namespace linum::random {
namespace {

Array filled_like(const Array& x, double value) {
  return lax::full(x.shape(), make_scalar(value, x.dtype()));
}
Array is_nan(const Array& x) { return np::isnan(x); }
Array any_true(const Array& x) { return np::any(x); }

// --- loops ------------------------------------------------------------------------------------

// Draws until every element is accepted: the loop of rejection methods.
struct Drawn {
  Array accept, value;
};
Array until_accepted(const Array& key, const Array& start,
                     const std::function<Drawn(const Array&, const Array&)>& draw) {
  using State = std::tuple<Array, Array, Array>;  // value, accepted, key
  auto open = [](const State& s) { return any_true(~std::get<1>(s)); };
  auto step = [&draw](const State& s) {
    std::vector<Array> keys = split_list(std::get<2>(s), 3);
    Drawn d = draw(keys[1], keys[2]);
    return State{lax::select(d.accept, d.value, std::get<0>(s)), std::get<1>(s) | d.accept,
                 keys[0]};
  };
  State first{start, lax::full(start.shape(), Array(false)), key};
  return std::get<0>(lax::while_loop(open, step, first));
}

// --- poisson ----------------------------------------------------------------------------------

// Counts uniform numbers until their product falls below exp(-lam).
Array poisson_by_product(const Array& key, const Array& lam, DType dtype) {
  using State = std::tuple<Array, Array, Array>;  // count, key, log of the product
  auto open = [&lam](const State& s) { return any_true(std::get<2>(s) > -lam); };
  auto step = [&lam](const State& s) {
    auto& [k, rng, log_product] = s;
    std::vector<Array> keys = split_list(rng, 2);
    Array more = lax::select(log_product > -lam, k + 1, k);
    return State{more, keys[0], log_product + lax::log(uniform(keys[1], lam.shape()))};
  };
  State first{lax::zeros(lam.shape(), dtype), key, filled_like(lam, 0)};
  return std::get<0>(lax::while_loop(open, step, first)) - 1;
}

Array poisson_by_rejection(const Array& key, const Array& lam, DType dtype) {
  Array log_lam = lax::log(lam);
  Array b = 0.931 + 2.53 * lax::sqrt(lam);
  Array a = -0.059 + 0.02483 * b;
  Array inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  Array v_r = 0.9277 - 3.6224 / (b - 2);
  auto draw = [&](const Array& u_key, const Array& v_key) {
    Array u = uniform(u_key, lam.shape()) - 0.5, v = uniform(v_key, lam.shape());
    Array us = 0.5 - lax::abs(u);
    Array k = lax::floor((2 * a / us + b) * u + lam + 0.43);
    Array s = lax::log(v * inverse_alpha / (a / (us * us) + b));
    Array bound = -lam + k * log_lam - lax::lgamma(k + 1);
    Array quick = (us >= 0.07) & (v <= v_r);
    Array hopeless = (k < 0) | ((us < 0.013) & (v > us));
    return Drawn{quick | (~hopeless & (s <= bound)), k};
  };
  return lax::convert_element_type(until_accepted(key, filled_like(lam, -1), draw), dtype);
}

Array poisson_body(const Array& key, const Array& lam_of_any, const Form& form) {
  Array lam = np::broadcast_to(lax::convert_element_type(lam_of_any, float32), form.shape);
  Array small = is_nan(lam) | (lam < 10);
  Array few = poisson_by_product(key, np::where(small, lam, 0.0), form.dtype);
  Array many = poisson_by_rejection(key, np::where(small, 1e5, lam), form.dtype);
  return np::where(lam == 0, 0, lax::select(small, few, many));
}

// --- binomial ---------------------------------------------------------------------------------

// Counts geometric numbers until their sum passes n.
Array binomial_by_inversion(const Array& key, const Array& n, const Array& p) {
  using State = std::tuple<Array, Array, Array>;  // count, sum, key
  Array log_failure = lax::log1p(-p);
  auto open = [&n](const State& s) { return any_true(std::get<1>(s) <= n); };
  auto step = [&](const State& s) {
    auto& [count, sum, rng] = s;
    std::vector<Array> keys = split_list(rng, 2);
    Array more = lax::select(sum <= n, count + 1, count);
    Array u = uniform(keys[0], p.shape(), p.dtype());
    return State{more, sum + lax::ceil(lax::log(u) / log_failure), keys[1]};
  };
  State first{filled_like(p, 0), filled_like(p, 0), key};
  return std::get<0>(lax::while_loop(open, step, first)) - 1;
}

// What Stirling's approximation of log(k!) lacks.
Array stirling_tail(const Array& k) {
  static const std::vector<float> exact = {
      0.0810614667953272f,  0.0413406959554092f, 0.0276779256849983f, 0.02079067210376509f,
      0.0166446911898211f,  0.0138761288230707f, 0.0118967099458917f, 0.0104112652619720f,
      0.00925546218271273f, 0.00833056343336287f};
  Array kept = lax::clamp(make_scalar(0, k.dtype()), k, make_scalar(9, k.dtype()));
  Array squared = (kept + 1) * (kept + 1);
  Array approximate = (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / squared) / squared) / (kept + 1);
  Array tail = filled_like(k, 0);
  Array whole = lax::floor(kept);
  for (std::size_t i = 0; i < exact.size(); ++i)
    tail = np::where(whole == static_cast<int>(i), static_cast<double>(exact[i]), tail);
  return lax::select(k <= 9, tail, approximate);
}

Array binomial_by_rejection(const Array& key, const Array& n, const Array& p) {
  Array deviation = lax::sqrt(n * p * (1 - p));
  Array b = 1.15 + 2.53 * deviation;
  Array a = -0.0873 + 0.0248 * b + 0.01 * p;
  Array c = n * p + 0.5, v_r = 0.92 - 4.2 / b, odds = p / (1 - p);
  Array alpha = (2.83 + 5.1 / b) * deviation;
  Array m = lax::floor((n + 1) * p);
  auto draw = [&](const Array& u_key, const Array& v_key) {
    Array u = uniform(u_key, p.shape(), p.dtype()) - 0.5;
    Array v = uniform(v_key, p.shape(), p.dtype());
    Array us = 0.5 - lax::abs(u);
    Array quick = (us >= 0.07) & (v <= v_r);
    Array k = lax::floor((2 * a / us + b) * u + c);
    Array hopeless = (k < 0) | (k > n);
    v = lax::log(v * alpha / (a / (us * us) + b));
    Array bound = (m + 0.5) * lax::log((m + 1) / (odds * (n - m + 1))) +
                  (n + 1) * lax::log((n - m + 1) / (n - k + 1)) +
                  (k + 0.5) * lax::log(odds * (n - k + 1) / (k + 1)) + stirling_tail(m) +
                  stirling_tail(n - m) - stirling_tail(k) - stirling_tail(n - k);
    return Drawn{quick | (~hopeless & (v <= bound)), k};
  };
  return until_accepted(key, filled_like(p, -1), draw);
}

Array binomial_body(const Array& key, const Array& n_of_any, const Array& p_of_any,
                    const Form& form) {
  Array p = np::broadcast_to(np::strong(np::promote_dtypes_inexact(p_of_any)), form.shape);
  Array n = np::broadcast_to(lax::convert_element_type(n_of_any, p.dtype()), form.shape);
  Array below_half = p < 0.5;
  Array q = lax::select(below_half, p, 1.0 - p);  // of the rarer outcome
  Array bad_n = is_nan(n) | (n < 0), infinite = lax::abs(n) == filled_like(n, HUGE_VAL);
  Array bad_q = is_nan(q) | (q < 0);
  Array nan_q = is_nan(q);
  q = np::where(bad_q, 0.01, q);
  Array few = bad_n | (n * q <= 10);
  n = lax::floor(n);
  Array inverted = binomial_by_inversion(key, np::where(few, n, 0.0), q);
  Array sampled = binomial_by_rejection(key, np::where(few, 1e4, n), np::where(few, 0.5, q));
  Array out = lax::convert_element_type(lax::select(few, inverted, sampled), form.dtype);
  out = np::where(bad_q | bad_n, make_scalar(NAN, form.dtype), out);
  out = np::where(infinite & ~(bad_q | bad_n), make_scalar(HUGE_VAL, form.dtype), out);
  Array as_is = below_half | bad_n | nan_q | infinite;
  return lax::select(as_is, out, lax::convert_element_type(n, form.dtype) - out);
}

// --- multinomial ------------------------------------------------------------------------------

// Outcome by outcome: a binomial number of what remains.
Array multinomial_body(const Array& key, const Array& n_of_any, const Array& p_of_any,
                       const Form& form) {
  auto [n, p] = np::promote_dtypes_inexact(n_of_any, p_of_any);
  const Shape batch(form.shape.begin(), form.shape.end() - 1);
  n = np::broadcast_to(np::strong(n), batch);
  p = np::moveaxis(np::broadcast_to(np::strong(p), form.shape), -1, 0);
  Array remaining = lax::cumsum(p, 0, true);
  Array ratios = p / np::where(remaining == 0, 1, remaining);
  using Step = std::tuple<Array, Array>;
  auto step = [](const Array& left, const Step& ratio_and_key) {
    auto& [ratio, step_key] = ratio_and_key;
    Array count = binomial(step_key, left, np::clip(ratio, 0, 1), {}, left.dtype());
    return std::pair{left - count, count};
  };
  auto [left, counts] = lax::scan(step, n, Step{ratios, split(key, ratios.shape(0))});
  return lax::convert_element_type(np::moveaxis(counts, 0, -1), form.dtype);
}

}  // namespace

Array poisson(const Array& key, const Array& lam, const ShapeArg& shape, DType dtype) {
  check_key("poisson", key);
  check_integer("poisson", dtype);
  return compiled<poisson_body>("_poisson")(key, lam,
                                            Form{result_shape("poisson", shape, {lam}), dtype});
}

Array binomial(const Array& key, const Array& n, const Array& p, const ShapeArg& shape,
               DType dtype) {
  check_key("binomial", key);
  check_floating("binomial", dtype);
  const Form form{result_shape("binomial", shape, {n, p}), dtype};
  return compiled<binomial_body>("_binomial")(key, n, p, form);
}

Array multinomial(const Array& key, const Array& n, const Array& p, const ShapeArg& shape,
                  DType dtype) {
  check_key("multinomial", key);
  check_floating("multinomial", dtype);
  if (p.ndim() == 0)
    throw ShapeError("multinomial needs p of at least one dimension, got a scalar");
  const Form form{result_shape("multinomial", shape, {p}), dtype};
  return compiled<multinomial_body>("_multinomial")(key, n, p, form);
}

}  // namespace linum::random
