// Transformations of a part of the parameters (optax/transforms/_masking.py, _freezing.py).
#pragma once

#include <optional>
#include <variant>

#include "linum/optim/transformation.h"

namespace linum::optim {

// Which leaves to transform: a bool for all, a tree of bools (a prefix of the parameters), or a
// function that gives that tree from the parameters (or the updates).
class Mask {
 public:
  using TreeFn = std::function<Tree(const Tree&)>;
  using PathFn = std::function<bool(const std::string& path, const Array& leaf)>;
  Mask(bool all) : mask_(Tree(Array(all))) {}
  Mask(Tree mask) : mask_(std::move(mask)) {}
  Mask(TreeFn mask) : mask_(std::move(mask)) {}
  // Decides leaf by leaf: Mask::by_path([](auto& path, auto& x) { return x.ndim() > 1; }).
  static Mask by_path(PathFn f);

  // The tree of bools for `params`.
  Tree of(const Tree& params) const;

 private:
  std::variant<Tree, TreeFn> mask_;
};
using MaskOrFn = std::optional<Mask>;

// `inner` of the leaves that the mask selects; the others pass as they are. Masked places are empty
// dictionaries in the inner state, which is {"inner_state": ...}.
GradientTransformation masked(GradientTransformation inner, Mask mask);

// Sets the updates of the selected leaves to zero.
GradientTransformation freeze(Mask mask);
// `inner` of the selected leaves, zero updates for the others.
GradientTransformation selective_transform(GradientTransformation inner, Mask freeze_mask);

}  // namespace linum::optim
