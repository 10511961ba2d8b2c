// How a compiled program splits one of its results: the parts of xla.OpSharding that matter.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace linum::runtime {

struct OpSharding {
  // Parts along each dimension; empty: every device holds the whole.
  std::vector<std::int64_t> parts;
  // For each partition, the place of its part along each dimension.
  std::vector<std::vector<std::int64_t>> place;
};

// From the bytes of an xla.OpSharding over `num_partitions` devices; nothing for kinds other than
// replicated and tiled.
std::optional<OpSharding> parse_op_sharding(std::string_view proto, std::int64_t num_partitions);

}  // namespace linum::runtime
