// Householder's reflections with column pivoting, for qr.
#pragma once

#include "linum/lax/decompositions.h"

namespace linum::lax::linalg {

// geqrf of x[:, permutation], whose r has a diagonal that does not grow.
struct PivotedReflections {
  Reflections reflections;
  Array permutation;
};
PivotedReflections geqp3(const Array& x);

}  // namespace linum::lax::linalg
