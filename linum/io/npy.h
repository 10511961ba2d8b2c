// NumPy's files: npy holds one array, npz several
// (https://numpy.org/doc/stable/reference/generated/ numpy.lib.format.html). What jax.numpy.load
// and save read and write.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "linum/core/array.h"
#include "linum/io/bytes.h"

namespace linum::io {

// Throw IoError that names the file, the offset, what is expected there and what is found. Arrays
// of Python objects are refused; two-byte void elements are bfloat16, which is how NumPy saves it.
HostArray parse_npy(ByteView bytes, const std::string& name);
std::map<std::string, HostArray> parse_npz(ByteView bytes, const std::string& name);

// The same bytes as numpy.save. Throws DTypeError for the 8-bit floats, which the format has not.
std::string npy_bytes(const HostArray& array);

}  // namespace linum::io

namespace linum::np {

// Written atomically: the file appears complete, or the old one stays. ".npy" is appended to a path
// that does not end in it. Not of traced arrays.
void save(const std::string& path, const Array& x);
// Throws IoError for what is no npy file; npz files have load_npz.
Array load(const std::string& path);

// Several arrays, by name; unnamed ones are "arr_0", "arr_1", ... ".npz" is appended like ".npy".
void savez(const std::string& path, const std::map<std::string, Array>& arrays);
void savez(const std::string& path, const std::vector<Array>& arrays);
std::map<std::string, Array> load_npz(const std::string& path);

}  // namespace linum::np
