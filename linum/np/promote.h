// What every NumPy function does to its arguments first: one dtype, one shape.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "linum/core/array.h"

namespace linum::np {

using ArrayPair = std::pair<Array, Array>;

// x with a strong type.
Array strong(const Array& x);

// The dtype (and weakness) that these promote to together.
Promoted promoted_type(std::span<const Array> args);
std::vector<Array> promote_dtypes(std::span<const Array> args);
ArrayPair promote_dtypes(const Array& x, const Array& y);
// bool becomes int32.
Array promote_dtypes_numeric(const Array& x);
ArrayPair promote_dtypes_numeric(const Array& x, const Array& y);
// bool and integers become float32.
Array promote_dtypes_inexact(const Array& x);
ArrayPair promote_dtypes_inexact(const Array& x, const Array& y);
std::vector<Array> promote_dtypes_inexact(std::span<const Array> args);
// What is real becomes complex.
Array promote_dtypes_complex(const Array& x);

// Both in one shape by NumPy's broadcasting; a rank-0 operand stays so, since the operations of lax
// take it as it is. Throws ShapeError naming `what`.
ArrayPair promote_shapes(std::string_view what, const Array& x, const Array& y);
// promote_dtypes and promote_shapes.
ArrayPair promote_args(std::string_view what, const Array& x, const Array& y);
ArrayPair promote_args_numeric(std::string_view what, const Array& x, const Array& y);
ArrayPair promote_args_inexact(std::string_view what, const Array& x, const Array& y);

// `number` in x's dtype and weakness, rank 0.
Array constant_like(const Array& x, double number);

}  // namespace linum::np
