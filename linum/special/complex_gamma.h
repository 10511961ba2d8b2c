// The gamma function of complex arguments.
#pragma once

#include "linum/core/array.h"

namespace linum::special {

// z is complex; NaN at the poles. loggamma is cut along the negative real axis alone, unlike
// log(gamma(z)).
Array complex_gamma(const Array& z);
Array complex_loggamma(const Array& z);

}  // namespace linum::special
