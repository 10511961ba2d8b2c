#include "linum/special/erf.h"

#include <cmath>
#include <numbers>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {
namespace {

using One = std::tuple<Array>;

// f in float32 for narrower dtypes.
template <class F>
Array at_least_single(const F& f, const Array& x) {
  if (x.dtype() == float32 || x.dtype() == float64) return f(x);
  return lax::convert_element_type(f(lax::convert_element_type(x, float32)), x.dtype());
}

// --- erfcx ------------------------------------------------------------------------------------

Array erfcx_of_large(const Array& x) {
  Array t = 1.0 / lax::square(x);
  Array series = x.dtype() == float64 ? polynomial({7918.06640625, -1055.7421875, 162.421875,
                                                    -29.53125, 6.5625, -1.875, .75, -.5, 1.},
                                                   t)
                                      : polynomial({6.5625, -1.875, .75, -.5, 1.}, t);
  return series / (x * std::sqrt(std::numbers::pi));
}

Array erfcx_value(const Array& x) {
  const double threshold = std::sqrt(std::log(np::finfo(x.dtype()).max));  // of exp(x^2)
  Array large = x > threshold;
  Array safe = np::where(large, like(x, 1), x);
  return np::where(large, erfcx_of_large(x), lax::exp(lax::square(safe)) * lax::erfc(safe));
}

// --- dawsn ------------------------------------------------------------------------------------

Array dawsn_of_small(const Array& x) {
  Array t = lax::square(x);
  Array numerator =
      polynomial({1.13681498971755972054e-11, 8.49262267667473811108e-10, 1.94434204175553054283e-8,
                  9.53151741254484363489e-7, 3.07828309874913200438e-6, 3.52513368520288738649e-4,
                  -8.50149846724410912031e-4, 4.22618223005546594270e-2, -9.17480371773452345351e-2,
                  9.99999999999999994612e-1},
                 t);
  Array denominator =
      polynomial({2.40372073066762605484e-11, 1.48864681368493396752e-9, 5.21265281010541664570e-8,
                  1.27258478273186970203e-6, 2.32490249820789513991e-5, 3.25524741826057911661e-4,
                  3.48805814657162590916e-3, 2.79448531198828973716e-2, 1.58874241960120565368e-1,
                  5.74918629489320327824e-1, 1.0},
                 t);
  return x * numerator / denominator;
}

Array half_over(const Array& x, const Array& t, const Array& quotient) {
  return (0.5 / x) * (1.0 + t * quotient);
}

Array dawsn_of_middle(const Array& x) {
  Array t = 1.0 / lax::square(x);
  Array numerator =
      polynomial({5.08955156417900903354e-1, -2.44754418142697847934e-1, 9.41512335303534411857e-2,
                  -2.18711255142039025206e-2, 3.66207612329569181322e-3, -4.23209114460388756528e-4,
                  3.59641304793896631888e-5, -2.14640351719968974225e-6, 9.10010780076391431042e-8,
                  -2.40274520828250956942e-9, 3.59233385440928410398e-11},
                 t);
  Array denominator =
      polynomial({1.0, -6.31839869873368190192e-1, 2.36706788228248691528e-1,
                  -5.31806367003223277662e-2, 8.48041718586295374409e-3, -9.47996768486665330168e-4,
                  7.81025592944552338085e-5, -4.55875153252442634831e-6, 1.89100358111421846170e-7,
                  -4.91324691331920606875e-9, 7.18466403235734541950e-11},
                 t);
  return half_over(x, t, numerator / denominator);
}

Array dawsn_of_large(const Array& x) {
  Array t = 1.0 / lax::square(x);
  Array numerator =
      polynomial({-5.90592860534773254987e-1, 6.29235242724368800674e-1, -1.72858975380388136411e-1,
                  1.64837047825189632310e-2, -4.86827613020462700845e-4},
                 t);
  Array denominator = polynomial(
      {1.0, -2.69820057197544900361e0, 1.73270799045947845857e0, -3.93708582281939493482e-1,
       3.44278924041233391079e-2, -9.73655226040941223894e-4},
      t);
  return half_over(x, t, numerator / denominator);
}

Array dawsn_value(const Array& x) {
  Array size = lax::abs(x);
  Array small = size < 3.25, middle = (size >= 3.25) & (size < 6.25), large = size >= 6.25;
  auto kept = [&](const Array& here) { return np::where(here, size, like(x, 1)); };
  Array value =
      np::where(small, dawsn_of_small(kept(small)),
                np::where(middle, dawsn_of_middle(kept(middle)), dawsn_of_large(kept(large))));
  return lax::sign(x) * value;
}

}  // namespace

Array erf(const Array& x) { return lax::erf(as_real("erf", x)); }
Array erfc(const Array& x) { return lax::erfc(as_real("erfc", x)); }
Array erfinv(const Array& x) { return lax::erf_inv(as_real("erfinv", x)); }

Array erfcx(const Array& x) {
  if (is_complex(x.dtype())) return wofz(lax::complex(-lax::imag(x), lax::real(x)));
  auto value = [](const Array& v) { return at_least_single(erfcx_value, v); };
  auto rule = [value](const One& primals, const One& tangents) {
    const Array& v = std::get<0>(primals);
    Array y = value(v);
    return std::pair{y, std::get<0>(tangents) * (2 * v * y - 2 / std::sqrt(std::numbers::pi))};
  };
  return custom_jvp(value, rule)(as_inexact(x));
}

Array dawsn(const Array& x) {
  auto value = [](const Array& v) { return at_least_single(dawsn_value, v); };
  auto rule = [value](const One& primals, const One& tangents) {
    const Array& v = std::get<0>(primals);
    Array y = value(v);
    return std::pair{y, std::get<0>(tangents) * (1.0 - 2.0 * v * y)};
  };
  return custom_jvp(value, rule)(as_real("dawsn", x));
}

}  // namespace linum::special
