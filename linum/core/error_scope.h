// The module path in the messages of errors.
#pragma once

#include "linum/core/trace.h"

namespace linum {

// "<message> (in Net/Dense_0)", unless it ends with a path already or there is no module.
std::string message_in_scope(const std::string& message);

// Inside a handler: throws what is being handled, with the path of the module that runs in its
// message if it is about an operation's operands. Types derived from those are left as they are.
[[noreturn]] void rethrow_in_scope();

// f(), whose errors name the module that is running.
template <class F>
auto errors_in_scope(F f) {
  try {
    return f();
  } catch (const Error&) {
    rethrow_in_scope();
  }
}

}  // namespace linum
