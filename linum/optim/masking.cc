#include "linum/optim/masking.h"

#include "linum/optim/combine.h"

namespace linum::optim {
namespace {

// Gives f(mask leaf, the subtrees under it) for each leaf of the prefix `mask`.
using LeafFn = std::function<Tree(bool, std::span<const Tree>)>;
Tree map_prefix(const Tree& mask, std::span<const Tree> trees, const LeafFn& f) {
  if (mask.is_leaf()) return f(static_cast<bool>(mask.array()), trees);
  if (!mask.is_list() && !mask.is_dict()) return trees[0];
  auto check = [&](const Tree& t) {
    if (t.is_list() == mask.is_list() && t.is_dict() == mask.is_dict() && t.size() == mask.size())
      return;
    throw TreeError(str_cat("the mask ", mask.to_string(), " is no prefix of ", t.to_string()));
  };
  std::vector<Tree> below(trees.size());
  auto child = [&](const Tree& entry, auto key) {
    for (std::size_t i = 0; i < trees.size(); ++i) {
      check(trees[i]);
      below[i] = trees[i][key];
    }
    return map_prefix(entry, below, f);
  };
  if (mask.is_list()) {
    Tree::List out;
    for (std::size_t i = 0; i < mask.size(); ++i) out.push_back(child(mask[i], i));
    return Tree(std::move(out));
  }
  Tree::Dict out;
  for (auto& [key, entry] : mask.as_dict()) out.emplace(key, child(entry, key));
  return Tree(std::move(out));
}

Tree select(const Tree& mask, const Tree& t) {
  if (t.is_none()) return t;
  Tree trees[] = {t};
  return map_prefix(mask, trees, [](bool keep, std::span<const Tree> at) {
    return keep ? at[0] : empty_state();
  });
}

Tree merge(const Tree& mask, const Tree& chosen, const Tree& other) {
  Tree trees[] = {chosen, other};
  return map_prefix(mask, trees,
                    [](bool keep, std::span<const Tree> at) { return keep ? at[0] : at[1]; });
}

}  // namespace

Mask Mask::by_path(PathFn f) {
  return Mask(TreeFn([f = std::move(f)](const Tree& params) {
    return tree::map_with_path(
        [&](const std::string& path, const Array& x) { return Array(f(path, x)); }, params);
  }));
}

Tree Mask::of(const Tree& params) const {
  if (auto* fixed = std::get_if<Tree>(&mask_)) return *fixed;
  return std::get<TreeFn>(mask_)(params);
}

GradientTransformation masked(GradientTransformation inner, Mask mask) {
  auto init = [inner, mask](const Tree& params) {
    return Tree{{"inner_state", inner.init(select(mask.of(params), params))}};
  };
  auto update = [inner, mask](const Tree& updates, const Tree& state, const Tree& params,
                              const ExtraArgs& extra) {
    Tree chosen = mask.of(updates);
    auto [inner_updates, inner_state] =
        inner.update(select(chosen, updates), state["inner_state"], select(chosen, params), extra);
    return std::pair(merge(chosen, inner_updates, updates), Tree{{"inner_state", inner_state}});
  };
  return {init, update};
}

GradientTransformation freeze(Mask mask) { return masked(set_to_zero(), std::move(mask)); }

GradientTransformation selective_transform(GradientTransformation optimizer, Mask freeze_mask) {
  auto frozen = [freeze_mask](const Tree& t) { return tree::broadcast(freeze_mask.of(t), t); };
  auto trained = [frozen](const Tree& t) {
    return tree::map([](const Array& m) { return Array(!static_cast<bool>(m)); }, frozen(t));
  };
  std::map<std::string, GradientTransformation> groups{
      {"freeze", masked(set_to_zero(), Mask(Mask::TreeFn(frozen)))},
      {"train", masked(std::move(optimizer), Mask(Mask::TreeFn(trained)))}};
  return grouped(std::move(groups));
}

}  // namespace linum::optim
