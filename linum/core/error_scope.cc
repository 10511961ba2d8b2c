#include "linum/core/error_scope.h"

#include <typeinfo>

namespace linum {
namespace {

constexpr std::string_view kOpening = " (in ";

// A path has no spaces: "(in all three axes)" is none.
bool ends_with_path(const std::string& message) {
  const std::size_t at = message.rfind(kOpening);
  return at != std::string::npos && message.ends_with(")") &&
         message.find(' ', at + kOpening.size()) == std::string::npos;
}

template <class E>
void throw_in_scope(const Error& e) {
  if (typeid(e) == typeid(E)) throw E(message_in_scope(e.what()));
}

}  // namespace

std::string message_in_scope(const std::string& message) {
  const std::string& scope = *current_scope();
  if (scope.empty() || ends_with_path(message)) return message;
  return str_cat(message, kOpening, scope, ")");
}

void rethrow_in_scope() {
  try {
    throw;
  } catch (const Error& e) {
    throw_in_scope<ShapeError>(e);
    throw_in_scope<DTypeError>(e);
    throw_in_scope<ValueError>(e);
    throw_in_scope<TreeError>(e);
    throw_in_scope<TransformError>(e);
    throw;
  }
}

}  // namespace linum
