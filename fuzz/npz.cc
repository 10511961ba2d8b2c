#include "fuzz/target.h"
#include "linum/io/npy.h"

void parse(linum::io::ByteView bytes) { linum::io::parse_npz(bytes, "input"); }
