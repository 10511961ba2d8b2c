// A fuzz target: hands bytes from outside to one parser.
#pragma once

#include "linum/io/bytes.h"

// Each file of this folder that is named for a format defines this once. The parser takes the bytes
// or throws IoError; anything else is a finding.
void parse(linum::io::ByteView bytes);
