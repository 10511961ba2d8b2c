// The version of Linum, by the rules of semantic versioning (https://semver.org).
#pragma once

#include <string_view>

#define LINUM_VERSION_MAJOR 0
#define LINUM_VERSION_MINOR 1
#define LINUM_VERSION_PATCH 0

namespace linum {

// The version of the library in use; the macros tell that of the headers.
std::string_view version();

}  // namespace linum
