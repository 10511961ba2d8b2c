#include "linum/random/orthogonal.h"

#include <algorithm>

#include "linum/lax/dynamic.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/random/continuous.h"
#include "linum/random/sampling.h"
#include "linum/transforms/control_flow.h"

namespace linum::random {
namespace {

// x (..., n, k) times y (..., k, m)
Array product(const Array& x, const Array& y) {
  return lax::batch_matmul(x, y, lax::Precision::Highest);
}

// Column j of (..., n, m), as (..., n, 1).
Array column(const Array& x, const Array& j) {
  return lax::dynamic_slice_in_dim(x, j, 1, x.ndim() - 1);
}

// The columns of z made orthonormal one after the other (Gram-Schmidt, each twice: once is not
// enough in floating point). This is Q of the QR decomposition whose R has a positive diagonal.
Array orthonormal_columns(const Array& z) {
  auto step = [&](const Array& j, const Array& q) {
    Array v = column(z, j);
    for (int pass = 0; pass < 2; ++pass) {
      v = np::subtract(v, product(q, product(np::swapaxes(q, -1, -2), v)));
    }
    Array norm = np::sqrt(np::sum(np::square(v), {.axis = -2, .keepdims = true}));
    return lax::dynamic_update_slice_in_dim(q, np::divide(v, norm), j, q.ndim() - 1);
  };
  return lax::fori_loop(0, z.shape(-1), step, lax::zeros_like(z));
}

}  // namespace

Array orthogonal(const Array& key, std::int64_t n, const Shape& shape, DType dtype,
                 std::optional<std::int64_t> m) {
  check_floating("orthogonal", dtype);
  std::int64_t columns = m.value_or(n);
  Shape tall = shape;
  tall.push_back(std::max(n, columns));
  tall.push_back(std::min(n, columns));
  Array q = orthonormal_columns(normal(key, tall, dtype));
  return n < columns ? np::swapaxes(q, -1, -2) : q;
}

}  // namespace linum::random
