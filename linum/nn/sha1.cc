#include "linum/nn/sha1.h"

#include <bit>
#include <string>

namespace linum::nn {
namespace {

using State = std::array<std::uint32_t, 5>;

std::uint32_t big_endian(const unsigned char* p) {
  return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 | p[3];
}

// The round function and constant of step t.
std::pair<std::uint32_t, std::uint32_t> round_of(int t, std::uint32_t b, std::uint32_t c,
                                                 std::uint32_t d) {
  if (t < 20) return {(b & c) | (~b & d), 0x5A827999};
  if (t < 40) return {b ^ c ^ d, 0x6ED9EBA1};
  if (t < 60) return {(b & c) | (b & d) | (c & d), 0x8F1BBCDC};
  return {b ^ c ^ d, 0xCA62C1D6};
}

void absorb(State& h, const unsigned char* block) {
  std::uint32_t w[80];
  for (int t = 0; t < 16; ++t) w[t] = big_endian(block + 4 * t);
  for (int t = 16; t < 80; ++t) w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  auto [a, b, c, d, e] = h;
  for (int t = 0; t < 80; ++t) {
    auto [f, k] = round_of(t, b, c, d);
    std::uint32_t next = std::rotl(a, 5) + f + e + k + w[t];
    e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

// The message, a 1 bit, zeros, and the length in bits as 64 bits.
std::string padded(std::string_view bytes) {
  std::string out(bytes);
  out.push_back('\x80');
  while (out.size() % 64 != 56) out.push_back('\0');
  std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(bits >> shift));
  return out;
}

}  // namespace

std::array<std::uint8_t, 20> sha1(std::string_view bytes) {
  State h = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  std::string message = padded(bytes);
  for (std::size_t i = 0; i < message.size(); i += 64) {
    absorb(h, reinterpret_cast<const unsigned char*>(message.data()) + i);
  }
  std::array<std::uint8_t, 20> digest;
  for (std::size_t i = 0; i < 20; ++i) {
    digest[i] = static_cast<std::uint8_t>(h[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

}  // namespace linum::nn
