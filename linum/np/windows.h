// Window functions of m points, float32.
#pragma once

#include "linum/core/array.h"

namespace linum::np {

Array bartlett(std::int64_t m);
Array blackman(std::int64_t m);
Array hamming(std::int64_t m);
Array hanning(std::int64_t m);
Array kaiser(std::int64_t m, const Array& beta);

}  // namespace linum::np
