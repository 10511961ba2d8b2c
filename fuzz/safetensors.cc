#include "linum/io/safetensors.h"

#include <cstdlib>

#include "fuzz/target.h"

// What the header promises of each array must lie in the file.
void parse(linum::io::ByteView bytes) {
  auto header = linum::io::parse_safetensors_header(bytes, bytes.size(), "input");
  for (const auto& [name, entry] : header.tensors)
    if (entry.begin > entry.end || entry.end > bytes.size()) std::abort();
}
