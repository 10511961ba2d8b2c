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
// The polynomial with these zeros, and 1 in front; of a square matrix, with its eigenvalues.
Array poly(const Array& zeros);
// The zeros, complex: the eigenvalues of the companion matrix. With strip_zeros (of known numbers
// only) zeros in front are cut off first; else as many zeros of the polynomial are NaN, at the end.
Array roots(const Array& p, bool strip_zeros = true);

enum class FitCovariance : std::uint8_t { None, Scaled, Unscaled };
struct PolyfitOptions {
  std::optional<double> rcond = {};  // as linalg::lstsq's; default: eps times the number of points
  Array w = {};                      // the weight of each point (not squared)
  FitCovariance cov = FitCovariance::None;
};
// The coefficients of degree `deg` that fit y, a vector or columns, at x best; with lstsq's other
// results, rcond, and the coefficients' covariance where asked for (else it is undefined).
struct Polyfit {
  Array coefficients, residuals, rank, singular_values, rcond, covariance;
};
Polyfit polyfit(const Array& x, const Array& y, std::int64_t deg,
                const PolyfitOptions& options = {});

}  // namespace linum::np
