// Integrals that have names (jax.scipy.special), for real arguments.
#pragma once

#include <utility>

#include "linum/core/array.h"

namespace linum::special {

// Si and Ci: the integral of sin(t) / t from 0 to x, and that of cos(t) / t from infinity to |x|;
// Ci is -inf at 0, NaN at -inf.
std::pair<Array, Array> sici(const Array& x);
// The Fresnel integrals S and C: those of sin(pi t^2 / 2) and cos(pi t^2 / 2) from 0 to x.
std::pair<Array, Array> fresnel(const Array& x);
// Spence's function: the integral of log(t) / (1 - t) from 1 to x, NaN for x < 0. Throws DTypeError
// unless x is float32 or float64.
Array spence(const Array& x);
// Owen's T function: the integral of exp(-h^2 (1 + t^2) / 2) / (2 pi (1 + t^2)) from 0 to a.
// (Patefield, Tandy: "Fast and accurate calculation of Owen's T function", 2000; method T5.)
Array owens_t(const Array& h, const Array& a);

}  // namespace linum::special
