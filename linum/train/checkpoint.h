// Parameters and training states in safetensors files.
#pragma once

#include <map>
#include <string>

#include "linum/core/pytree.h"

namespace linum::train {

// Each leaf under its path ("Dense_0/kernel"); the file appears complete or not at all. Waits until
// the arrays are computed. `metadata` is text to store beside them.
void save_params(const std::string& path, const Tree& params,
                 const std::map<std::string, std::string>& metadata = {});

// What a file has, as nested dictionaries.
Tree load_params(const std::string& path);
// The same as a tree like `expected` (parameters, or shape_struct()s: its numbers do not matter).
// Throws TreeError that lists every name that is missing, not expected, or of another shape or
// dtype; IoError for a file that is damaged.
Tree load_params(const std::string& path, const Tree& expected);

// A whole train state (or any pytree): step, parameters and optimizer state.
template <class S>
void save_state(const std::string& path, const S& state) {
  save_params(path, to_tree(state));
}
// The state of the file with the transformation and functions of `like`.
template <class S>
S load_state(const std::string& path, const S& like) {
  return from_tree<S>(load_params(path, to_tree(like)));
}

}  // namespace linum::train
