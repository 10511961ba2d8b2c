// Comparisons, truth values, and tests of floats.
#pragma once

#include "linum/core/array.h"

namespace linum::np {

// Complex numbers compare by their real parts, then by their imaginary ones.
Array equal(const Array& x, const Array& y);
Array not_equal(const Array& x, const Array& y);
Array less(const Array& x, const Array& y);
Array less_equal(const Array& x, const Array& y);
Array greater(const Array& x, const Array& y);
Array greater_equal(const Array& x, const Array& y);

// Of truth values: a number is true unless zero.
Array logical_and(const Array& x, const Array& y);
Array logical_or(const Array& x, const Array& y);
Array logical_xor(const Array& x, const Array& y);
Array logical_not(const Array& x);

Array isfinite(const Array& x);
Array isinf(const Array& x);
Array isnan(const Array& x);
Array isposinf(const Array& x);
Array isneginf(const Array& x);
Array signbit(const Array& x);
// Whether the imaginary part differs from (is) zero.
Array iscomplex(const Array& x);
Array isreal(const Array& x);

// |x - y| <= atol + rtol |y|, elementwise.
struct CloseOptions {
  double rtol = 1e-5;
  double atol = 1e-8;
  bool equal_nan = false;
};
Array isclose(const Array& x, const Array& y, const CloseOptions& options = {});
// Of all elements together.
Array allclose(const Array& x, const Array& y, const CloseOptions& options = {});
Array array_equal(const Array& x, const Array& y, bool equal_nan = false);
// True also where shapes broadcast.
Array array_equiv(const Array& x, const Array& y);

// on_true where `condition` holds, else on_false; all three broadcast.
Array where(const Array& condition, const Array& on_true, const Array& on_false);

}  // namespace linum::np
