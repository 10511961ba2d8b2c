#include "linum/optim/tree_state.h"

namespace linum::optim {
namespace {

std::string child(const std::string& path, const std::string& key) {
  return path.empty() ? key : str_cat(path, "/", key);
}

// Rebuilds `t` with visit(path, key, entry) for the entries of dictionaries: the entry's
// replacement, or nothing to go on inside it.
using Visit = std::function<std::optional<Tree>(const std::string& path, const std::string& key,
                                                const Tree& entry)>;
Tree walk(const Tree& t, const std::string& path, const Visit& visit) {
  if (t.is_list()) {
    Tree::List out;
    for (std::size_t i = 0; i < t.size(); ++i) {
      out.push_back(walk(t[i], child(path, std::to_string(i)), visit));
    }
    return Tree(std::move(out));
  }
  if (!t.is_dict()) return t;
  Tree::Dict out;
  for (auto& [key, entry] : t.as_dict()) {
    std::string at = child(path, key);
    std::optional<Tree> replaced = visit(at, key, entry);
    out.emplace_hint(out.end(), key, replaced ? *replaced : walk(entry, at, visit));
  }
  return Tree(std::move(out));
}

// Stands for all parameters.
class ParamsPlaceholder final : public Static {
 public:
  bool equals(const Static& other) const override {
    return dynamic_cast<const ParamsPlaceholder*>(&other) != nullptr;
  }
  std::string to_string() const override { return "<params>"; }
};

bool is_placeholder(const Tree& t) {
  return t.is_static() && dynamic_cast<const ParamsPlaceholder*>(t.as_static().get());
}

struct ParamMapper {
  const ParamFn& f;
  const Tree& rest;
  const tree::MapFn& other;

  Tree operator()(const Tree& marked, const Tree& state) const {
    if (is_placeholder(marked)) {
      if (!rest.is_none()) return tree::map(f, state, rest);
      return tree::map([&](const Array& x) { return f(x, Array()); }, state);
    }
    if (marked.is_list()) {
      Tree::List out;
      for (std::size_t i = 0; i < marked.size(); ++i) out.push_back((*this)(marked[i], state[i]));
      return Tree(std::move(out));
    }
    if (!marked.is_dict()) return other ? tree::map(other, state) : state;
    Tree::Dict out;
    for (auto& [key, e] : marked.as_dict()) out.emplace(key, (*this)(e, state.as_dict().at(key)));
    return Tree(std::move(out));
  }
};

}  // namespace

std::vector<std::pair<std::string, Tree>> tree_get_all_with_path(const Tree& t,
                                                                 const std::string& key,
                                                                 const EntryFilter& filter) {
  std::vector<std::pair<std::string, Tree>> out;
  walk(t, "", [&](const std::string& path, const std::string& name, const Tree& entry) {
    if (name == key && (!filter || filter(path, entry))) out.emplace_back(path, entry);
    return std::optional<Tree>();
  });
  return out;
}

Tree tree_get(const Tree& t, const std::string& key, const Tree& otherwise,
              const EntryFilter& filter) {
  auto found = tree_get_all_with_path(t, key, filter);
  if (found.empty()) return otherwise;
  if (found.size() == 1) return found[0].second;
  std::string paths;
  for (auto& [path, entry] : found) paths += str_cat(paths.empty() ? "" : ", ", path);
  throw TreeError(
      str_cat("tree_get found several entries '", key, "': ", paths, "; choose one with a filter"));
}

Tree tree_set(const Tree& t, const std::string& key, const Tree& value, const EntryFilter& filter) {
  bool found = false;
  Tree out = walk(t, "", [&](const std::string& path, const std::string& name, const Tree& entry) {
    if (name != key || (filter && !filter(path, entry))) return std::optional<Tree>();
    found = true;
    return std::optional<Tree>(value);
  });
  if (found) return out;
  throw TreeError(str_cat("tree_set found no entry '", key, "' in ", t.to_string()));
}

Tree tree_map_params(const GradientTransformation& tx, const ParamFn& f, const Tree& state,
                     const Tree& rest, const tree::MapFn& other) {
  Tree params{std::shared_ptr<const Static>(std::make_shared<ParamsPlaceholder>())};
  return ParamMapper{f, rest, other}(tx.init(params), state);
}

Tree tree_map_subtrees(const SubtreeFn& f, const Tree& like, const Tree& t) {
  if (like.is_leaf()) return f(like, t);
  if (like.is_list()) {
    Tree::List out;
    for (std::size_t i = 0; i < like.size(); ++i)
      out.push_back(tree_map_subtrees(f, like[i], t[i]));
    return Tree(std::move(out));
  }
  if (!like.is_dict()) return like;
  Tree::Dict out;
  for (auto& [key, e] : like.as_dict())
    out.emplace(key, tree_map_subtrees(f, e, t.as_dict().at(key)));
  return Tree(std::move(out));
}

}  // namespace linum::optim
