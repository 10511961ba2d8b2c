#include "linum/io/idx.h"

#include "fuzz/target.h"

void parse(linum::io::ByteView bytes) { linum::io::parse_idx(bytes, "input"); }
