#include "linum/io/npy.h"

#include <cstdlib>

#include "fuzz/target.h"

// What is read and written again is the same.
void parse(linum::io::ByteView bytes) {
  const linum::HostArray x = linum::io::parse_npy(bytes, "input");
  const std::string again = linum::io::npy_bytes(x);
  if (linum::io::parse_npy(linum::io::view_of(again), "again").shape() != x.shape()) std::abort();
}
