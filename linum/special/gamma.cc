#include "linum/special/gamma.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/np/promote.h"
#include "linum/special/complex_gamma.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {

Array gammaln(const Array& x) { return lax::lgamma(as_real("gammaln", x)); }
Array digamma(const Array& x) { return lax::digamma(as_real("digamma", x)); }

Array gammasgn(const Array& given) {
  const Array x = as_real("gammasgn", given);
  Array whole = lax::floor(x), negative = x < 0;
  Array pole = (negative & (x == whole)) | np::isnan(x);
  Array minus = (negative & (whole % 2 != 0)) | ((x == 0) & np::signbit(x));
  return np::where(pole, like(x, std::numeric_limits<double>::quiet_NaN()),
                   np::where(minus, like(x, -1), like(x, 1)));
}

Array loggamma(const Array& given) {
  const Array x = as_inexact(given);
  if (is_complex(x.dtype())) return complex_loggamma(x);
  return np::where(x > 0, lax::lgamma(x), std::numeric_limits<double>::quiet_NaN());
}

Array gamma(const Array& given) {
  const Array x = as_inexact(given);
  if (is_complex(x.dtype())) return complex_gamma(x);
  return gammasgn(x) * lax::exp(lax::lgamma(x));
}

Array multigammaln(const Array& given, int d) {
  const Array a = as_real("multigammaln", given);
  const Array dimension = like(a, d);
  Array constant =
      like(a, 0.25) * dimension * (dimension - 1) * lax::log(like(a, std::numbers::pi));
  Array halves = lax::iota(a.dtype(), d) / 2;
  return np::sum(gammaln(np::expand_dims(a, -1) - halves), -1) + constant;
}

Array polygamma(const Array& n, const Array& given) {
  if (!is_integer(n.dtype())) {
    throw DTypeError(str_cat("polygamma: the order n must be of an integer dtype, got ", n.aval(),
                             "; pass a C++ integer or convert it"));
  }
  auto [order, x] = as_reals("polygamma", n, given);
  return lax::polygamma(order, x);
}

// --- zeta -------------------------------------------------------------------------------------

namespace {

// (2k)! / B_2k for k = 1, 2, ...
const double kFactorialOverBernoulli[] = {
    12.0,
    -720.0,
    30240.0,
    -1209600.0,
    47900160.0,
    -1307674368000.0 / 691,
    74724249600.0,
    -10670622842880000.0 / 3617,
    5109094217170944000.0 / 43867,
    -802857662698291200000.0 / 174611,
    14101100039391805440000.0 / 77683,
    -1693824136731743669452800000.0 / 236364091,
    186134520519971831808000000.0 / 657931,
    -37893265687455865519472640000000.0 / 3392780147.0,
    759790291646040068357842010112000000.0 / 1723168255201.0,
    -134196726836183700385281186201600000000.0 / 7709321041217.0};

// By the Euler-Maclaurin formula: what derivatives are taken of.
Array zeta_series(const Array& s, const Array& a) {
  const int terms = s.dtype() == float32 ? 8 : 16;
  Array sum = like(s, 0);
  for (int k = 0; k < terms; ++k) sum = sum + np::power(a + k, -s);
  const Array end = a + terms;
  Array tail = like(s, 0.5), product = like(s, 1);
  for (int m = 0; m < 2 * terms; ++m) {
    product = product * ((s + m) / end);
    if (m % 2 == 1) continue;
    Array bounded = np::clip(product, {}, np::finfo(s.dtype()).max);
    tail = tail + bounded / kFactorialOverBernoulli[m / 2];
  }
  return sum + np::power(end, 1 - s) / (s - 1) + np::power(end, -s) * tail;
}

}  // namespace

Array zeta(const Array& x, const Array& q) {
  auto value = [](const Array& s, const Array& a) { return lax::zeta(s, a); };
  using Pair = std::tuple<Array, Array>;
  auto rule = [](const Pair& primals, const Pair& tangents) {
    return jvp(zeta_series, primals, tangents);
  };
  auto [s, a] = as_reals("zeta", x, q);
  return custom_jvp(value, rule)(s, a);
}

// --- beta -------------------------------------------------------------------------------------

