// Cumulative sums, products, maxima, minima and log-sum-exps along an axis.
#pragma once

#include "linum/core/array.h"

namespace linum::lax {

// Element i of the result reduces the elements 0 ... i along `axis`; i ... n-1 when `reverse`.
Array cumsum(const Array& operand, std::int64_t axis = 0, bool reverse = false);
Array cumprod(const Array& operand, std::int64_t axis = 0, bool reverse = false);
Array cummax(const Array& operand, std::int64_t axis = 0, bool reverse = false);
Array cummin(const Array& operand, std::int64_t axis = 0, bool reverse = false);
Array cumlogsumexp(const Array& operand, std::int64_t axis = 0, bool reverse = false);

}  // namespace linum::lax
