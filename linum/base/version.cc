#include "linum/base/version.h"

#define LINUM_TEXT_OF(x) #x
#define LINUM_TEXT(x) LINUM_TEXT_OF(x)

namespace linum {

std::string_view version() {
  return LINUM_TEXT(LINUM_VERSION_MAJOR) "." LINUM_TEXT(LINUM_VERSION_MINOR) "." LINUM_TEXT(
      LINUM_VERSION_PATCH);
}

}  // namespace linum
