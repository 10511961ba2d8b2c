// SHA-1 (RFC 3174), which Flax hashes module paths with to derive random keys.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace linum::nn {

std::array<std::uint8_t, 20> sha1(std::string_view bytes);

}  // namespace linum::nn
