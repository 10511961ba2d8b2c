// Finding and changing entries of optimizer states (optax.tree_utils).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "linum/optim/transformation.h"

namespace linum::optim {

// Whether an entry counts, from its path ("0/mu") and value.
using EntryFilter = std::function<bool(const std::string& path, const Tree& value)>;

// All entries of dictionaries under this key, with their paths, also those inside others.
std::vector<std::pair<std::string, Tree>> tree_get_all_with_path(const Tree& tree,
                                                                 const std::string& key,
                                                                 const EntryFilter& filter = {});
// The one entry under this key: tree_get(opt_state, "count"). None: `otherwise`; several: throws
// TreeError that lists their paths.
Tree tree_get(const Tree& tree, const std::string& key, const Tree& otherwise = {},
              const EntryFilter& filter = {});
// With all entries under this key replaced; throws TreeError when there is none.
Tree tree_set(const Tree& tree, const std::string& key, const Tree& value,
              const EntryFilter& filter = {});

// f of the leaves of `state` that belong to parameters (moments, ...), with the same leaf of `rest`
// if that is given; `other` of the rest of the leaves (none: as they are).
using ParamFn = std::function<Array(const Array& value, const Array& rest)>;
Tree tree_map_params(const GradientTransformation& tx, const ParamFn& f, const Tree& state,
                     const Tree& rest = {}, const tree::MapFn& other = {});

// f of each leaf of `like`, with the subtree in its place in `tree`.
using SubtreeFn = std::function<Tree(const Array& leaf, const Tree& subtree)>;
Tree tree_map_subtrees(const SubtreeFn& f, const Tree& like, const Tree& tree);

}  // namespace linum::optim
