// Reductions by any associative function (jax.lax.reduce, reduce_window).
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "linum/lax/associative_scan.h"
#include "linum/lax/padding.h"

namespace linum::lax {

using ReduceFn = std::function<Array(const Array&, const Array&)>;

// The elements along `axes` and `init` joined by `f`, which must be associative, made of
// elementwise operations, and have `init` (rank 0) for its neutral element. add, mul, max, min,
// bitwise_and, _or and _xor become the reductions of those names.
Array reduce(const Array& operand, const Array& init, const ReduceFn& f, const Axes& axes);
// Several operands of one shape at once: `f` gets and gives one array for each.
std::vector<Array> reduce(std::span<const Array> operands, std::span<const Array> inits,
                          const CombineFn& f, const Axes& axes);

// Every window of `window_dimensions` joined by `f`, as in reduce; padding counts as `init`. The
// other arguments are those of reduce_window_sum.
Array reduce_window(const Array& operand, const Array& init, const ReduceFn& f,
                    const Shape& window_dimensions, const Shape& window_strides = {},
                    const WindowPadding& padding = "VALID", const Shape& base_dilation = {},
                    const Shape& window_dilation = {});

}  // namespace linum::lax
