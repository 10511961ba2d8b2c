// The dtype in which a layer computes (flax.linen.dtypes).
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "linum/core/array.h"

namespace linum::nn {

// `dtype` if given, else what the arguments promote to together; undefined arguments are ignored.
// With `inexact`, integers become float32; throws ValueError for a given dtype that is no float.
DType canonicalize_dtype(std::span<const Array> args, std::optional<DType> dtype,
                         bool inexact = true);
inline DType canonicalize_dtype(std::initializer_list<Array> args, std::optional<DType> dtype,
                                bool inexact = true) {
  return canonicalize_dtype(std::span<const Array>(args.begin(), args.size()), dtype, inexact);
}

// Converts every defined argument to that dtype, in place.
void promote_dtype(std::initializer_list<Array*> args, std::optional<DType> dtype,
                   bool inexact = true);

}  // namespace linum::nn
