#include "linum/random/orthogonal.h"

#include <algorithm>

#include "linum/np/arithmetic.h"
#include "linum/np/linalg.h"
#include "linum/np/operators.h"
#include "linum/random/continuous.h"
#include "linum/random/sampling.h"

namespace linum::random {

Array orthogonal(const Array& key, std::int64_t n, const Shape& shape, DType dtype,
                 std::optional<std::int64_t> m) {
  check_floating("orthogonal", dtype);
  const std::int64_t columns = m.value_or(n);
  Shape tall = shape;
  tall.push_back(std::max(n, columns));
  tall.push_back(std::min(n, columns));
  const auto [q, r] = np::linalg::qr(normal(key, tall, dtype));
  // Uniform only for the factorization whose r has a positive diagonal.
  const Array out = q * np::expand_dims(np::sign(np::linalg::diagonal(r)), -2);
  return n < columns ? np::matrix_transpose(out) : out;
}

}  // namespace linum::random
