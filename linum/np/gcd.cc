// gcd and lcm: Euclid's algorithm on all elements at once.
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"
#include "linum/transforms/control_flow.h"

namespace linum::np {
namespace {

using GcdPair = std::pair<Array, Array>;

GcdPair prepare(std::string_view what, const Array& x, const Array& y) {
  auto [a, b] = promote_dtypes(x, y);
  if (!is_integer(a.dtype())) {
    throw DTypeError(str_cat(what, " takes integers, got ", x.aval(), " and ", y.aval()));
  }
  const Shape shape = linum::broadcast_shapes(x.shape(), y.shape(), what);
  auto operand = [&](const Array& v) { return abs(strong(broadcast_to(v, shape))); };
  return {operand(a), operand(b)};
}

Array euclid(const GcdPair& start) {
  auto going = [](const GcdPair& p) { return any(p.second != 0); };
  auto step = [](const GcdPair& p) {
    const auto& [x, y] = p;
    const Array goes_on = y != 0;
    const Array rest = lax::rem(x, where(goes_on, y, 1));
    return GcdPair{where(goes_on, y, x), where(goes_on, rest, 0)};
  };
  return lax::while_loop(going, step, start).first;
}

}  // namespace

Array gcd(const Array& x, const Array& y) { return euclid(prepare("gcd", x, y)); }

Array lcm(const Array& x, const Array& y) {
  const GcdPair p = prepare("lcm", x, y);
  const Array divisor = euclid(p);
  return where(divisor == 0, 0, p.first * lax::div(p.second, where(divisor == 0, 1, divisor)));
}

}  // namespace linum::np
