// The type of an array as bytes of a key.
#pragma once

#include <string>

#include "linum/core/aval.h"

namespace linum {

// Self-delimiting: equal bytes, equal types.
inline void append_key(std::string& key, const Aval& a) {
  key += static_cast<char>(a.dtype());
  key += static_cast<char>(a.weak());
  key += static_cast<char>(a.memory());
  key += static_cast<char>(a.rank());
  key.append(reinterpret_cast<const char*>(a.shape().data()),
             a.shape().size() * sizeof(std::int64_t));
}

}  // namespace linum
