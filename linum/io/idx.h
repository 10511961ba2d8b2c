// The idx format of MNIST and its kin (http://yann.lecun.com/exdb/mnist): big-endian arrays, plain
// or gzipped.
#pragma once

#include "linum/base/host_array.h"
#include "linum/io/bytes.h"

namespace linum::io {

// Throws IoError that names the file, the offset, what is expected there and what is found.
HostArray read_idx(const std::string& path);
// The same from memory; `name` stands for the path in messages.
HostArray parse_idx(ByteView bytes, const std::string& name);

}  // namespace linum::io
