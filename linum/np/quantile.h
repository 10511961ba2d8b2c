// Medians, quantiles and percentiles.
#pragma once

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::np {

struct QuantileOptions {
  NamedOnly named_only = {};
  AxisArg axis = {};
  // Between two elements: "linear", "lower", "higher", "midpoint", "nearest"; or "inverted_cdf".
  std::string_view method = "linear";
  bool keepdims = false;
  // Of x's shape, or of the sizes of the axes, for "inverted_cdf".
  Array weights = {};
};

// The number that a part q (0 to 1) of the elements does not exceed. q is a scalar or a vector;
// its axis comes first in the result. NaN if any element is.
Array quantile(const Array& x, const Array& q, const QuantileOptions& options = {});
// q from 0 to 100.
Array percentile(const Array& x, const Array& q, const QuantileOptions& options = {});
// The same without the elements that are NaN.
Array nanquantile(const Array& x, const Array& q, const QuantileOptions& options = {});
Array nanpercentile(const Array& x, const Array& q, const QuantileOptions& options = {});

Array median(const Array& x, const AxisArg& axis = {}, bool keepdims = false);
Array nanmedian(const Array& x, const AxisArg& axis = {}, bool keepdims = false);

}  // namespace linum::np
