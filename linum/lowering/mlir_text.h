// The small pieces of MLIR's syntax that the emitter writes.
#pragma once

#include <string>
#include <string_view>

#include "linum/core/value.h"

namespace linum {

void append_mlir_type(std::string& out, const Aval&);
void append_number(std::string& out, std::int64_t);
// "text" as an attribute, quoted and escaped.
std::string mlir_string(std::string_view text);
// A float literal that reads back exactly.
std::string mlir_float(double, DType);
// A scalar as it stands inside dense<...>.
std::string mlir_element(const ScalarValue&);

}  // namespace linum
