// Variables of the environment.
#pragma once

#include <cstdlib>
#include <string>

namespace linum {

// Empty when it is not set.
inline std::string env(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace linum
