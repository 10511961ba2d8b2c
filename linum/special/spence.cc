// spence: Cephes' rational approximation near 1, and reflections onto it.
#include <numbers>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/integrals.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {
namespace {

constexpr double kSixthOfPiSquare = std::numbers::pi * std::numbers::pi / 6;

// Of 1 + w, for -1/2 <= w <= 1/2.
Array near_one(const Array& w) {
  const Array numerator =
      polynomial({4.65128586073990045278E-5, 7.31589045238094711071E-3, 1.33847639578309018650E-1,
                  8.79691311754530315341E-1, 2.71149851196553469920E0, 4.25697156008121755724E0,
                  3.29771340985225106936E0, 1.00000000000000000126E0},
                 w);
  const Array denominator =
      polynomial({6.90990488912553276999E-4, 2.54043763932544379113E-2, 2.82974860602568089943E-1,
                  1.41172597751831069617E0, 3.63800533345137075418E0, 5.03278880143316990390E0,
                  3.54771340985225096217E0, 9.99999999999999998740E-1},
                 w);
  return -w * numerator / denominator;
}

// Large x go to 1 / x, then small ones to 1 - x.
Array spence_of_positive(const Array& given) {
  const Array x = np::where(given > 2, 1.0 / given, given);
  const Array high = x > 1.5, low = x < 0.5;
  const Array y = near_one(np::where(high, 1.0 / x - 1.0, np::where(low, -x, x - 1.0)));
  const Array reflected = kSixthOfPiSquare - lax::log(x) * lax::log(1.0 - x) - y;
  const Array upright = np::where(low, reflected, y);
  return np::where((given > 2) | high, -0.5 * lax::square(lax::log(x)) - upright, upright);
}

Array spence_value(const Array& x) {
  const Array nan = like(x, std::numeric_limits<double>::quiet_NaN());
  const Array y = np::where(x == 0, kSixthOfPiSquare, spence_of_positive(x));
  return np::where(x < 0, nan, np::where(x == 1, 0.0, y));
}

Array slope(const Array& x) {
  const Array one = x == 1;
  return np::where(one, -1.0, lax::log(x) / np::where(one, 1.0, 1.0 - x));
}

}  // namespace

Array spence(const Array& x) {
  using One = std::tuple<Array>;
  check_single_or_double("spence", x);
  auto rule = [](const One& primals, const One& tangents) {
    const Array& y = std::get<0>(primals);
    return std::pair{spence_value(y), slope(y) * std::get<0>(tangents)};
  };
  return custom_jvp(spence_value, rule)(as_real("spence", x));
}

}  // namespace linum::special
