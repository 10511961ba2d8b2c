#include "linum/optim/tree_random.h"

#include "linum/random/random.h"

namespace linum::optim {

Tree tree_split_key_like(const Array& key, const Tree& t) {
  TreeDef structure(t);
  auto count = static_cast<std::int64_t>(structure.num_leaves());
  return structure.unflatten(random::split_list(key, count));
}

Tree tree_random_like(const Array& key, const Tree& t, const Sampler& sampler,
                      std::optional<DType> dtype) {
  return tree::map(
      [&](const Array& leaf_key, const Array& x) {
        DType to = dtype.value_or(x.dtype());
        return sampler ? sampler(leaf_key, x.shape(), to) : random::normal(leaf_key, x.shape(), to);
      },
      tree_split_key_like(key, t), t);
}

}  // namespace linum::optim
