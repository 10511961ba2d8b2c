// State dictionaries: a tree as nested dictionaries with string keys, as flax.serialization has
// them, so that every file format stores the same thing.
#pragma once

#include "linum/core/tree.h"

namespace linum::io {

// Lists become dictionaries with the keys "0", "1", ...; statics are left out.
Tree to_state_dict(const Tree& target);

// The structure (and statics) of `target` with the arrays of `state`. Throws TreeError naming the
// path when an entry is missing, a list has another length, or an array another shape. Dictionaries
// of `target` that have no leaves may be absent: files of flat arrays cannot hold them.
Tree from_state_dict(const Tree& target, const Tree& state);

// flax.traverse_util: {"a": {"b": x}} to {"a/b": x} and back. Empty dictionaries vanish.
Tree flatten_dict(const Tree& nested);
Tree unflatten_dict(const Tree& flat);

}  // namespace linum::io
