#include "linum/export/stablehlo.h"

#include "fuzz/target.h"

void parse(linum::io::ByteView bytes) {
  linum::parse_stablehlo_signature(linum::io::text_of(bytes), "input");
}
