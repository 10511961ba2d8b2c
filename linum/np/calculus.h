// Differences, sums and interpolation of sampled functions.
#pragma once

#include <optional>
#include <vector>

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::np {

struct DiffOptions {
  std::int64_t n = 1;  // how many times
  std::int64_t axis = -1;
  Array prepend = {};  // joined to x first; scalars count as one element
  Array append = {};
};
// The differences of neighbors along an axis; of bools, whether they differ.
Array diff(const Array& x, const DiffOptions& options = {});
inline Array diff(const Array& x, std::int64_t n, std::int64_t axis = -1) {
  return diff(x, DiffOptions{.n = n, .axis = axis});
}
// Of the flat array, with other numbers before and after them.
Array ediff1d(const Array& x, const Array& to_end = {}, const Array& to_begin = {});

// Central differences, one-sided at the ends: one array for each axis. The spacing is one number,
// one for each axis, or the coordinates along the axes.
std::vector<Array> gradient(const Array& x, const std::vector<Array>& spacing,
                            const AxisArg& axis = {});
std::vector<Array> gradient(const Array& x, const AxisArg& axis = {});

// The integral by the trapezoidal rule, at the coordinates x or at distances dx.
struct TrapezoidOptions {
  Array x = {};
  Array dx = 1.0;
  std::int64_t axis = -1;
};
Array trapezoid(const Array& y, const TrapezoidOptions& options = {});

struct InterpOptions {
  Array left = {};   // below xp[0]; fp[0] by default
  Array right = {};  // above xp[-1]; fp[-1] by default
  bool extrapolate_left = false, extrapolate_right = false;
  Array period = {};  // of xp; then nothing lies outside
};
// The polygon through the points (xp, fp), at x. xp ascends (with a period it need not).
Array interp(const Array& x, const Array& xp, const Array& fp, const InterpOptions& options = {});

struct UnwrapOptions {
  Array discont = {};  // jumps less than this stay; half the period by default
  std::int64_t axis = -1;
  Array period = 6.283185307179586;
};
// Angles without jumps of more than half a period.
Array unwrap(const Array& x, const UnwrapOptions& options = {});

}  // namespace linum::np
