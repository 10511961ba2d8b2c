// The custom calls to LAPACK, by the primitives that make them.
#pragma once

#include <vector>

#include "linum/runtime/ffi.h"

namespace linum::kernels {

struct LapackTarget {
  const char* primitive;
  runtime::FfiHandler handler;
  bool replaces;  // a plain lowering
};
std::vector<LapackTarget> lapack_factors();
std::vector<LapackTarget> lapack_spectra();

}  // namespace linum::kernels
