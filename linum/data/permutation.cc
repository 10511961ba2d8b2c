#include "linum/data/permutation.h"

#include <numeric>
#include <random>
#include <utility>

namespace linum::data {
namespace {

std::uint64_t splitmix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

// Uniform in [0, bound).
std::uint64_t bounded(std::mt19937_64& engine, std::uint64_t bound) {
  auto product = static_cast<unsigned __int128>(engine()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    std::uint64_t biased = -bound % bound;
    while (static_cast<std::uint64_t>(product) < biased) {
      product = static_cast<unsigned __int128>(engine()) * bound;
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::vector<std::int64_t> permutation(std::int64_t size, std::uint64_t seed, std::uint64_t epoch) {
  std::mt19937_64 engine(splitmix64(splitmix64(seed) + epoch));
  std::vector<std::int64_t> out(static_cast<std::size_t>(size));
  std::iota(out.begin(), out.end(), 0);
  for (std::size_t i = out.size(); i > 1; --i) std::swap(out[i - 1], out[bounded(engine, i)]);
  return out;
}

}  // namespace linum::data
