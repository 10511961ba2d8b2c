#include "fuzz/target.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    parse(std::as_bytes(std::span(data, size)));
  } catch (const linum::IoError&) {
  }
  return 0;
}
