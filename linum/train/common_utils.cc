#include "linum/train/common_utils.h"

#include "linum/np/np.h"

namespace linum::train {

Array onehot(const Array& labels, std::int64_t num_classes, double on_value, double off_value) {
  Array hit = np::expand_dims(labels, -1) == np::arange(num_classes);
  return np::astype(np::where(hit, on_value, off_value), float32);
}

Tree stack_forest(const std::vector<Tree>& forest) {
  if (forest.empty()) throw ValueError("stack_forest needs one tree or more");
  auto stack = [](std::span<const Array> leaves) {
    return np::stack({leaves.begin(), leaves.end()});
  };
  return tree::map_n(stack, forest);
}

}  // namespace linum::train
