#include "linum/optim/combine.h"

#include <set>

#include "linum/optim/masking.h"

namespace linum::optim {

GradientTransformation chain(std::vector<GradientTransformation> transforms) {
  auto init = [transforms](const Tree& params) {
    Tree::List states;
    for (auto& tx : transforms) states.push_back(tx.init(params));
    return Tree(std::move(states));
  };
  auto update = [transforms](Tree updates, const Tree& state, const Tree& params,
                             const ExtraArgs& extra) {
    if (!state.is_list() || state.size() != transforms.size()) {
      throw ValueError(str_cat("the optimizer state does not fit this chain of ", transforms.size(),
                               " transformations: ", state.to_string(),
                               "; make it with init() of the same optimizer"));
    }
    Tree::List states;
    for (std::size_t i = 0; i < transforms.size(); ++i) {
      auto [next, new_state] = transforms[i].update(updates, state[i], params, extra);
      updates = std::move(next);
      states.push_back(std::move(new_state));
    }
    return std::pair(std::move(updates), Tree(std::move(states)));
  };
  return {init, update};
}

GradientTransformation named_chain(
    std::vector<std::pair<std::string, GradientTransformation>> transforms) {
  std::set<std::string> names;
  for (auto& [name, tx] : transforms) {
    if (!names.insert(name).second) {
      throw ValueError(str_cat("named_chain needs unique names, got '", name, "' twice"));
    }
  }
  auto init = [transforms](const Tree& params) {
    Tree::Dict states;
    for (auto& [name, tx] : transforms) states.emplace(name, tx.init(params));
    return Tree(std::move(states));
  };
  auto update = [transforms](Tree updates, const Tree& state, const Tree& params,
                             const ExtraArgs& extra) {
    Tree::Dict states;
    for (auto& [name, tx] : transforms) {
      auto [next, new_state] = tx.update(updates, state[name], params, extra);
      updates = std::move(next);
      states.emplace(name, std::move(new_state));
    }
    return std::pair(std::move(updates), Tree(std::move(states)));
  };
  return {init, update};
}

namespace {

using Groups = std::map<std::string, GradientTransformation>;

void check_labels(const Tree& params, const ParamLabels& labels, const Groups& groups) {
  std::string known;
  for (auto& [name, tx] : groups) known += str_cat(known.empty() ? "'" : ", '", name, "'");
  for (auto& [path, x] : tree::leaves_with_path(params)) {
    std::string label = labels(path, x);
    if (groups.contains(label)) continue;
    throw ValueError(str_cat("parameter '", path, "' has the label '", label,
                             "', but the transformations are for ", known));
  }
}

}  // namespace

GradientTransformation grouped(Groups groups) {
  auto init = [groups](const Tree& params) {
    Tree::Dict states;
    for (auto& [name, tx] : groups) states.emplace(name, tx.init(params));
    return Tree{{"inner_states", Tree(std::move(states))}};
  };
  auto update = [groups](Tree updates, const Tree& state, const Tree& params,
                         const ExtraArgs& extra) {
    Tree::Dict states;
    for (auto& [name, tx] : groups) {
      auto [next, new_state] = tx.update(updates, state["inner_states"][name], params, extra);
      updates = std::move(next);
      states.emplace(name, std::move(new_state));
    }
    return std::pair(std::move(updates), Tree{{"inner_states", Tree(std::move(states))}});
  };
  return {init, update};
}

GradientTransformation partition(Groups transforms, ParamLabels labels) {
  Groups groups;
  for (auto& [name, tx] : transforms) {
    auto is_member = [labels, name = name](const std::string& path, const Array& x) {
      return labels(path, x) == name;
    };
    groups.emplace(name, masked(tx, Mask::by_path(is_member)));
  }
  GradientTransformation all = grouped(groups);
  auto init = [all, groups, labels](const Tree& params) {
    check_labels(params, labels, groups);
    return all.init(params);
  };
  auto update = [all](const Tree& updates, const Tree& state, const Tree& params,
                      const ExtraArgs& extra) { return all.update(updates, state, params, extra); };
  return {init, update};
}

}  // namespace linum::optim
