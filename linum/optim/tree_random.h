// Random trees (optax.tree_utils).
#pragma once

#include <functional>
#include <optional>

#include "linum/core/tree.h"

namespace linum::optim {

// Keys as their words: they are words here already, so this is the tree itself.
inline Tree tree_unwrap_random_key_data(const Tree& tree) { return tree; }

// One key for each leaf.
Tree tree_split_key_like(const Array& key, const Tree& tree);

using Sampler = std::function<Array(const Array& key, const Shape& shape, DType dtype)>;
// Each leaf from its own key, in its shape and (unless given) dtype; by default normal.
Tree tree_random_like(const Array& key, const Tree& tree, const Sampler& sampler = nullptr,
                      std::optional<DType> dtype = std::nullopt);

}  // namespace linum::optim
