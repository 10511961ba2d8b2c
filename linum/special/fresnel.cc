// fresnel: Cephes' approximations, of its own for float32.
#include <numbers>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/integrals.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {
namespace {

using ArrayPair = std::pair<Array, Array>;

// sin and cos of pi x^2 / 2, exact to the last bits for large x, too.
ArrayPair of_half_pi_square(const Array& given) {
  const Array x = lax::abs(given), s = lax::rem(x, like(x, 2));
  const Array r = lax::rem(s * (x - s / 2), like(x, 2));  // x^2 / 2 modulo 2
  const auto sine = [](const Array& turns) { return lax::sin(kPi * turns); };
  const Array sin = np::where(r < 0.5, sine(r), np::where(r > 1.5, sine(r - 2), -sine(r - 1)));
  const Array cos = np::where(r == 0.5, 0.0, np::where(r < 1, -sine(r - 0.5), sine(r - 1.5)));
  return {sin, cos};
}

// --- small x: S / x^3 and C / x in t = x^4 ------------------------------------------------------

Array small_s(const Array& t) {
  if (t.dtype() == float32)
    return polynomial(
        {1.647629463788700e-9, -1.522754752581096e-7, 8.424748808502400e-6, -3.120693124703272e-4,
         7.244727626597022e-3, -9.228055941124598e-2, 5.235987735681432e-1},
        t);
  return polynomial(
             {-2.99181919401019853726e3, 7.08840045257738576863e5, -6.29741486205862506537e7,
              2.54890880573376359104e9, -4.42979518059697779103e10, 3.18016297876567817986e11},
             t) /
         polynomial({1.00000000000000000000, 2.81376268889994315696e2, 4.55847810806532581675e4,
                     5.17343888770096400730e6, 4.19320245898111231129e8, 2.24411795645340920940e10,
                     6.07366389490084639049e11},
                    t);
}
Array small_c(const Array& t) {
  if (t.dtype() == float32)
    return polynomial(
        {1.416802502367354e-8, -1.157231412229871e-6, 5.387223446683264e-5, -1.604381798862293e-3,
         2.818489036795073e-2, -2.467398198317899e-1, 9.999999760004487e-1},
        t);
  return polynomial(
             {-4.98843114573573548651e-8, 9.50428062829859605134e-6, -6.45191435683965050962e-4,
              1.88843319396703850064e-2, -2.05525900955013891793e-1, 9.99999999999999998822e-1},
             t) /
         polynomial({3.99982968972495980367e-12, 9.15439215774657478799e-10,
                     1.25001862479598821474e-7, 1.22262789024179030997e-5,
                     8.68029542941784300606e-4, 4.12142090722199792936e-2, 1.00000000000000000118},
                    t);
}

// --- the auxiliary functions (1 - f) / u and g pi x^2 in u = 1 / (pi x^2)^2 ---------------------

Array auxiliary_f(const Array& u) {
  if (u.dtype() == float32)
    return polynomial(
        {-1.903009855649792e12, 1.355942388050252e11, -4.158143148511033e9, 7.343848463587323e7,
         -8.732356681548485e5, 8.560515466275470e3, -1.032877601091159e2, 2.999401847870011},
        u);
  return polynomial(
             {4.21543555043677546506e-1, 1.43407919780758885261e-1, 1.15220955073585758835e-2,
              3.45017939782574027900e-4, 4.63613749287867322088e-6, 3.05568983790257605827e-8,
              1.02304514164907233465e-10, 1.72010743268161828879e-13, 1.34283276233062758925e-16,
              3.76329711269987889006e-20},
             u) /
         polynomial(
             {1.00000000000000000000, 7.51586398353378947175e-1, 1.16888925859191382142e-1,
              6.44051526508858611005e-3, 1.55934409164153020873e-4, 1.84627567348930545870e-6,
              1.12699224763999035261e-8, 3.60140029589371370404e-11, 5.88754533621578410010e-14,
              4.52001434074129701496e-17, 1.25443237090011264384e-20},
             u);
}
Array auxiliary_g(const Array& u) {
  if (u.dtype() == float32)
    return polynomial(
        {-1.860843997624650e11, 1.278350673393208e10, -3.779387713202229e8, 6.492611570598858e6,
         -7.787789623358162e4, 8.602931494734327e2, -1.493439396592284e1, 9.999841934744914e-1},
        u);
  return polynomial(
             {5.04442073643383265887e-1, 1.97102833525523411709e-1, 1.87648584092575249293e-2,
              6.84079380915393090172e-4, 1.15138826111884280931e-5, 9.82852443688422223854e-8,
              4.45344415861750144738e-10, 1.08268041139020870318e-12, 1.37555460633261799868e-15,
              8.36354435630677421531e-19, 1.86958710162783235106e-22},
             u) /
         polynomial(
             {1.00000000000000000000, 1.47495759925128324529, 3.37748989120019970451e-1,
              2.53603741420338795122e-2, 8.14679107184306179049e-4, 1.27545075667729118702e-5,
              1.04314589657571990585e-7, 4.60680728146520428211e-10, 1.10273215066240270757e-12,
              1.38796531259578871258e-15, 8.39158816283118707363e-19, 1.86958710162783236342e-22},
             u);
}

ArrayPair of_middle(const Array& x, const Array& sin, const Array& cos) {
  const Array t = kPi * (x * x), u = 1.0 / (t * t);
  const Array f = 1.0 - u * auxiliary_f(u), g = 1.0 / t * auxiliary_g(u);
  const Array scale = kPi * x;
  return {0.5 - (f * cos + g * sin) / scale, 0.5 + (f * sin - g * cos) / scale};
}

ArrayPair of_large(const Array& x, const Array& sin, const Array& cos) {
  if (x.dtype() == float32) return {like(x, 0.5), like(x, 0.5)};
  const Array scale = 1.0 / (kPi * x);
  return {0.5 - scale * cos, 0.5 + scale * sin};
}

ArrayPair fresnel_of_positive(const Array& x) {
  const auto [sin, cos] = of_half_pi_square(x);
  const Array square = x * x, fourth = square * square;
  const auto [middle_s, middle_c] = of_middle(x, sin, cos);
  const auto [large_s, large_c] = of_large(x, sin, cos);
  const Array small = square<2.5625, large = x> 36974.0, infinite = np::isinf(x);
  const auto chosen = [&](const Array& below, const Array& between, const Array& above) {
    return np::where(infinite, 0.5, np::where(small, below, np::where(large, above, between)));
  };
  return {chosen(x * square * small_s(fourth), middle_s, large_s),
          chosen(x * small_c(fourth), middle_c, large_c)};
}

ArrayPair fresnel_value(const Array& given) {
  const bool exact = given.dtype() == float32 || given.dtype() == float64;
  const Array x = exact ? given : lax::convert_element_type(given, float32);
  const auto [s, c] = fresnel_of_positive(lax::abs(x));
  const auto signed_like_x = [&](const Array& y) {
    return lax::convert_element_type(np::where(x < 0, -y, y), given.dtype());
  };
  return {signed_like_x(s), signed_like_x(c)};
}

}  // namespace

std::pair<Array, Array> fresnel(const Array& given) {
  using One = std::tuple<Array>;
  auto rule = [](const One& primals, const One& tangents) {
    const Array &x = std::get<0>(primals), &t = std::get<0>(tangents);
    const auto [sin, cos] = of_half_pi_square(x);
    return std::pair{fresnel_value(x), ArrayPair{sin * t, cos * t}};
  };
  return custom_jvp(fresnel_value, rule)(as_real("fresnel", given));
}

}  // namespace linum::special
