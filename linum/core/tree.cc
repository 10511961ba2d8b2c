#include "linum/core/tree.h"

namespace linum {
namespace {

std::string kind_of(const Tree& t) {
  if (t.is_none()) return "nothing";
  if (t.is_leaf()) return t.array().defined() ? str_cat("an array ", t.array().aval()) : "a leaf";
  if (t.is_list()) return str_cat("a list of ", t.size());
  if (t.is_static()) return str_cat("the static value ", t.as_static()->to_string());
  std::string keys;
  for (auto& [key, value] : t.as_dict()) keys += str_cat(keys.empty() ? "'" : ", '", key, "'");
  return str_cat("a dictionary with keys {", keys, "}");
}

[[noreturn]] void wrong_kind(const Tree& t, std::string_view wanted) {
  throw TreeError(str_cat("a tree is read as ", wanted, " but is ", kind_of(t)));
}

std::pair<std::string, std::string> split_path(const std::string& path) {
  auto slash = path.find('/');
  if (slash == std::string::npos) return {path, ""};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

template <class T>
T& own(std::shared_ptr<T>& p) {
  if (p.use_count() > 1) p = std::make_shared<T>(*p);
  return *p;
}

bool is_index(const std::string& s) {
  return !s.empty() && s.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

Tree::Tree() = default;
Tree::Tree(const Tree&) = default;
Tree::Tree(Tree&&) noexcept = default;
Tree& Tree::operator=(const Tree&) = default;
Tree& Tree::operator=(Tree&&) noexcept = default;
Tree::~Tree() = default;

Tree::Tree(Array leaf) : node_(std::move(leaf)) {}
Tree::Tree(std::initializer_list<std::pair<const std::string, Tree>> items) : Tree(Dict(items)) {}
Tree::Tree(Dict dict) : node_(std::make_shared<Dict>(std::move(dict))) {}
Tree::Tree(List list) : node_(std::make_shared<List>(std::move(list))) {}
Tree::Tree(std::shared_ptr<const Static> fixed) : node_(std::move(fixed)) {}
Tree Tree::list(List items) { return Tree(std::move(items)); }
Tree Tree::empty_dict() { return Tree(Dict{}); }

bool Tree::is_none() const { return std::holds_alternative<std::monostate>(node_); }
bool Tree::is_leaf() const { return std::holds_alternative<Array>(node_); }
bool Tree::is_list() const { return std::holds_alternative<std::shared_ptr<List>>(node_); }
bool Tree::is_dict() const { return std::holds_alternative<std::shared_ptr<Dict>>(node_); }
bool Tree::is_static() const {
  return std::holds_alternative<std::shared_ptr<const Static>>(node_);
}

const Array& Tree::array() const {
  if (auto* a = std::get_if<Array>(&node_)) return *a;
  wrong_kind(*this, "an array");
}
const Tree::List& Tree::as_list() const {
  if (auto* l = std::get_if<std::shared_ptr<List>>(&node_)) return **l;
  wrong_kind(*this, "a list");
}
const Tree::Dict& Tree::as_dict() const {
  if (auto* d = std::get_if<std::shared_ptr<Dict>>(&node_)) return **d;
  wrong_kind(*this, "a dictionary");
}
const std::shared_ptr<const Static>& Tree::as_static() const {
  if (auto* s = std::get_if<std::shared_ptr<const Static>>(&node_)) return *s;
  wrong_kind(*this, "a static value");
}
Tree::List& Tree::mutable_list() {
  as_list();
  return own(std::get<std::shared_ptr<List>>(node_));
}
Tree::Dict& Tree::mutable_dict() {
  if (is_none()) *this = empty_dict();
  as_dict();
  return own(std::get<std::shared_ptr<Dict>>(node_));
}

const Tree* Tree::find(const std::string& path) const {
  const Tree* at = this;
  std::string rest = path;
  while (!rest.empty()) {
    if (at->is_dict()) {  // a key that contains '/' wins over a path
      auto whole = at->as_dict().find(rest);
      if (whole != at->as_dict().end()) return &whole->second;
    }
    auto [key, tail] = split_path(rest);
    if (at->is_list() && is_index(key)) {
      std::size_t i = std::stoul(key);
      if (i >= at->size()) return nullptr;
      at = &at->as_list()[i];
    } else if (at->is_dict()) {
      auto it = at->as_dict().find(key);
      if (it == at->as_dict().end()) return nullptr;
      at = &it->second;
    } else {
      return nullptr;
    }
    rest = tail;
  }
  return at;
}
bool Tree::contains(const std::string& path) const { return find(path) != nullptr; }

const Tree& Tree::operator[](const std::string& key) const {
  if (const Tree* t = find(key)) return *t;
  throw TreeError(str_cat("no entry '", key, "' in ", kind_of(*this)));
}
const Tree& Tree::operator[](std::size_t index) const {
  const List& l = as_list();
  if (index < l.size()) return l[index];
  throw TreeError(str_cat("index ", index, " is out of range for ", kind_of(*this)));
}

void Tree::set(const std::string& path, Tree value) {
  auto [key, rest] = split_path(path);
  Tree& slot = is_list() && is_index(key) && std::stoul(key) < size()
                   ? mutable_list()[std::stoul(key)]
                   : mutable_dict()[key];
  if (rest.empty()) {
    slot = std::move(value);
  } else {
    slot.set(rest, std::move(value));
  }
}

void Tree::erase(const std::string& path) {
  (*this)[path];
  auto [key, rest] = split_path(path);
  if (is_list() && !rest.empty()) {
    mutable_list()[std::stoul(key)].erase(rest);
  } else if (rest.empty() || as_dict().count(path)) {
    mutable_dict().erase(path);
  } else {
    mutable_dict()[key].erase(rest);
  }
}

std::size_t Tree::size() const {
  if (is_list()) return as_list().size();
  if (is_none()) return 0;
  return as_dict().size();
}

std::string Tree::to_string() const {
  if (is_none()) return "None";
  if (is_leaf()) return array().defined() ? array().aval().to_string() : "*";
  if (is_static()) return as_static()->to_string();
  std::string out;
  if (is_list()) {
    for (const Tree& t : as_list()) out += str_cat(out.empty() ? "" : ", ", t.to_string());
    return str_cat("[", out, "]");
  }
  for (auto& [key, t] : as_dict())
    out += str_cat(out.empty() ? "'" : ", '", key, "': ", t.to_string());
  return str_cat("{", out, "}");
}

// --- TreeDef ---------------------------------------------------------------------------------

namespace {

// Rebuilds t with f(path-free leaf) for leaves; everything else as it is.
template <class F>
Tree rebuild(const Tree& t, F& f) {
  if (t.is_leaf()) return f(t);
  if (t.is_list()) {
    Tree::List out;
    out.reserve(t.size());
    for (const Tree& e : t.as_list()) out.push_back(rebuild(e, f));
    return Tree(std::move(out));
  }
  if (t.is_dict()) {
    Tree::Dict out;
    for (auto& [key, e] : t.as_dict()) out.emplace_hint(out.end(), key, rebuild(e, f));
    return Tree(std::move(out));
  }
  return t;
}

bool same_structure(const Tree& a, const Tree& b) {
  if (a.is_leaf() || b.is_leaf()) return a.is_leaf() && b.is_leaf();
  if (a.is_none() || b.is_none()) return a.is_none() && b.is_none();
  if (a.is_list() != b.is_list() || a.is_dict() != b.is_dict()) return false;
  if (a.is_static()) {
    return a.as_static() == b.as_static() || a.as_static()->equals(*b.as_static());
  }
  if (a.size() != b.size()) return false;
  if (a.is_list()) {
    for (std::size_t i = 0; i < a.size(); ++i)
      if (!same_structure(a.as_list()[i], b.as_list()[i])) return false;
    return true;
  }
  auto j = b.as_dict().begin();
  for (auto& [key, e] : a.as_dict()) {
    if (key != j->first || !same_structure(e, j->second)) return false;
    ++j;
  }
  return true;
}

}  // namespace

TreeDef::TreeDef(const Tree& t) {
  auto placeholder = [&](const Tree&) {
    ++num_leaves_;
    return Tree(Array());
  };
  skeleton_ = rebuild(t, placeholder);
}

Tree TreeDef::unflatten(std::span<const Array> leaves) const {
  if (leaves.size() != num_leaves_) {
    throw TreeError(str_cat("unflatten needs ", num_leaves_, " leaves for ", to_string(), ", got ",
                            leaves.size()));
  }
  std::size_t next = 0;
  auto fill = [&](const Tree&) { return Tree(leaves[next++]); };
  return rebuild(skeleton_, fill);
}
bool TreeDef::matches(const Tree& tree) const { return same_structure(skeleton_, tree); }
std::string TreeDef::to_string() const { return skeleton_.to_string(); }

// --- jax.tree --------------------------------------------------------------------------------

namespace tree {

void append_leaves(const Tree& t, std::vector<Array>& out) {
  if (t.is_leaf()) {
    out.push_back(t.array());
  } else if (t.is_list()) {
    for (const Tree& e : t.as_list()) append_leaves(e, out);
  } else if (t.is_dict()) {
    for (auto& [key, e] : t.as_dict()) append_leaves(e, out);
  }
}
std::vector<Array> leaves(const Tree& t) {
  std::vector<Array> out;
  append_leaves(t, out);
  return out;
}
std::pair<std::vector<Array>, TreeDef> flatten(const Tree& t) { return {leaves(t), TreeDef(t)}; }
Tree unflatten(const TreeDef& def, std::span<const Array> l) { return def.unflatten(l); }

Tree map(const MapFn& f, const Tree& t) {
  auto apply = [&](const Tree& leaf) {
    Array y = f(leaf.array());
    return y.defined() ? Tree(std::move(y)) : Tree();
  };
  return rebuild(t, apply);
}

Tree map_n(const std::function<Array(std::span<const Array>)>& f, std::span<const Tree> trees) {
  for (std::size_t i = 1; i < trees.size(); ++i)
    check_same_structure(trees[0], trees[i], "tree::map");
  std::vector<std::vector<Array>> columns;
  for (const Tree& t : trees) columns.push_back(leaves(t));
  std::size_t next = 0;
  std::vector<Array> row(trees.size());
  return map(
      [&](const Array&) {
        for (std::size_t i = 0; i < row.size(); ++i) row[i] = columns[i][next];
        ++next;
        return f(row);
      },
      trees[0]);
}
Tree map(const std::function<Array(const Array&, const Array&)>& f, const Tree& a, const Tree& b) {
  Tree trees[] = {a, b};
  return map_n([&](std::span<const Array> x) { return f(x[0], x[1]); }, trees);
}
Tree map(const std::function<Array(const Array&, const Array&, const Array&)>& f, const Tree& a,
         const Tree& b, const Tree& c) {
  Tree trees[] = {a, b, c};
  return map_n([&](std::span<const Array> x) { return f(x[0], x[1], x[2]); }, trees);
}

template <class Visit>
static void walk(const Tree& t, const std::string& path, Visit& visit) {
  auto child = [&](const std::string& key) { return path.empty() ? key : str_cat(path, "/", key); };
  if (t.is_leaf()) visit(path, t.array());
  if (t.is_list())
    for (std::size_t i = 0; i < t.size(); ++i)
      walk(t.as_list()[i], child(std::to_string(i)), visit);
  if (t.is_dict())
    for (auto& [key, e] : t.as_dict()) walk(e, child(key), visit);
}

std::vector<std::pair<std::string, Array>> leaves_with_path(const Tree& t) {
  std::vector<std::pair<std::string, Array>> out;
  auto visit = [&](const std::string& path, const Array& x) { out.emplace_back(path, x); };
  walk(t, "", visit);
  return out;
}

Tree map_with_path(const std::function<Array(const std::string&, const Array&)>& f, const Tree& t) {
  auto named = leaves_with_path(t);
  std::size_t next = 0;
  return map(
      [&](const Array& x) {
        const std::string& path = named[next++].first;
        return f(path, x);
      },
      t);
}

Array reduce(const std::function<Array(const Array&, const Array&)>& f, const Tree& t,
             Array initial) {
  for (const Array& x : leaves(t)) initial = f(initial, x);
  return initial;
}

Array reduce_associative(const std::function<Array(const Array&, const Array&)>& f, const Tree& t,
                         Array identity) {
  std::vector<Array> values = leaves(t);
  if (values.empty() && !identity.defined()) {
    throw ValueError("reduce_associative of a tree without leaves needs an identity");
  }
  if (values.empty()) return identity;
  while (values.size() > 1) {
    std::vector<Array> next;
    for (std::size_t i = 0; i + 1 < values.size(); i += 2)
      next.push_back(f(values[i], values[i + 1]));
    if (values.size() % 2 == 1) next.push_back(values.back());
    values = std::move(next);
  }
  return values[0];
}

bool all(const Tree& t) {
  for (const Array& x : leaves(t)) {
    HostArray host = x.to_host();
    for (std::int64_t i = 0; i < host.size(); ++i)
      if (host.number(i) == 0) return false;
  }
  return true;
}

Tree transpose(const TreeDef& outer, const TreeDef& inner, const Tree& t) {
  std::vector<Array> flat = leaves(t);
  std::size_t rows = outer.num_leaves(), columns = inner.num_leaves();
  if (flat.size() != rows * columns) {
    throw TreeError(
        str_cat("tree::transpose needs ", rows * columns, " leaves, got ", flat.size()));
  }
  std::vector<Tree> parts;
  std::vector<Array> column(rows);
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t r = 0; r < rows; ++r) column[r] = flat[r * columns + c];
    parts.push_back(outer.unflatten(column));
  }
  std::vector<Array> numbers(columns, Array(0));
  std::size_t next = 0;
  auto place = [&](const Tree&) { return parts[next++]; };
  return rebuild(inner.unflatten(numbers), place);
}

Tree broadcast(const Tree& prefix, const Tree& full) {
  if (prefix.is_leaf() || prefix.is_none()) {
    auto fill = [&](const Tree&) { return prefix; };
    return rebuild(full, fill);
  }
  if (prefix.is_list() && full.is_list() && prefix.size() == full.size()) {
    Tree::List out;
    for (std::size_t i = 0; i < full.size(); ++i)
      out.push_back(broadcast(prefix.as_list()[i], full.as_list()[i]));
    return Tree(std::move(out));
  }
  if (prefix.is_dict() && full.is_dict() && prefix.size() == full.size()) {
    Tree::Dict out;
    for (auto& [key, e] : full.as_dict()) out.emplace(key, broadcast(prefix[key], e));
    return Tree(std::move(out));
  }
  throw TreeError(
      str_cat("a prefix tree ", prefix.to_string(), " does not fit ", full.to_string()));
}

// The first place where the structures differ, in words.
static std::string difference(const Tree& a, const Tree& b, const std::string& path) {
  auto child = [&](const std::string& key) { return path.empty() ? key : str_cat(path, "/", key); };
  if (a.is_dict() && b.is_dict()) {
    for (auto& [key, e] : a.as_dict()) {
      auto it = b.as_dict().find(key);
      if (it == b.as_dict().end()) return str_cat("'", child(key), "' is only in the first");
      std::string inner = difference(e, it->second, child(key));
      if (!inner.empty()) return inner;
    }
    for (auto& [key, e] : b.as_dict())
      if (!a.as_dict().count(key)) return str_cat("'", child(key), "' is only in the second");
    return "";
  }
  if (a.is_list() && b.is_list() && a.size() == b.size()) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      std::string inner = difference(a.as_list()[i], b.as_list()[i], child(std::to_string(i)));
      if (!inner.empty()) return inner;
    }
    return "";
  }
  if (same_structure(a, b)) return "";
  return str_cat("at '", path, "' the first has ", kind_of(a), ", the second ", kind_of(b));
}

void check_same_structure(const Tree& a, const Tree& b, std::string_view what) {
  if (same_structure(a, b)) return;
  throw TreeError(str_cat(what, ": the trees have different structures: ", difference(a, b, ""),
                          "\n  first:  ", a.to_string(), "\n  second: ", b.to_string()));
}

}  // namespace tree
}  // namespace linum
