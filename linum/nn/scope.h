// Scope: the functional core of modules (flax.core.scope). A cursor into a tree of variables, with
// the random streams and the names in use at its place.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "linum/core/tree.h"
#include "linum/nn/filter.h"
#include "linum/nn/rng.h"

namespace linum {
class Trace;
}

namespace linum::nn {

class Scope;
using ScopeRef = std::shared_ptr<Scope>;

// One variable of a scope: read with value(), written with set_value() where mutable.
class Variable {
 public:
  Variable(ScopeRef scope, std::string collection, std::string name);

  Array value() const;  // of a variable that is one array
  Tree tree() const;
  void set_value(Tree value);
  bool is_mutable() const;
  const std::string& collection() const { return collection_; }
  const std::string& name() const { return name_; }

 private:
  ScopeRef scope_;
  std::string collection_, name_;
};

// Makes a variable's first value.
using InitFn = std::function<Tree()>;
// Makes a parameter from a random key.
using ParamInitFn = std::function<Array(const Array& key)>;

struct ScopeOptions {
  Rngs rngs = {};
  Filter mutable_collections = false;
  std::set<std::string> flags = {};  // "initializing" under init
};

class Scope : public std::enable_shared_from_this<Scope> {
 public:
  // The root over `variables`, a dictionary of collections. Throws
  // ApplyScopeInvalidVariablesTypeError for anything else.
  static ScopeRef root(const Tree& variables, const ScopeOptions& options);

  // --- place ----------------------------------------------------------------------------------
  const std::string& name() const { return name_; }  // "" at the root
  const std::vector<std::string>& path() const { return path_; }
  std::string path_text() const;  // "/Block_0/Dense_1"
  const ScopeRef& parent() const { return parent_; }
  bool has_flag(const std::string& flag) const { return flags_->contains(flag); }

  // --- names ----------------------------------------------------------------------------------
  // Whether a child (no collection) or a variable may not have this name: children take a name
  // alone, variables share it with variables of other collections.
  bool name_reserved(const std::string& name,
                     const std::optional<std::string>& collection = std::nullopt) const;
  void reserve(const std::string& name,
               const std::optional<std::string>& collection = std::nullopt);
  // prefix + the first number that makes it free.
  std::string default_name(const std::string& prefix) const;
  // A child. With `reuse`, a name that is taken gives the same place again.
  ScopeRef push(const std::string& name, bool reuse = false);
  // Forgets the reserved names: what is declared next shares the variables declared before.
  void rewind() { reservations_.clear(); }
  // A rewound copy; its random streams too start over if asked.
  ScopeRef rewound(bool rewind_rngs = false) const;
  // The same place for the current transform: over these variables (as variables() gives them) and
  // random streams, with the same counts of keys drawn. For lifted transforms (lift.h).
  ScopeRef lifted(const Tree& variables, std::map<std::string, LazyRng> rngs,
                  const Filter& mutable_collections) const;

  // --- variables ------------------------------------------------------------------------------
  const Filter& mutable_collections() const { return root_->mutable_collections; }
  bool is_mutable_collection(const std::string& collection) const;
  bool is_collection_empty(const std::string& collection) const;  // in the whole model
  bool has_collection(const std::string& collection) const;       // in the whole model
  bool has_variable(const std::string& collection, const std::string& name) const;
  Tree get_variable(const std::string& collection, const std::string& name,
                    Tree otherwise = {}) const;
  void put_variable(const std::string& collection, const std::string& name, Tree value);
  Variable variable(const std::string& collection, const std::string& name, const InitFn& init);
  // `shape`: what init makes, when that is known without running it.
  Array param(const std::string& name, const ParamInitFn& init,
              const std::optional<Shape>& shape = std::nullopt);
  // All variables here and below, by collection; only the mutable ones.
  Tree variables() const;
  Tree mutable_variables() const;

  // --- random streams -------------------------------------------------------------------------
  bool has_rng(const std::string& name) const { return rngs_.contains(name); }
  // A new key each time. A stream that was not given falls back on "params".
  Array make_rng(const std::string& name = "params");
  const std::map<std::string, LazyRng>& rngs() const { return rngs_; }
  // How many keys each stream has drawn here and below, to set them back later.
  class RngState;
  RngState rng_state() const;
  void set_rng_state(const RngState& state);

  // --- life -----------------------------------------------------------------------------------
  // Ends the root and everything under it: what survives throws InvalidScopeError.
  void invalidate() { root_->alive = false; }

 private:
  // What all scopes of one root share. Its collections begin `depth` names along the path.
  struct Root {
    Tree::Dict collections;
    Filter mutable_collections;
    std::size_t depth = 0;
    bool alive = true;
  };
  // Keys drawn by each stream here and in the children; survives rewinding.
  struct RngCounters {
    std::map<std::string, std::uint64_t> drawn;
    std::map<std::string, std::shared_ptr<RngCounters>> children;
    void copy_to(RngCounters& other) const;
  };

  Scope() = default;
  void check_usable() const;
  std::span<const std::string> path_in_root() const;
  const Tree* find_collection(const std::string& collection) const;
  void check_param_shape(const std::string& name, const Array& value, const ParamInitFn& init,
                         const std::optional<Shape>& shape) const;
  Array create_param(const std::string& name, const ParamInitFn& init);
  Tree select(const Filter& filter) const;

  std::shared_ptr<Root> root_;
  std::shared_ptr<const std::set<std::string>> flags_;
  ScopeRef parent_;
  std::string name_;
  std::vector<std::string> path_;
  std::map<std::string, LazyRng> rngs_;
  std::shared_ptr<RngCounters> counters_;
  std::map<std::string, std::set<std::optional<std::string>>> reservations_;
  const Trace* trace_ = nullptr;  // the transform it was opened in; only compared
};

class Scope::RngState {
 private:
  friend class Scope;
  RngCounters counters_;
};

}  // namespace linum::nn
