// A function of the elements that windows cover (jax.lax.scatter_apply).
#pragma once

#include <functional>

#include "linum/lax/gather_scatter.h"

namespace linum::lax {

// The operand with f of every element that a window covers (once for each window). `update_shape`
// is that of the updates of the other scatters. f is made of elementwise operations on its argument
// and C++ numbers. Not differentiable, as in JAX.
Array scatter_apply(const Array& operand, const Array& scatter_indices,
                    const std::function<Array(const Array&)>& f,
                    const ScatterDimensionNumbers& dimension_numbers, const Shape& update_shape,
                    const ScatterOptions& options = {});

}  // namespace linum::lax
