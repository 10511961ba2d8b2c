// Polynomials as vectors of coefficients, that of the highest power first.
#pragma once

#include <optional>
#include <utility>

#include "linum/core/array.h"

namespace linum::np {

// p at each element of x. The coefficients may have further axes, which broadcast with x.
Array polyval(const Array& p, const Array& x);
Array polyadd(const Array& p, const Array& q);
Array polysub(const Array& p, const Array& q);
// With trim_leading_zeros (of known numbers only) zeros in front are cut off first.
Array polymul(const Array& p, const Array& q, bool trim_leading_zeros = false);
// Quotient and remainder; the remainder keeps p's length unless trimmed.
std::pair<Array, Array> polydiv(const Array& p, const Array& q, bool trim_leading_zeros = false);
// The m-th derivative, and integral with constants k (one for all, or m of them).
Array polyder(const Array& p, std::int64_t m = 1);
Array polyint(const Array& p, std::int64_t m = 1, const Array& k = 0);
// The polynomial with these zeros, and 1 in front.
Array poly(const Array& zeros);

}  // namespace linum::np
