#include "linum/special/bessel.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/promote.h"

namespace linum::special {

Array i0e(const Array& x) { return lax::bessel_i0e(as_real("i0e", x)); }
Array i1e(const Array& x) { return lax::bessel_i1e(as_real("i1e", x)); }
Array i0(const Array& x) {
  const Array y = as_real("i0", x);
  return lax::exp(lax::abs(y)) * lax::bessel_i0e(y);
}
Array i1(const Array& x) {
  const Array y = as_real("i1", x);
  return lax::exp(lax::abs(y)) * lax::bessel_i1e(y);
}

Array bessel_jn(const Array& given, int v, int n_iter) {
  const Array z = as_real("bessel_jn", given);
  if (v < 0 || n_iter < v) {
    throw ValueError(str_cat("bessel_jn: the order v must lie between 0 and n_iter, got v = ", v,
                             " and n_iter = ", n_iter));
  }
  Array higher = lax::full_like(z, 0.0), current = lax::full_like(z, 1e-16);
  Array even_sum = lax::full_like(z, 0.0);  // J_0 + 2 J_2 + 2 J_4 + ... = 1
  std::vector<Array> orders(static_cast<std::size_t>(v) + 1);
  for (int k = n_iter; k >= 0; --k) {
    Array lower = 2.0 * (k + 1.0) * current / z - higher;
    if (k % 2 == 0) even_sum = even_sum + 2.0 * lower;
    if (k <= v) orders[static_cast<std::size_t>(k)] = lower;
    higher = current;
    current = lower;
  }
  return lax::stack(orders) / (even_sum - current);
}

}  // namespace linum::special
