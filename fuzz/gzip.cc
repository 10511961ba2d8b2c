#include "linum/io/gzip.h"

#include "fuzz/target.h"

void parse(linum::io::ByteView bytes) {
  if (linum::io::is_gzip(bytes)) {
    linum::io::gunzip(bytes, "input");
  } else {
    linum::io::inflate_raw(bytes, 64, "input");
  }
}
