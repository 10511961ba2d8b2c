// hyp1f1. (Pearson, Olver, Porter: "Numerical methods for the computation of the confluent and
// Gauss hypergeometric functions", 2014.)
#include <limits>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/gamma.h"
#include "linum/special/hypergeometric.h"
#include "linum/special/loops.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {
namespace {

// The sum of (a)_k / (b)_k x^k / k!, from `first` on, each term weighted.
Array taylor(const Array& first, const Array& a, const Array& b, const Array& x,
             const std::function<Array(const Array&)>& weight = {}) {
  const auto next = [&](const Array& k, const Array& term) {
    return term * ((a + k) / (b + k) * x / (k + 1));
  };
  return sum_series(first, a / b * x, next, weight);
}

// For large x, where not `skipped`.
Array asymptotic(const Array& a, const Array& b, const Array& x, const Array& skipped) {
  const Array start = np::where(skipped, 0.0, (b - a) * (1 - a) / x);
  const auto next = [&](const Array& k, const Array& term) {
    return term * ((b - a + k) * (1 - a + k) / (k + 1) / x);
  };
  const Array sum = sum_series(like(x, 1), start, next);
  return gamma(b) / gamma(a) * lax::exp(x) * lax::pow(x, a - b) * sum;
}

Array hyp1f1_value(const Array& a, const Array& b, const Array& x) {
  const Array small = lax::abs(x) < 100;
  const Array y = np::where(small, taylor(like(x, 1), a, b, np::where(small, x, 0.0)),
                            asymptotic(a, b, x, small));
  const Array infinity = like(x, std::numeric_limits<double>::infinity());
  return np::where(a == 0, 1.0, np::where(a == b, lax::exp(x), np::where(b == 0, infinity, y)));
}

Array along_a(const Array& a, const Array& b, const Array& x) {
  const auto weight = [&](const Array& k) { return digamma(a + k) - digamma(a); };
  return taylor(like(x, 0), a, b, x, weight);
}
Array along_b(const Array& a, const Array& b, const Array& x) {
  const auto weight = [&](const Array& k) { return digamma(b) - digamma(b + k); };
  return taylor(like(x, 0), a, b, x, weight);
}

}  // namespace

Array hyp1f1(const Array& given_a, const Array& given_b, const Array& given_x) {
  using Three = std::tuple<Array, Array, Array>;
  auto rule = [](const Three& primals, const Three& tangents) {
    const auto& [a, b, x] = primals;
    const auto& [ta, tb, tx] = tangents;
    const Array along_x = a / b * hyp1f1(a + 1, b + 1, x);
    return std::pair{hyp1f1_value(a, b, x),
                     along_a(a, b, x) * ta + along_b(a, b, x) * tb + along_x * tx};
  };
  const auto full = as_full_reals("hyp1f1", {given_a, given_b, given_x});
  return custom_jvp(hyp1f1_value, rule)(full[0], full[1], full[2]);
}

}  // namespace linum::special
