#include "linum/io/state_dict.h"

#include "fuzz/target.h"
#include "linum/io/flax_msgpack.h"

using linum::Array;
using linum::Tree;

namespace {

const Tree& target() {
  static const auto* tree = new Tree{
      {"params",
       Tree{{"kernel", Array::of<float>({2}, {1, 2})}, {"bias", Array::of<float>({}, {3})}}},
      {"opt", Tree::list({Array::of<std::int32_t>({}, {0}), Tree::empty_dict()})}};
  return *tree;
}

}  // namespace

// A state that does not fit is a mistake with the tree; names with '/' may come from any file.
void parse(linum::io::ByteView bytes) {
  Tree state = linum::io::msgpack_restore(bytes, "input");
  try {
    linum::io::from_state_dict(target(), state);
  } catch (const linum::TreeError&) {
  }
  try {
    linum::io::flatten_dict(linum::io::unflatten_dict(state));
  } catch (const linum::TreeError&) {
  }
}
