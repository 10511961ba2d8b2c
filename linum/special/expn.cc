// expn: Cephes' power series, continued fraction and asymptotic expansion.
#include <limits>

#include "linum/core/pytree.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/expint.h"
#include "linum/special/loops.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {
namespace {

double epsilon(const Array& x) { return np::finfo(x.dtype()).eps; }

// --- 0 < x <= 1 ---------------------------------------------------------------------------------

struct PowerSeries {
  Array k, power, p, sum, change;
  LINUM_FIELDS(k, power, p, sum, change)
};

PowerSeries next(const PowerSeries& s, const Array& x) {
  const Array k = s.k + 1, power = s.power * (-x / k), p = s.p + 1;
  const Array sum = s.sum + np::where(p != 0, power / p, 0.0);
  return {k, power, p, sum, np::where(sum != 0, lax::abs(power / sum), 1.0)};
}

Array expn_of_small(const Array& n, const Array& x) {
  const Array first = n == 1, zero = lax::full_like(x, 0), one = lax::full_like(x, 1);
  const Array start = np::where(first, 0.0, 1.0 / (1.0 - np::where(first, 2.0, n)));
  const double eps = epsilon(x);
  const PowerSeries end =
      repeat_while([&](const PowerSeries& s) { return (x > 0) & (s.change > eps); },
                   [&](const PowerSeries& s) { return next(s, x); },
                   PowerSeries{zero, one, 1.0 - n, start, lax::full_like(x, kInfinity)});
  const Array logarithm = lax::digamma(n) - lax::log(x);
  return lax::pow(-x, n - 1.0) * logarithm / lax::exp(lax::lgamma(n)) - end.sum;
}

// --- x > 1 --------------------------------------------------------------------------------------

// The last two convergents p / q.
struct Fraction {
  Array k, p_before, q_before, p, q, value, change;
  LINUM_FIELDS(k, p_before, q_before, p, q, value, change)
};
constexpr double kBig = 1.44115188075855872e17;  // what numerators and denominators stay below

Fraction next(const Fraction& f, const Array& n, const Array& x) {
  const Array k = f.k + 1, odd = k % 2 == 1;
  const Array b = np::where(odd, 1.0, x), a = np::where(odd, n + (k - 1) / 2, k / 2);
  const Array p = f.p * b + f.p_before * a, q = f.q * b + f.q_before * a;
  const Array convergent = np::where(q != 0, p / q, f.value);
  const Array change = np::where(q != 0, lax::abs((f.value - convergent) / convergent), 1.0);
  const Array scale = np::where(lax::abs(p) > kBig, 1.0 / kBig, 1.0);
  return {k, f.p * scale, f.q * scale, p * scale, q * scale, convergent, change};
}

Array of_large(const Array& n, const Array& x) {
  const Array one = lax::full_like(x, 1), sum = x + n;
  const double eps = epsilon(x);
  const Fraction end =
      repeat_while([&](const Fraction& f) { return (x > 0) & (f.change > eps); },
                   [&](const Fraction& f) { return next(f, n, x); },
                   Fraction{one, one, x, one, sum, 1.0 / sum, lax::full_like(x, kInfinity)});
  return end.value * lax::exp(-x);
}

// --- n >= 5000 ----------------------------------------------------------------------------------

Array of_large_order(const Array& n, const Array& x) {
  const Array sum = x + n, y = 1.0 / (sum * sum);
  Array series = y * n * (6.0 * x * x - 8.0 * n * x + n * n);
  series = y * (series + n * (n - 2.0 * x));
  series = y * (series + n);
  return (series + 1.0) * lax::exp(-x) / sum;
}

// --- all ----------------------------------------------------------------------------------------

Array at_zero(const Array& n) {
  return np::where(n < 2, kInfinity, 1.0 / np::where(n < 2, 1.0, n - 1.0));
}

Array expn_value(const Array& n, const Array& x) {
  const Array large = x > 1, high = n >= 5000, small = (x > 0) & ~large & (n >= 1) & ~high;
  Array y = expn_of_small(np::where(small, n, 1.0), np::where(small, x, 0.0));
  y = np::where((n < 0) | (x < 0), like(x, std::numeric_limits<double>::quiet_NaN()), y);
  y = np::where(x == 0, at_zero(n), y);
  y = np::where((n == 0) & (x >= 0), lax::exp(-x) / x, y);
  y = np::where(high & (x >= 0), of_large_order(n, x), y);
  return np::where(large, of_large(n, np::where(large, x, 0.0)), y);
}

}  // namespace

Array expn(const Array& given_n, const Array& given_x) {
  using Two = std::tuple<Array, Array>;
  auto rule = [](const Two& primals, const Two& tangents) {
    const auto& [n, x] = primals;
    return std::pair{expn_value(n, x), -std::get<1>(tangents) * expn(n - 1.0, x)};
  };
  const auto full = as_full_reals("expn", {given_n, given_x});
  return custom_jvp(expn_value, rule)(full[0], full[1]);
}

Array exp1(const Array& x) { return expn(1, as_real("exp1", x)); }

}  // namespace linum::special
