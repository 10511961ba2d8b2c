#include "linum/io/flax_msgpack.h"

#include "fuzz/target.h"

// What was read can be written, and read again.
void parse(linum::io::ByteView bytes) {
  linum::Tree tree = linum::io::msgpack_restore(bytes, "input");
  std::string written = linum::io::msgpack_serialize(tree);
  linum::io::msgpack_restore(linum::io::view_of(written), "written");
}
