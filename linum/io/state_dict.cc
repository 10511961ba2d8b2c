#include "linum/io/state_dict.h"

namespace linum::io {
namespace {

std::string child(const std::string& path, const std::string& key) {
  return path.empty() ? key : str_cat(path, "/", key);
}

std::string place(const std::string& path) {
  return path.empty() ? std::string("at the root") : str_cat("at '", path, "'");
}

bool has_leaves(const Tree& t) { return !tree::leaves(t).empty(); }

Tree restore(const Tree& target, const Tree* state, const std::string& path);

Tree restore_leaf(const Tree& target, const Tree& state, const std::string& path) {
  if (!state.is_leaf()) {
    throw TreeError(
        str_cat("the state has ", state.to_string(), " ", place(path), ", expected an array"));
  }
  const Array &want = target.array(), &have = state.array();
  if (want.defined() && want.shape() != have.shape()) {
    throw TreeError(str_cat("the state has shape ", to_text(have.shape()), " ", place(path),
                            ", expected ", to_text(want.shape())));
  }
  return state;
}

// Entries without leaves may be missing, others may not; nothing may be left over.
void check_entries(const Tree& target, const Tree* state, const std::string& path) {
  std::size_t known = 0;
  for (std::size_t i = 0; state && i < target.size(); ++i) {
    known += state->contains(std::to_string(i));
  }
  if (state && known != state->size()) {
    throw TreeError(str_cat("the state has ", state->size(), " entries ", place(path),
                            ", expected a list of ", target.size()));
  }
}

Tree restore_list(const Tree& target, const Tree* state, const std::string& path) {
  check_entries(target, state, path);
  Tree::List out;
  for (std::size_t i = 0; i < target.size(); ++i) {
    std::string key = std::to_string(i);
    out.push_back(restore(target[i], state ? state->find(key) : nullptr, child(path, key)));
  }
  return Tree(std::move(out));
}

Tree restore_dict(const Tree& target, const Tree* state, const std::string& path) {
  Tree::Dict out;
  for (auto& [key, entry] : target.as_dict()) {
    const Tree* found = nullptr;
    if (state && state->is_dict()) {
      auto it = state->as_dict().find(key);
      if (it != state->as_dict().end()) found = &it->second;
    }
    out.emplace_hint(out.end(), key, restore(entry, found, child(path, key)));
  }
  return Tree(std::move(out));
}

Tree restore(const Tree& target, const Tree* state, const std::string& path) {
  if (target.is_static() || target.is_none()) return target;
  if (!state && has_leaves(target)) {
    throw TreeError(
        str_cat("the state has no entry ", place(path), ", expected ", target.to_string()));
  }
  if (target.is_leaf()) return restore_leaf(target, *state, path);
  if (target.is_list()) return restore_list(target, state, path);
  return restore_dict(target, state, path);
}

}  // namespace

Tree to_state_dict(const Tree& target) {
  if (target.is_leaf() || target.is_none()) return target;
  Tree::Dict out;
  auto add = [&](const std::string& key, const Tree& entry) {
    if (!entry.is_static()) out.emplace(key, to_state_dict(entry));
  };
  if (target.is_list()) {
    for (std::size_t i = 0; i < target.size(); ++i) add(std::to_string(i), target[i]);
  } else if (target.is_dict()) {
    for (auto& [key, entry] : target.as_dict()) add(key, entry);
  }
  return Tree(std::move(out));
}

Tree from_state_dict(const Tree& target, const Tree& state) { return restore(target, &state, ""); }

Tree flatten_dict(const Tree& nested) {
  Tree::Dict out;
  for (auto& [path, x] : tree::leaves_with_path(nested)) out.emplace(path, x);
  return Tree(std::move(out));
}

Tree unflatten_dict(const Tree& flat) {
  Tree out = Tree::empty_dict();
  for (auto& [path, entry] : flat.as_dict()) out.set(path, entry);
  return out;
}

}  // namespace linum::io
