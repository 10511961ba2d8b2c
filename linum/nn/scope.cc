#include "linum/nn/scope.h"

#include "linum/core/trace.h"
#include "linum/nn/errors.h"
#include "linum/transforms/eval_shape.h"

namespace linum::nn {

Variable::Variable(ScopeRef scope, std::string collection, std::string name)
    : scope_(std::move(scope)), collection_(std::move(collection)), name_(std::move(name)) {}
Array Variable::value() const { return tree().array(); }
Tree Variable::tree() const { return scope_->get_variable(collection_, name_); }
void Variable::set_value(Tree value) { scope_->put_variable(collection_, name_, std::move(value)); }
bool Variable::is_mutable() const { return scope_->is_mutable_collection(collection_); }

// --- place -----------------------------------------------------------------------------------

ScopeRef Scope::root(const Tree& variables, const ScopeOptions& options) {
  if (!variables.is_dict()) throw ApplyScopeInvalidVariablesTypeError(variables.to_string());
  for (auto& [name, collection] : variables.as_dict()) {
    if (!collection.is_dict() && !collection.is_none()) {
      throw ApplyScopeInvalidVariablesTypeError(variables.to_string());
    }
  }
  ScopeRef scope(new Scope());
  scope->root_ = std::make_shared<Root>();
  scope->root_->collections = variables.as_dict();
  scope->root_->mutable_collections = options.mutable_collections;
  scope->flags_ = std::make_shared<const std::set<std::string>>(options.flags);
  scope->counters_ = std::make_shared<RngCounters>();
  for (auto& [name, key] : options.rngs.keys()) scope->rngs_[name] = LazyRng{key, {}};
  scope->trace_ = current_trace().get();
  return scope;
}

std::string Scope::path_text() const {
  std::string out;
  for (const std::string& name : path_) out += str_cat("/", name);
  return out.empty() ? "/" : out;
}

void Scope::check_usable() const {
  if (!root_->alive) throw InvalidScopeError(path_text());
  if (current_trace().get() != trace_) throw JaxTransformError(path_text());
}

// --- names -----------------------------------------------------------------------------------

bool Scope::name_reserved(const std::string& name,
                          const std::optional<std::string>& collection) const {
  auto taken = reservations_.find(name);
  if (taken == reservations_.end()) return false;
  return !collection || taken->second.contains(std::nullopt) || taken->second.contains(collection);
}

void Scope::reserve(const std::string& name, const std::optional<std::string>& collection) {
  if (name_reserved(name, collection)) {
    throw NameInUseError(collection ? "variable" : "submodule", name, "of this scope", path_text());
  }
  reservations_[name].insert(collection);
}

std::string Scope::default_name(const std::string& prefix) const {
  for (int i = 0;; ++i) {
    std::string name = str_cat(prefix, i);
    if (!reservations_.contains(name)) return name;
  }
}

ScopeRef Scope::push(const std::string& name, bool reuse) {
  check_usable();
  if (!reuse || !reservations_.contains(name)) reserve(name);
  ScopeRef child(new Scope());
  child->root_ = root_;
  child->flags_ = flags_;
  child->parent_ = shared_from_this();
  child->name_ = name;
  child->path_ = path_;
  child->path_.push_back(name);
  for (auto& [stream, rng] : rngs_) child->rngs_[stream] = rng.with(name);
  auto& counters = counters_->children[name];
  if (!counters) counters = std::make_shared<RngCounters>();
  child->counters_ = counters;
  child->trace_ = trace_;
  return child;
}

ScopeRef Scope::rewound(bool rewind_rngs) const {
  check_usable();
  ScopeRef copy(new Scope(*this));
  copy->rewind();
  if (rewind_rngs) copy->counters_ = std::make_shared<RngCounters>();
  return copy;
}

ScopeRef Scope::lifted(const Tree& variables, std::map<std::string, LazyRng> rngs,
                       const Filter& mutable_collections) const {
  ScopeRef inner(new Scope());
  inner->root_ = std::make_shared<Root>();
  inner->root_->collections = variables.as_dict();
  inner->root_->mutable_collections = mutable_collections;
  inner->root_->depth = path_.size();
  inner->flags_ = flags_;
  inner->name_ = name_;
  inner->path_ = path_;
  inner->rngs_ = std::move(rngs);
  inner->counters_ = counters_;
  inner->trace_ = current_trace().get();
  return inner;
}

// --- variables -------------------------------------------------------------------------------

bool Scope::is_mutable_collection(const std::string& collection) const {
  return root_->mutable_collections.contains(collection);
}

bool Scope::has_collection(const std::string& collection) const {
  return root_->collections.contains(collection);
}

bool Scope::is_collection_empty(const std::string& collection) const {
  auto it = root_->collections.find(collection);
  return it == root_->collections.end() || it->second.size() == 0;
}

std::span<const std::string> Scope::path_in_root() const {
  return std::span<const std::string>(path_).subspan(root_->depth);
}

// This scope's part of a collection; null when there is none.
const Tree* Scope::find_collection(const std::string& collection) const {
  auto it = root_->collections.find(collection);
  if (it == root_->collections.end()) return nullptr;
  const Tree* at = &it->second;
  for (const std::string& name : path_in_root()) {
    if (!at->is_dict()) return nullptr;
    auto entry = at->as_dict().find(name);
    if (entry == at->as_dict().end()) return nullptr;
    at = &entry->second;
  }
  return at->is_dict() ? at : nullptr;
}

bool Scope::has_variable(const std::string& collection, const std::string& name) const {
  const Tree* here = find_collection(collection);
  return here && here->as_dict().contains(name);
}

Tree Scope::get_variable(const std::string& collection, const std::string& name,
                         Tree otherwise) const {
  const Tree* here = find_collection(collection);
  if (!here) return otherwise;
  auto it = here->as_dict().find(name);
  return it == here->as_dict().end() ? otherwise : it->second;
}

// Dictionaries merge entry by entry; everything else is replaced.
static void merge_into(Tree& target, Tree value) {
  if (!target.is_dict() || !value.is_dict()) {
    target = std::move(value);
    return;
  }
  for (auto& [key, entry] : value.as_dict()) merge_into(target.mutable_dict()[key], entry);
}

void Scope::put_variable(const std::string& collection, const std::string& name, Tree value) {
  check_usable();
  if (!is_mutable_collection(collection)) {
    throw ModifyScopeVariableError(collection, name, path_text());
  }
  Tree* at = &root_->collections[collection];
  for (const std::string& step : path_in_root()) at = &at->mutable_dict()[step];
  merge_into(at->mutable_dict()[name], std::move(value));
}

Variable Scope::variable(const std::string& collection, const std::string& name,
                         const InitFn& init) {
  reserve(name, collection);
  if (!has_variable(collection, name)) {
    if (!is_mutable_collection(collection) || !init) {
      if (is_collection_empty(collection)) {
        throw ScopeCollectionNotFound(collection, name, path_text());
      }
      throw ScopeVariableNotFoundError(name, collection, path_text());
    }
    put_variable(collection, name, init());
  }
  return Variable(shared_from_this(), collection, name);
}

// A layer whose attributes or inputs differ from those at init is caught here, before an operation
// deep in the layer complains. Dtypes may differ: half precision inference is legitimate.
void Scope::check_param_shape(const std::string& name, const Array& value, const ParamInitFn& init,
                              const std::optional<Shape>& shape) const {
  Shape expected = shape ? *shape : eval_shape(init, shape_struct({2}, DType::U32)).shape();
  if (value.shape() != expected) {
    throw ScopeParamShapeError(name, path_text(), value.shape(), expected);
  }
}

static std::string keys_of(const Tree* dict) {
  std::string out;
  if (!dict) return out;
  for (auto& [key, value] : dict->as_dict()) out += str_cat(out.empty() ? "\"" : ", \"", key, "\"");
  return out;
}

Array Scope::create_param(const std::string& name, const ParamInitFn& init) {
  if (!is_mutable_collection("params")) {
    if (is_collection_empty("params")) throw ScopeCollectionNotFound("params", name, path_text());
    throw ScopeParamNotFoundError(name, path_text(), keys_of(find_collection("params")));
  }
  Array value = init(make_rng("params"));
  put_variable("params", name, value);
  return value;
}

Array Scope::param(const std::string& name, const ParamInitFn& init,
                   const std::optional<Shape>& shape) {
  reserve(name, "params");
  if (!has_variable("params", name)) return create_param(name, init);
  Array value = get_variable("params", name).array();
  check_param_shape(name, value, init, shape);
  return value;
}

Tree Scope::select(const Filter& filter) const {
  Tree::Dict out;
  for (auto& [collection, all] : root_->collections) {
    if (!filter.contains(collection)) continue;
    if (path_in_root().empty()) {
      out.emplace(collection, all);
    } else if (const Tree* here = find_collection(collection)) {
      out.emplace(collection, *here);
    }
  }
  return Tree(std::move(out));
}
Tree Scope::variables() const { return select(true); }
Tree Scope::mutable_variables() const { return select(root_->mutable_collections); }

// --- random streams --------------------------------------------------------------------------

Array Scope::make_rng(const std::string& name) {
  std::string stream = has_rng(name) ? name : "params";
  if (!has_rng(stream)) {
    throw InvalidRngError(str_cat("Module \"", path_text(), "\" needs PRNG for \"", name,
                                  "\": pass it, as {.rngs = {{\"", name, "\", key}}}"));
  }
  check_usable();
  return rngs_.at(stream).with(++counters_->drawn[stream]).as_key();
}

void Scope::RngCounters::copy_to(RngCounters& other) const {
  other.drawn = drawn;
  for (auto& [name, child] : other.children) {
    if (!children.contains(name)) RngCounters().copy_to(*child);
  }
  for (auto& [name, child] : children) {
    auto& copy = other.children[name];
    if (!copy) copy = std::make_shared<RngCounters>();
    child->copy_to(*copy);
  }
}

Scope::RngState Scope::rng_state() const {
  RngState state;
  counters_->copy_to(state.counters_);
  return state;
}
void Scope::set_rng_state(const RngState& state) { state.counters_.copy_to(*counters_); }

}  // namespace linum::nn
