// Flax's own file format (flax.serialization): state dictionaries in msgpack, arrays in its
// extension types. Files go both ways between Linum and Flax.
#pragma once

#include <string>

#include "linum/core/tree.h"
#include "linum/io/bytes.h"

namespace linum::io {

// Arrays of more bytes than this are split, since msgpack objects end at 2^31.
inline constexpr std::int64_t kFlaxChunkBytes = std::int64_t{1} << 30;

// The bytes of a state dictionary (lists are written as msgpack arrays).
std::string msgpack_serialize(const Tree& tree, std::int64_t chunk_bytes = kFlaxChunkBytes);
// Throws IoError that names `name` and the offset when the bytes are not what Flax writes. Python
// numbers become weakly typed scalars, strings statics.
Tree msgpack_restore(ByteView bytes, const std::string& name = "msgpack data");

// flax.serialization.to_bytes and from_bytes: any tree, through its state dictionary.
std::string to_bytes(const Tree& target);
Tree from_bytes(const Tree& target, ByteView bytes);

}  // namespace linum::io
