// hyp2f1. (Pearson, Olver, Porter: "Numerical methods for the computation of the confluent and
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

struct Arguments {
  Array a, b, c, x;
  Array excess() const { return c - a - b; }
};

// How far from a whole number counts as whole.
double slack(const Array& x) { return 50 * np::finfo(x.dtype()).eps; }
Array is_whole(const Array& x) { return lax::abs(x - np::round(x)) < slack(x); }
Array is_pole(const Array& x) { return (x <= 0) & is_whole(x); }

// --- the series, for the elements that are `needed` ----------------------------------------------

Array taylor(const Arguments& f, const Array& needed) {
  const auto next = [&](const Array& k, const Array& term) {
    return term * ((f.a + k - 1) * (f.b + k - 1) / (f.c + k - 1) / k * f.x);
  };
  return sum_series(like(f.x, 0), np::where(needed, like(f.x, 1), 0.0), next);
}

struct Terminating {
  Array k, sum, term;
  LINUM_FIELDS(k, sum, term)
};

// The series that ends since a or b is a whole number below 1: the lower one of both, unless the
// poles of c come before.
Array terminating(const Arguments& f, const Array& needed) {
  const Array poles_first = (f.c % 1 == 0) & (f.c <= 0) & (f.c > f.b);
  const Array by_b = (f.b < f.a) & is_whole(f.b) & ~poles_first;
  const Array count = lax::abs(np::where(by_b, f.b, f.a)), other = np::where(by_b, f.a, f.b);
  const auto going = [&](const Terminating& s) { return needed & (s.k < count + 1); };
  const auto step = [&](const Terminating& s) {
    const Array ratio = -(count - s.k + 1) / (f.c + s.k - 1) * (other + s.k - 1) / s.k * f.x;
    return Terminating{s.k + 1, s.sum + s.term * ratio, s.term * ratio};
  };
  const Array one = lax::full_like(f.x, 1);
  return repeat_while(going, step, Terminating{one, one, one}).sum;
}

// --- near x = 1, for whole excess: Abramowitz and Stegun 15.3.10 to 15.3.12 ----------------------

// The excess d by its sign, and its size.
struct Excess {
  explicit Excess(const Array& d)
      : whole(np::round(d)),
        size(np::where(whole >= 0, d, -d)),
        high(np::where(whole >= 0, d, 0.0)),
        low(np::where(whole >= 0, 0.0, d)) {}
  Array whole, size, high, low;
};

struct Logarithmic {
  Array k, power, term, sum;
  LINUM_FIELDS(k, power, term, sum)
};

// The infinite part.
Array logarithmic(const Arguments& f, const Excess& d, const Array& needed) {
  const Array s = 1 - f.x, log_s = lax::log(s), a = f.a + d.high, b = f.b + d.high;
  const Array first =
      (digamma(like(s, 1)) + digamma(1 + d.size) - digamma(a) - digamma(b) - log_s) /
      gamma(d.size + 1);
  const double eps = np::finfo(s.dtype()).eps;
  const auto going = [&](const Logarithmic& l) {
    return needed & (l.k < 250) & (lax::abs(l.term) >= eps * lax::abs(l.sum));
  };
  const auto step = [&](const Logarithmic& l) {
    const Array bracket =
        digamma(1 + l.k) + digamma(1 + l.k + d.size) - digamma(a + l.k) - digamma(b + l.k) - log_s;
    const Array term = l.power * bracket;
    const Array power = l.power * (s * (a + l.k) / (l.k + 1)) * ((b + l.k) / (l.k + 1 + d.size));
    return Logarithmic{l.k + 1, power, term, l.sum + term};
  };
  const Array power = a * b * s / gamma(d.size + 2);
  return repeat_while(going, step, Logarithmic{lax::full_like(s, 1), power, first, first}).sum;
}

// The finite part.
Array polynomial_part(const Arguments& f, const Excess& d, const Array& needed) {
  const Array s = 1 - f.x, a = f.a + d.low, b = f.b + d.low, size = lax::abs(d.whole);
  const auto going = [&](const Terminating& t) { return needed & (t.k + 1 < size); };
  const auto step = [&](const Terminating& t) {
    const Array term = t.term * (s * (a + t.k) * (b + t.k) / (1 - d.size + t.k)) / (t.k + 1);
    return Terminating{t.k + 1, t.sum + term, term};
  };
  const Array one = lax::full_like(s, 1);
  return repeat_while(going, step, Terminating{lax::full_like(s, 0), one, one}).sum;
}

