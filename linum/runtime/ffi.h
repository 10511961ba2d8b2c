// Custom calls: native functions that compiled programs call by name (XLA FFI).
#pragma once

#include <string>
#include <vector>

#include "linum/runtime/client.h"

struct XLA_FFI_CallFrame;
struct XLA_FFI_Error;

namespace linum::runtime {

using FfiHandler = XLA_FFI_Error* (*)(XLA_FFI_CallFrame*);

// Registers `handler` (made with XLA_FFI_DEFINE_HANDLER_SYMBOL of xla/ffi/api/ffi.h) as the target
// of `stablehlo.custom_call @name` on CPU, for every plugin that is loaded now or later. Throws
// ValueError when the name has another handler already.
void register_ffi_target(const std::string& name, FfiHandler handler);
// The names registered so far.
std::vector<std::string> ffi_targets();
// False where the plugin has no FFI extension: callers then keep the plain lowering.
bool supports_ffi(const Plugin&);
// Called by make_client: hands all registered targets to the plugin.
void register_targets_with(const Plugin&);

}  // namespace linum::runtime
