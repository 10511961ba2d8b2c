// The module path in the messages of errors.
#pragma once

#include "linum/core/trace.h"

namespace linum {

// "<message> (in Net/Dense_0)", unless it says so already or there is no module.
inline std::string message_in_scope(const std::string& message) {
  const std::string& scope = *current_scope();
  bool told = scope.empty() || message.find(" (in ") != std::string::npos;
  return told ? message : concat(message, " (in ", scope, ")");
}

// f(), whose errors name the module that is running.
template <class F>
auto errors_in_scope(F f) {
  try {
    return f();
  } catch (const ShapeError& e) {
    throw ShapeError(message_in_scope(e.what()));
  } catch (const DTypeError& e) {
    throw DTypeError(message_in_scope(e.what()));
  } catch (const TransformError& e) {
    throw TransformError(message_in_scope(e.what()));
  }
}

}  // namespace linum