namespace {

// log(Gamma(b) / Gamma(a + b)) for b >= 8, a <= b. (Didonato, Morris: "Algorithm 708", 1992.)
Array log_gamma_quotient(const Array& a, const Array& b) {
  Array h = a / b;
  Array x = h / (1 + h);
  Array x2 = x * x;
  Array s3 = 1.0 + (x + x2), s5 = 1.0 + (x + x2 * s3), s7 = 1.0 + (x + x2 * s5);
  Array s9 = 1.0 + (x + x2 * s7), s11 = 1.0 + (x + x2 * s9);
  Array t = lax::square(1.0 / b);
  Array w = -0.165322962780713e-02 * s11 * t + 0.837308034031215e-03 * s9;
  w = (w * t + -0.595202931351870e-03 * s7) * t + 0.793650666825390e-03 * s5;
  w = (w * t + -0.277777777760991e-02 * s3) * t + 0.833333333333333e-01;
  w = w * (x / b);
  Array u = (b + (a - 0.5)) * lax::log1p(a / b);
  Array v = a * (lax::log(b) - 1.0);
  return np::where(u <= v, (w - v) - u, (w - u) - v);
}

}  // namespace

Array betaln(const Array& x, const Array& y) {
  auto [given_a, given_b] = as_reals("betaln", x, y);
  Array a = np::minimum(given_a, given_b), b = np::maximum(given_a, given_b);
  Array small = lax::lgamma(a) + (lax::lgamma(b) - lax::lgamma(a + b));
  return np::where(b < 8, small, lax::lgamma(a) + log_gamma_quotient(a, b));
}

Array beta(const Array& x, const Array& y) {
  auto [a, b] = as_reals("beta", x, y);
  return gammasgn(a) * gammasgn(b) * gammasgn(a + b) * lax::exp(betaln(a, b));
}

Array betainc(const Array& a, const Array& b, const Array& x) {
  auto [first, second] = as_reals("betainc", a, b);
  auto [one, three] = as_reals("betainc", first, x);
  auto [two, last] = as_reals("betainc", second, three);
  return lax::betainc(np::broadcast_to(one, last.shape()), two, last);
}
Array gammainc(const Array& a, const Array& x) {
  auto [order, point] = as_reals("gammainc", a, x);
  return lax::igamma(order, point);
}
Array gammaincc(const Array& a, const Array& x) {
  auto [order, point] = as_reals("gammaincc", a, x);
  return lax::igammac(order, point);
}

// --- counting ---------------------------------------------------------------------------------

Array factorial(const Array& given) {
  const Array n = as_real("factorial", given);
  return np::where(n < 0, 0, lax::exp(lax::lgamma(n + 1)));
}

Array comb(const Array& things, const Array& chosen, bool repetition) {
  auto [n, k] = as_reals("comb", things, chosen);
  if (repetition) return np::where((k == 0) & (n >= 0), 1.0, comb(n + k - 1, k));
  Array possible = (k <= n) & (n >= 0) & (k >= 0);
  Array safe_n = np::where(possible, n, 0.0), safe_k = np::where(possible, k, 0.0);
  Array ways = lax::exp(gammaln(safe_n + 1) - gammaln(safe_k + 1) - gammaln(safe_n + 1 - safe_k));
  return np::where(possible, ways, 0.0);
}

Array poch(const Array& given_z, const Array& given_m) {
  auto value = [](const Array& z, const Array& m) {
    return np::where(m == 0.0, like(z, 1), gamma(z + m) / gamma(z));
  };
  using Pair = std::tuple<Array, Array>;
  auto rule = [value](const Pair& primals, const Pair& tangents) {
    auto& [z, m] = primals;
    Array y = value(z, m), high = digamma(z + m);
    return std::pair{
        y, (high - digamma(z)) * y * std::get<0>(tangents) + high * y * std::get<1>(tangents)};
  };
  auto [z, m] = as_reals("poch", given_z, given_m);
  return custom_jvp(value, rule)(z, m);
}

// (Chowla, Hartung: "An exact formula for the m-th Bernoulli number", 1972.)
Array bernoulli(int n) {
  if (n < 0) throw ValueError(str_cat("bernoulli: n must not be negative, got ", n));
  std::vector<float> out = {1, -0.5f, static_cast<float>(1.0 / 6)};
  double product = 1 / (std::numbers::pi * std::numbers::pi);
  for (int m = 3; m <= n; ++m) {
    if (m % 2 == 1) {
      out.push_back(0);
      continue;
    }
    product *= -(m - 1.0) * m / 4 / (std::numbers::pi * std::numbers::pi);
    double sum = 1;
    for (int k = 2; k < 50; ++k) sum += std::pow(k, -m);
    out.push_back(static_cast<float>(product * sum));
  }
  out.resize(static_cast<std::size_t>(n) + 1);
  return Array::of<float>({n + 1}, out);
}

}  // namespace linum::special
