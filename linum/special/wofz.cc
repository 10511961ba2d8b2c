// wofz: a rational approximation. (Weideman: "Computation of the complex error function", 1994;
// with 32 terms.)
#include <cmath>
#include <numbers>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/np/promote.h"
#include "linum/special/erf.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {
namespace {

const double kOneOverSqrtPi = 1 / std::sqrt(std::numbers::pi);
constexpr double kScale = 4.7568284600108841;

// For a non-negative imaginary part.
Array above(const Array& z) {
  const Array iz = lax::complex(lax::neg(lax::imag(z)), lax::real(z)), below = kScale - iz;
  const Array p =
      polynomial({-1.3034426067909105e-12, 3.7411838373738471e-12,  8.030427700497756e-12,
                  -2.1543593557490879e-11, -5.5442449963237932e-11, 1.165824698850374e-10,
                  4.1537441121999766e-10,  -5.2310202114920615e-10, -3.2080151339721323e-09,
                  8.1248864216535907e-10,  2.3797556530014025e-08,  2.2930438438915445e-08,
                  -1.4813078929137642e-07, -4.1840763750512053e-07, 4.2558331397138446e-07,
                  4.4015317312832251e-06,  6.8210319443575151e-06,  -2.1409619201999998e-05,
                  -0.00013075449254579421, -0.00024532980270038237, 0.00039259136070109705,
                  0.0045195411053493093,   0.019006155784845501,    0.057304403529837282,
                  0.14060716226893755,     0.29544451071508743,     0.54601397206393376,
                  0.9019254893648001,      1.3455441692345449,      1.8256696296324815,
                  2.2635372999002676,      2.5722534081245696},
                 (kScale + iz) / below);
  return 2.0 * p / (below * below) + kOneOverSqrtPi / below;
}

Array wofz_value(const Array& z) {
  const Array upper = lax::imag(z) >= 0;
  const Array w = above(np::where(upper, z, -z));
  return np::where(upper, w, 2.0 * lax::exp(-(z * z)) - w);
}

}  // namespace

Array wofz(const Array& given) {
  using One = std::tuple<Array>;
  auto rule = [](const One& primals, const One& tangents) {
    const Array& z = std::get<0>(primals);
    const Array w = wofz_value(z);
    const Array slope = make_scalar(std::complex<double>(0, 2 * kOneOverSqrtPi), z.dtype());
    return std::pair{w, std::get<0>(tangents) * (slope - 2.0 * z * w)};
  };
  return custom_jvp(wofz_value, rule)(np::strong(np::promote_dtypes_complex(given)));
}

}  // namespace linum::special
