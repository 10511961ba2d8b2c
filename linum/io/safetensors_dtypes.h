// The element types of safetensors by name.
#pragma once

#include <string>
#include <string_view>

#include "linum/base/dtype.h"

namespace linum::io {

// Throws DTypeError for complex128, which the format lacks.
std::string_view safetensors_name_of(DType dtype);
// Throws IoError that names file and tensor.
DType dtype_of_safetensors(std::string_view dtype, const std::string& file,
                           const std::string& tensor);

}  // namespace linum::io
