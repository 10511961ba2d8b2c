// Modified Bessel functions of the first kind, exponentially scaled. Chebyshev coefficients of
// Cephes (i0.c, i0f.c).
#include <span>

#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/limits.h"
#include "linum/lax/special.h"
#include "linum/lax/structure.h"

namespace linum::lax {

using X = const Array&;

namespace {

// Of x/2 - 2 for x <= 8, and of 32/x - 2 beyond.
constexpr double kSmall64[] = {
    -4.41534164647933937950E-18, 3.33079451882223809783E-17,  -2.43127984654795469359E-16,
    1.71539128555513303061E-15,  -1.16853328779934516808E-14, 7.67618549860493561688E-14,
    -4.85644678311192946090E-13, 2.95505266312963983461E-12,  -1.72682629144155570723E-11,
    9.67580903537323691224E-11,  -5.18979560163526290666E-10, 2.65982372468238665035E-9,
    -1.30002500998624804212E-8,  6.04699502254191894932E-8,   -2.67079385394061173391E-7,
    1.11738753912010371815E-6,   -4.41673835845875056359E-6,  1.64484480707288970893E-5,
    -5.75419501008210370398E-5,  1.88502885095841655729E-4,   -5.76375574538582365885E-4,
    1.63947561694133579842E-3,   -4.32430999505057594430E-3,  1.05464603945949983183E-2,
    -2.37374148058994688156E-2,  4.93052842396707084878E-2,   -9.49010970480476444210E-2,
    1.71620901522208775349E-1,   -3.04682672343198398683E-1,  6.76795274409476084995E-1};
constexpr double kLarge64[] = {
    -7.23318048787475395456E-18, -4.83050448594418207126E-18, 4.46562142029675999901E-17,
    3.46122286769746109310E-17,  -2.82762398051658348494E-16, -3.42548561967721913462E-16,
    1.77256013305652638360E-15,  3.81168066935262242075E-15,  -9.55484669882830764870E-15,
    -4.15056934728722208663E-14, 1.54008621752140982691E-14,  3.85277838274214270114E-13,
    7.18012445138366623367E-13,  -1.79417853150680611778E-12, -1.32158118404477131188E-11,
    -3.14991652796324136454E-11, 1.18891471078464383424E-11,  4.94060238822496958910E-10,
    3.39623202570838634515E-9,   2.26666899049817806459E-8,   2.04891858946906374183E-7,
    2.89137052083475648297E-6,   6.88975834691682398426E-5,   3.36911647825569408990E-3,
    8.04490411014108831608E-1};
// Single precision needs only the last terms.
constexpr std::span<const double> kSmall32 = std::span(kSmall64).last(18);
constexpr std::span<const double> kLarge32 = std::span(kLarge64).last(7);

Array chebyshev(X x, std::span<const double> coefficients) {
  Array b0 = full_like(x, 0), b1 = b0, b2 = b0;
  for (double c : coefficients) {
    b2 = b1;
    b1 = b0;
    b0 = add(sub(mul(x, b1), b2), c);
  }
  return mul(0.5, sub(b0, b2));
}

Array i0e(X x) {
  bool wide = x.dtype() == DType::F64;
  if (!wide && x.dtype() != DType::F32) {  // the coefficients need more than half precision
    return convert_element_type(i0e(convert_element_type(x, DType::F32)), x.dtype());
  }
  Array size = abs(x);
  Array small = chebyshev(sub(mul(0.5, size), 2), wide ? std::span(kSmall64) : kSmall32);
  Array large = chebyshev(sub(div(32, size), 2), wide ? std::span(kLarge64) : kLarge32);
  return select(le(size, 8), small, div(large, sqrt(size)));
}

// I1'(x) e^-|x| = I0e - I1e / x; near zero, where I1e(x) is x/2, the slope is 1/2.
Tangent i1e_derivative(X x, X y, X t) {
  double eps = finfo(x.dtype()).eps;
  Array not_tiny = gt(abs(x), eps);
  Array safe = select(not_tiny, x, eps);
  Array slope = sub(bessel_i0e(safe), mul(y, add(sign(safe), reciprocal(safe))));
  return mul(t, select(not_tiny, slope, 0.5));
}

}  // namespace

Array bessel_i0e(X x) {
  static const auto op = unary(
      "bessel_i0e", "", kFloating,
      [](X x, X y, X t) { return mul(t, sub(bessel_i1e(x), mul(sign(x), y))); }, {.composed = i0e});
  return apply(op, x);
}

Array bessel_i1e(X x) {
  static const auto op = unary("bessel_i1e", "chlo.bessel_i1e", kFloating, i1e_derivative);
  return apply(op, x);
}

}  // namespace linum::lax
