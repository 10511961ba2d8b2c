// Spherical harmonics (jax.scipy.special).
#pragma once

#include <optional>

#include "linum/core/array.h"

namespace linum::special {

// Y_n^m(theta, phi) of whole degrees n >= 0 and orders |m| <= n: orthonormal over the sphere, theta
// the polar angle in [0, pi], phi the azimuth. The arguments broadcast; the result is complex.
// Degrees above n_max count as n_max, which is by default the largest of n and must be given where
// n is traced (throws ConcretizationError); throws DTypeError unless n and m are integers.
Array sph_harm_y(const Array& n, const Array& m, const Array& theta, const Array& phi,
                 std::optional<std::int64_t> n_max = {});

}  // namespace linum::special
