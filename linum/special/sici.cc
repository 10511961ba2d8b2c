// sici: Cephes' rational approximations.
#include <cmath>
#include <limits>
#include <numbers>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/integrals.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {
namespace {

using ArrayPair = std::pair<Array, Array>;
constexpr double kHalfPi = std::numbers::pi / 2;

// Both integrals, of 0 <= x <= 4.
ArrayPair of_small(const Array& x) {
  const Array t = x * x;
  const Array si =
      x *
      polynomial(
          {-8.39167827910303881427E-11, 4.62591714427012837309E-8, -9.75759303843632795789E-6,
           9.76945438170435310816E-4, -4.13470316229406538752E-2, 1.00000000000000000302},
          t) /
      polynomial({2.03269266195951942049E-12, 1.27997891179943299903E-9, 4.41827842801218905784E-7,
                  9.96412122043875552487E-5, 1.42085239326149893930E-2, 9.99999999999999996984E-1},
                 t);
  const Array ci =
      t *
      polynomial({2.02524002389102268789E-11, -1.35249504915790756375E-8, 3.59325051419993077021E-6,
                  -4.74007206873407909465E-4, 2.89159652607555242092E-2, -1.00000000000000000080},
                 t) /
      polynomial({4.07746040061880559506E-12, 3.06780997581887812692E-9, 1.23210355685883423679E-6,
                  3.17442024775032769882E-4, 5.10028056236446052392E-2, 4.00000000000000000080},
                 t);
  return {si, std::numbers::egamma + lax::log(x) + ci};
}

// The auxiliary functions f and g of x > 4, z = 1 / x^2.
Array f_below_8(const Array& x, const Array& z) {
  return polynomial({4.23612862892216586994, 5.45937717161812843388, 1.62083287701538329132,
                     1.67006611831323023771E-1, 6.81020132472518137426E-3,
                     1.08936580650328664411E-4, 5.48900223421373614008E-7},
                    z) /
         (x * polynomial({1, 8.16496634205391016773, 7.30828822505564552187, 1.86792257950184183883,
                          1.78792052963149907262E-1, 7.01710668322789753610E-3,
                          1.10034357153915731354E-4, 5.48900252756255700982E-7},
                         z));
}
Array g_below_8(const Array& z) {
  return z *
         polynomial(
             {8.71001698973114191777E-2, 6.11379109952219284151E-1, 3.97180296392337498885E-1,
              7.48527737628469092119E-2, 5.38868681462177273157E-3, 1.61999794598934024525E-4,
              1.97963874140963632189E-6, 7.82579040744090311069E-9},
             z) /
         polynomial(
             {1, 1.64402202413355338886, 6.66296701268987968381E-1, 9.88771761277688796203E-2,
              6.22396345441768420760E-3, 1.73221081474177119497E-4, 2.02659182086343991969E-6,
              7.82579218933534490868E-9},
             z);
}
Array f_above_8(const Array& x, const Array& z) {
  return polynomial(
             {4.55880873470465315206E-1, 7.13715274100146711374E-1, 1.60300158222319456320E-1,
              1.16064229408124407915E-2, 3.49556442447859055605E-4, 4.86215430826454749482E-6,
              3.20092790091004902806E-8, 9.41779576128512936592E-11, 9.70507110881952024631E-14},
             z) /
         (x * polynomial({1.0, 9.17463611873684053703E-1, 1.78685545332074536321E-1,
                          1.22253594771971293032E-2, 3.58696481881851580297E-4,
                          4.92435064317881464393E-6, 3.21956939101046018377E-8,
                          9.43720590350276732376E-11, 9.70507110881952025725E-14},
                         z));
}
Array g_above_8(const Array& z) {
  return z *
         polynomial(
             {6.97359953443276214934E-1, 3.30410979305632063225E-1, 3.84878767649974295920E-2,
              1.71718239052347903558E-3, 3.48941165502279436777E-5, 3.47131167084116673800E-7,
              1.70404452782044526189E-9, 3.85945925430276600453E-12, 3.14040098946363334640E-15},
             z) /
         polynomial(
             {1.0, 1.68548898811011640017, 4.87852258695304967486E-1, 4.67913194259625806320E-2,
              1.90284426674399523638E-3, 3.68475504442561108162E-5, 3.57043223443740838771E-7,
              1.72693748966316146736E-9, 3.87830166023954706752E-12, 3.14040098946363335242E-15},
             z);
}

ArrayPair of_middle(const Array& x) {
  const Array s = lax::sin(x), c = lax::cos(x), z = 1.0 / (x * x), below_8 = x < 8;
  const Array f = np::where(below_8, f_below_8(x, z), f_above_8(x, z));
  const Array g = np::where(below_8, g_below_8(z), g_above_8(z));
  return {kHalfPi - f * c - g * s, f * s - g * c};
}

ArrayPair of_large(const Array& x) {
  const Array infinite = np::isinf(x);
  return {np::where(infinite, kHalfPi, kHalfPi - lax::cos(x) / x),
          np::where(infinite, 0.0, lax::sin(x) / x)};
}

ArrayPair sici_value(const Array& x) {
  const Array size = lax::abs(x), small = size <= 4, middle = size <= 1e9;
  const auto [small_si, small_ci] = of_small(size);
  const auto [middle_si, middle_ci] = of_middle(size);
  const auto [large_si, large_ci] = of_large(size);
  const Array si = np::where(small, small_si, np::where(middle, middle_si, large_si));
  const Array ci = np::where(small, small_ci, np::where(middle, middle_ci, large_ci));
  const Array nan = like(x, std::numeric_limits<double>::quiet_NaN());
  return {lax::sign(x) * si, np::where(x == -kInfinity, nan, ci)};
}

}  // namespace

std::pair<Array, Array> sici(const Array& given) {
  using One = std::tuple<Array>;
  auto rule = [](const One& primals, const One& tangents) {
    const Array &x = std::get<0>(primals), &t = std::get<0>(tangents);
    return std::pair{sici_value(x),
                     ArrayPair{np::sinc(x / std::numbers::pi) * t, lax::cos(x) / x * t}};
  };
  return custom_jvp(sici_value, rule)(as_real("sici", given));
}

}  // namespace linum::special
