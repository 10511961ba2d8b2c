// Prefix combinations by an associative function, in a logarithmic number of steps.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "linum/core/array.h"

namespace linum::lax {

// Combines elements (parallel slices of several arrays, each possibly many at once along `axis`).
using CombineFn =
    std::function<std::vector<Array>(std::span<const Array> a, std::span<const Array> b)>;

// jax.lax.associative_scan: element i of the result combines the elements 0 ... i of `elems` along
// `axis` (from the end when `reverse`). The arrays must agree in that axis.
std::vector<Array> associative_scan(const CombineFn& fn, std::span<const Array> elems,
                                    bool reverse = false, std::int64_t axis = 0);
Array associative_scan(const std::function<Array(const Array&, const Array&)>& fn,
                       const Array& elems, bool reverse = false, std::int64_t axis = 0);

}  // namespace linum::lax
