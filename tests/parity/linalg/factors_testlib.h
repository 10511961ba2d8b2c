// To compare matrices made of factors, since signs and phases of vectors are free.
#pragma once

#include <vector>

#include "linum/np/np.h"

namespace linum {

using Arrays = std::vector<Array>;

inline Array dot(const Array& x, const Array& y) {
  return np::matmul(x, y, {.precision = lax::Precision::Highest});
}
inline Array row(const Array& x) { return np::expand_dims(x, -2); }

}  // namespace linum
