// The order in which a shuffled data set is read: the same on every platform and in every release.
#pragma once

#include <cstdint>
#include <vector>

namespace linum::data {

// A permutation of 0..size-1. Fisher-Yates from the end, with std::mt19937_64 (whose numbers the
// C++ standard fixes) seeded by splitmix64 of seed and epoch, and Lemire's unbiased bounded
// numbers ("Fast Random Integer Generation in an Interval", 2019).
std::vector<std::int64_t> permutation(std::int64_t size, std::uint64_t seed, std::uint64_t epoch);

}  // namespace linum::data