Array near_one(const Arguments& f, const Array& needed) {
  const Excess d(f.excess());
  const Array gamma_c = gamma(f.c), high = gamma(f.a + d.high) * gamma(f.b + d.high);
  const Array infinite = logarithmic(f, d, needed);
  const Array finite = polynomial_part(f, d, needed) * gamma(d.size) * gamma_c / high;
  const Array scaled = infinite * gamma_c / (gamma(f.a + d.low) * gamma(f.b + d.low));
  const Array rest = np::where(d.whole % 2 != 0, -scaled, scaled);
  const Array q = lax::pow(1 - f.x, d.whole);
  const Array both = np::where(d.whole > 0, rest * q + finite, rest + finite * q);
  return np::where(d.whole == 0, infinite * gamma_c / (gamma(f.a) * gamma(f.b)), both);
}

Array by_series(const Arguments& f, const Array& needed) {
  const Array ends = is_pole(f.a) | is_pole(f.b), near = (f.x > 0.9) & ~ends & is_whole(f.excess());
  return np::where(ends, terminating(f, needed & ends),
                   np::where(near, near_one(f, needed & near), taylor(f, needed & ~ends & ~near)));
}

// --- all ----------------------------------------------------------------------------------------

enum Kind { kOne, kInfinite, kReflected, kPowerOfA, kPowerOfB, kAtOne, kSeries };

Array kind_of(const Arguments& f) {
  const Array d = f.excess(), at_one = f.x == 1, below = f.x < 1;
  const Array constant = (f.x == 0) | (((f.a == 0) | (f.b == 0)) & (f.c != 0));
  const Array pole = (f.c == 0) | ((f.c < 0) & (f.c % 1 == 0));
  const Array reflects = (d <= -1) & (is_whole(d) | (f.x <= 1));
  return np::select({constant, pole, reflects, (d <= 0) & at_one, below & (f.b == f.c),
                     below & (f.a == f.c), f.x > 1, at_one},
                    {Array(kOne), Array(kInfinite), Array(kReflected), Array(kInfinite),
                     Array(kPowerOfA), Array(kPowerOfB), Array(kInfinite), Array(kAtOne)},
                    Array(kSeries));
}

Array hyp2f1_value(const Array& a, const Array& b, const Array& c, const Array& x) {
  const Arguments f{a, b, c, x}, reflected{c - a, c - b, c, x};
  const Array kind = lax::convert_element_type(kind_of(f), int32), d = f.excess(), s = 1 - x;
  const Array infinity = lax::full_like(x, std::numeric_limits<double>::infinity());
  const Array cases[] = {lax::full_like(x, 1),
                         infinity,
                         lax::pow(s, d) * by_series(reflected, kind == kReflected),
                         lax::pow(s, -a),
                         lax::pow(s, -b),
                         gamma(c) * gamma(d) / (gamma(reflected.a) * gamma(reflected.b)),
                         by_series(f, kind == kSeries)};
  return lax::select_n(kind, cases);
}

// The derivative along a parameter p of (p)_k, whose logarithm has the derivative digamma(p + k) -
// digamma(p).
Array along(const Array& p, const Arguments& f) {
  const auto weight = [&](const Array& k) { return digamma(p + k) - digamma(p); };
  const auto next = [&](const Array& k, const Array& term) {
    return term * ((f.a + k) * (f.b + k) / (f.c + k) / (k + 1) * f.x);
  };
  return sum_series(like(f.x, 0), f.a * f.b / f.c * f.x, next, weight);
}

}  // namespace

Array hyp2f1(const Array& given_a, const Array& given_b, const Array& given_c,
             const Array& given_x) {
  using Four = std::tuple<Array, Array, Array, Array>;
  auto rule = [](const Four& primals, const Four& tangents) {
    const auto& [a, b, c, x] = primals;
    const auto& [ta, tb, tc, tx] = tangents;
    const Arguments f{a, b, c, x};
    const Array along_x = a * b / c * hyp2f1(a + 1, b + 1, c + 1, x);
    return std::pair{hyp2f1_value(a, b, c, x),
                     along(a, f) * ta + along(b, f) * tb - along(c, f) * tc + along_x * tx};
  };
  const auto full = as_full_reals("hyp2f1", {given_a, given_b, given_c, given_x});
  return custom_jvp(hyp2f1_value, rule)(full[0], full[1], full[2], full[3]);
}

}  // namespace linum::special
