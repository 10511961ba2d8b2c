// The arguments of special functions: real, inexact, of one dtype and shape.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include "linum/core/array.h"

namespace linum::special {

// Throw DTypeError for complex arguments.
Array as_real(std::string_view what, const Array& x);
std::pair<Array, Array> as_reals(std::string_view what, const Array& x, const Array& y);
// Throws DTypeError unless x is float32 or float64.
void check_single_or_double(std::string_view what, const Array& x);

// A number in x's dtype.
Array like(const Array& x, double number);
// The polynomial with these coefficients, the highest power's first.
Array polynomial(std::initializer_list<double> coefficients, const Array& x);

}  // namespace linum::special
