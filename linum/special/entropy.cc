#include "linum/special/entropy.h"

#include <limits>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/promote.h"
#include "linum/transforms/custom.h"

namespace linum::special {
namespace {

using One = std::tuple<Array>;
using Two = std::tuple<Array, Array>;

Array zero_where_x_is(const Array& x, const Array& y, const Array& product) {
  return np::where((x != 0) | np::isnan(y), product, like(x, 0));
}

// x log(x), whose derivative at 0 is that of x > 0.
Array xlogx(const Array& x) {
  auto value = [](const Array& v) { return xlogy(v, v); };
  auto rule = [value](const One& primals, const One& tangents) {
    const Array& v = std::get<0>(primals);
    return std::pair{value(v), std::get<0>(tangents) * (lax::log(v) + 1)};
  };
  return custom_jvp(value, rule)(x);
}

}  // namespace

Array softmax(const Array& x, const np::AxisArg& axis) { return nn::softmax(x, axis); }
Array log_softmax(const Array& x, const np::AxisArg& axis) { return nn::log_softmax(x, axis); }

Array expit(const Array& x) { return lax::logistic(as_inexact(x)); }

Array logit(const Array& p) {
  auto value = [](const Array& x) { return lax::log(x / (1 - x)); };
  auto rule = [value](const One& primals, const One& tangents) {
    const Array& x = std::get<0>(primals);
    return std::pair{value(x), std::get<0>(tangents) / (x * (1 - x))};
  };
  return custom_jvp(value, rule)(as_inexact(p));
}

Array xlogy(const Array& given_x, const Array& given_y) {
  auto value = [](const Array& x, const Array& y) {
    return zero_where_x_is(x, y, x * lax::log(y));
  };
  auto rule = [value](const Two& primals, const Two& tangents) {
    auto& [x, y] = primals;
    return std::pair{value(x, y),
                     std::get<0>(tangents) * lax::log(y) + std::get<1>(tangents) * x / y};
  };
  auto [x, y] = as_inexacts("xlogy", given_x, given_y);
  return custom_jvp(value, rule)(x, y);
}

Array xlog1py(const Array& given_x, const Array& given_y) {
  auto value = [](const Array& x, const Array& y) {
    return zero_where_x_is(x, y, x * lax::log1p(y));
  };
  auto rule = [value](const Two& primals, const Two& tangents) {
    auto& [x, y] = primals;
    return std::pair{value(x, y),
                     std::get<0>(tangents) * lax::log1p(y) + std::get<1>(tangents) * x / (1 + y)};
  };
  auto [x, y] = as_inexacts("xlog1py", given_x, given_y);
  return custom_jvp(value, rule)(x, y);
}

Array entr(const Array& given) {
  const Array x = as_real("entr", given);
  return np::where(x < 0, like(x, -kInfinity), -xlogx(x));
}

Array rel_entr(const Array& given_p, const Array& given_q) {
  auto [p, q] = as_reals("rel_entr", given_p, given_q);
  Array both = (p > 0) & (q > 0), nothing = (p == 0) & (q >= 0);
  Array safe_p = np::where(both, p, 1), safe_q = np::where(both, q, 1);
  Array value = xlogx(safe_p) - xlogy(safe_p, safe_q);
  return np::where(both, value, np::where(nothing, like(p, 0), kInfinity));
}

Array kl_div(const Array& given_p, const Array& given_q) {
  auto [p, q] = as_reals("kl_div", given_p, given_q);
  return rel_entr(p, q) - p + q;
}

static Array power_of_logarithm(const Array& log_x, const Array& lmbda) {
  Array none = lmbda == 0;
  Array safe = np::where(none, like(lmbda, 1), lmbda);
  return np::where(none, log_x, lax::expm1(safe * log_x) / safe);
}

Array boxcox(const Array& given_x, const Array& given_lmbda) {
  auto [x, lmbda] = as_inexacts("boxcox", given_x, given_lmbda);
  return power_of_logarithm(lax::log(x), lmbda);
}

Array boxcox1p(const Array& given_x, const Array& given_lmbda) {
  auto [x, lmbda] = as_inexacts("boxcox1p", given_x, given_lmbda);
  return power_of_logarithm(lax::log1p(x), lmbda);
}

}  // namespace linum::special
