// Sums, means, extrema and truth over axes.
//
//   np::sum(x)                                  of all elements
//   np::sum(x, 0)                               over one axis
//   np::max(x, {.axis = {0, 1}, .keepdims = true})
#pragma once

#include <optional>
#include <utility>

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::np {

struct ReduceOptions {
  NamedOnly named_only = {};
  AxisArg axis = {};
  // Of the sum: bool and small integers give int32 (uint32); float16 is summed in float32.
  std::optional<DType> dtype = {};
  bool keepdims = false;
  Array initial = {};  // takes part too
  Array where = {};    // bool: which elements take part
};
Array sum(const Array& x, const ReduceOptions& options = {});
Array sum(const Array& x, std::integral auto axis) { return sum(x, {.axis = axis}); }
Array prod(const Array& x, const ReduceOptions& options = {});
Array prod(const Array& x, std::integral auto axis) { return prod(x, {.axis = axis}); }

struct ExtremumOptions {
  NamedOnly named_only = {};
  AxisArg axis = {};
  bool keepdims = false;
  Array initial = {};  // needed where the array is empty, or with `where`
  Array where = {};
};
Array max(const Array& x, const ExtremumOptions& options = {});
Array max(const Array& x, std::integral auto axis) { return max(x, {.axis = axis}); }
Array min(const Array& x, const ExtremumOptions& options = {});
Array min(const Array& x, std::integral auto axis) { return min(x, {.axis = axis}); }
Array amax(const Array& x, const ExtremumOptions& options = {});
Array amax(const Array& x, std::integral auto axis) { return max(x, {.axis = axis}); }
Array amin(const Array& x, const ExtremumOptions& options = {});
Array amin(const Array& x, std::integral auto axis) { return min(x, {.axis = axis}); }

struct TruthOptions {
  NamedOnly named_only = {};
  AxisArg axis = {};
  bool keepdims = false;
  Array where = {};
};
Array all(const Array& x, const TruthOptions& options = {});
Array all(const Array& x, std::integral auto axis) { return all(x, {.axis = axis}); }
Array any(const Array& x, const TruthOptions& options = {});
Array any(const Array& x, std::integral auto axis) { return any(x, {.axis = axis}); }

// max - min.
Array ptp(const Array& x, const AxisArg& axis = {}, bool keepdims = false);
Array count_nonzero(const Array& x, const AxisArg& axis = {}, bool keepdims = false);

// Indices of the first greatest (smallest) element, or of the first NaN; in the flat array without
// an axis. int32.
Array argmax(const Array& x, std::optional<std::int64_t> axis = {}, bool keepdims = false);
Array argmin(const Array& x, std::optional<std::int64_t> axis = {}, bool keepdims = false);

// --- moments ----------------------------------------------------------------------------------

// Integers give float32; float16 is summed in float32.
struct MeanOptions {
  NamedOnly named_only = {};
  AxisArg axis = {};
  std::optional<DType> dtype = {};
  bool keepdims = false;
  Array where = {};
};
Array mean(const Array& x, const MeanOptions& options = {});
Array mean(const Array& x, std::integral auto axis) { return mean(x, {.axis = axis}); }

struct VarOptions {
  NamedOnly named_only = {};
  AxisArg axis = {};
  std::optional<DType> dtype = {};
  double ddof = 0;  // the divisor is the count minus this
  bool keepdims = false;
  Array where = {};
  Array mean = {};  // where it is known already, with keepdims
};
Array var(const Array& x, const VarOptions& options = {});
Array var(const Array& x, std::integral auto axis) { return var(x, {.axis = axis}); }
Array std(const Array& x, const VarOptions& options = {});
Array std(const Array& x, std::integral auto axis) { return std(x, {.axis = axis}); }

struct AverageOptions {
  NamedOnly named_only = {};
  AxisArg axis = {};
  Array weights = {};  // of x's shape, or of the sizes of the axes
  bool keepdims = false;
};
Array average(const Array& x, const AverageOptions& options = {});
// With the sum of the weights.
std::pair<Array, Array> average_and_weight(const Array& x, const AverageOptions& options = {});

}  // namespace linum::np
