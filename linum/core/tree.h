// Tree: the pytree. Arrays in ordered dictionaries, lists and nothing.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "linum/core/array.h"

namespace linum {

// A part of a tree that is no array and does not change from call to call: functions, settings.
// It belongs to the tree's structure: jit compiles anew when it differs.
class Static {
 public:
  virtual ~Static() = default;
  virtual bool equals(const Static&) const = 0;
  virtual std::string to_string() const = 0;
};

// A value: copying is cheap (shared until written), writing never shows in other copies.
class Tree {
 public:
  using List = std::vector<Tree>;
  using Dict = std::map<std::string, Tree>;  // by key, as JAX flattens dictionaries

  // What a variant does is compiled once, in tree.cc, not wherever a tree is passed.
  Tree();  // nothing (None): a tree without leaves
  Tree(const Tree&);
  Tree(Tree&&) noexcept;
  Tree& operator=(const Tree&);
  Tree& operator=(Tree&&) noexcept;
  ~Tree();
  Tree(Array leaf);
  Tree(std::initializer_list<std::pair<const std::string, Tree>> items);
  Tree(Dict dict);
  Tree(List list);
  Tree(std::shared_ptr<const Static> fixed);
  static Tree list(List items);
  static Tree empty_dict();

  bool is_none() const;
  bool is_leaf() const;
  bool is_list() const;
  bool is_dict() const;
  bool is_static() const;

  // Throw TreeError that says what this is instead.
  const Array& array() const;
  const List& as_list() const;
  const Dict& as_dict() const;
  const std::shared_ptr<const Static>& as_static() const;
  List& mutable_list();
  Dict& mutable_dict();  // of nothing: makes it an empty dictionary

  // A leaf reads as its array.
  operator const Array&() const { return array(); }

  // Entry of a dictionary; throws TreeError that lists the keys there are. `key` may be a path:
  // "Dense_0/kernel".
  const Tree& operator[](const std::string& key) const;
  const Tree& operator[](const char* key) const { return (*this)[std::string(key)]; }
  const Tree& operator[](std::size_t index) const;
  const Tree& operator[](int index) const { return (*this)[static_cast<std::size_t>(index)]; }
  bool contains(const std::string& path) const;
  const Tree* find(const std::string& path) const;  // null when absent
  // Puts `value` at this path, making dictionaries on the way.
  void set(const std::string& path, Tree value);
  void erase(const std::string& path);
  std::size_t size() const;  // entries of a list or dictionary

  // "{'Dense_0': {'kernel': f32[3,4]}}": the structure, with types for leaves.
  std::string to_string() const;

 private:
  std::variant<std::monostate, Array, std::shared_ptr<List>, std::shared_ptr<Dict>,
               std::shared_ptr<const Static>>
      node_;
};

// The shape of a tree without its leaves.
class TreeDef {
 public:
  TreeDef() = default;
  explicit TreeDef(const Tree&);
  std::size_t num_leaves() const { return num_leaves_; }
  // The tree with these leaves; throws TreeError on a wrong count.
  Tree unflatten(std::span<const Array> leaves) const;
  // True when `tree` has this structure.
  bool matches(const Tree& tree) const;
  std::string to_string() const;
  friend bool operator==(const TreeDef& a, const TreeDef& b) { return a.matches(b.skeleton_); }

 private:
  Tree skeleton_;  // undefined arrays for leaves
  std::size_t num_leaves_ = 0;
};

// jax.tree
namespace tree {

std::vector<Array> leaves(const Tree&);
void append_leaves(const Tree&, std::vector<Array>& out);
inline TreeDef structure(const Tree& t) { return TreeDef(t); }
std::pair<std::vector<Array>, TreeDef> flatten(const Tree&);
Tree unflatten(const TreeDef&, std::span<const Array> leaves);

using MapFn = std::function<Array(const Array&)>;
// f of every leaf. f may return an undefined Array: nothing in that place.
Tree map(const MapFn& f, const Tree& t);
// f of the leaves in the same place; throws TreeError that shows both structures (and the first
// path where they differ) unless they are equal.
Tree map(const std::function<Array(const Array&, const Array&)>& f, const Tree& a, const Tree& b);
Tree map(const std::function<Array(const Array&, const Array&, const Array&)>& f, const Tree& a,
         const Tree& b, const Tree& c);
// For any number of trees.
Tree map_n(const std::function<Array(std::span<const Array>)>& f, std::span<const Tree> trees);
// The path is "params/Dense_0/kernel"; list entries count from 0.
Tree map_with_path(const std::function<Array(const std::string& path, const Array&)>& f,
                   const Tree& t);
std::vector<std::pair<std::string, Array>> leaves_with_path(const Tree&);
Array reduce(const std::function<Array(const Array&, const Array&)>& f, const Tree& t,
             Array initial);
// f of neighbours, in as few rounds as there can be: for an f that is associative. The identity is
// for a tree without leaves alone; without it that throws ValueError.
Array reduce_associative(const std::function<Array(const Array&, const Array&)>& f, const Tree& t,
                         Array identity = {});
// True when every (concrete) leaf is true.
bool all(const Tree&);
// A tree of trees, inside out.
Tree transpose(const TreeDef& outer, const TreeDef& inner, const Tree& t);
// The leaves of `prefix` (arrays or nothing) repeated over the subtrees of `full`.
Tree broadcast(const Tree& prefix, const Tree& full);
// Throws TreeError naming `what`, both structures and the first difference.
void check_same_structure(const Tree& a, const Tree& b, std::string_view what);

}  // namespace tree
}  // namespace linum
