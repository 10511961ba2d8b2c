#include "linum/nn/module.h"

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/jit.h"

namespace linum::nn {

// --- ModuleBase ------------------------------------------------------------------------------

static thread_local int fresh_copies = 0;
detail::FreshCopies::FreshCopies() { ++fresh_copies; }
detail::FreshCopies::~FreshCopies() { --fresh_copies; }

detail::ModuleId ModuleBase::id_of_copy() const {
  detail::Session* session = detail::Session::current();
  bool has_place = fresh_copies == 0 && session && session->find(id_);
  return has_place ? id_ : detail::fresh_module_id();
}

const detail::Binding& ModuleBase::binding() const {
  detail::Session* session = detail::Session::current();
  detail::Binding* found = session ? session->find(id_) : nullptr;
  if (!found) throw CallCompactUnboundModuleError("this module");
  return *found;
}
const ScopeRef& ModuleBase::scope() const { return binding().scope; }

static void check_name_free(const detail::Binding& b, std::string_view kind,
                            const std::string& name, const std::string& collection) {
  if (b.scope->name_reserved(name, collection)) {
    throw NameInUseError(kind, name, b.class_name, b.scope->path_text());
  }
}

Array ModuleBase::param(const std::string& name, const Initializer& init, const Shape& shape,
                        DType dtype) const {
  const detail::Binding& b = binding();
  check_name_free(b, "param", name, "params");
  auto make = [&](const Array& key) { return init(key, shape, dtype); };
  return b.scope->param(name, make, shape);
}

Array ModuleBase::param(const std::string& name, const ParamInitFn& init) const {
  const detail::Binding& b = binding();
  check_name_free(b, "param", name, "params");
  return b.scope->param(name, init);
}

Variable ModuleBase::variable(const std::string& collection, const std::string& name,
                              const InitFn& init) const {
  const detail::Binding& b = binding();
  check_name_free(b, "variable", name, collection);
  return b.scope->variable(collection, name, init);
}

bool ModuleBase::has_variable(const std::string& collection, const std::string& name) const {
  return scope()->has_variable(collection, name);
}
Tree ModuleBase::get_variable(const std::string& collection, const std::string& name,
                              Tree otherwise) const {
  return scope()->get_variable(collection, name, std::move(otherwise));
}
void ModuleBase::put_variable(const std::string& collection, const std::string& name,
                              Tree value) const {
  scope()->put_variable(collection, name, std::move(value));
}
Tree ModuleBase::variables() const { return scope()->variables(); }
bool ModuleBase::is_mutable_collection(const std::string& collection) const {
  return scope()->is_mutable_collection(collection);
}
bool ModuleBase::is_initializing() const { return scope()->has_flag("initializing"); }
Array ModuleBase::make_rng(const std::string& name) const { return scope()->make_rng(name); }
bool ModuleBase::has_rng(const std::string& name) const { return scope()->has_rng(name); }
std::vector<std::string> ModuleBase::path() const { return scope()->path(); }

bool ModuleBase::sow(const std::string& collection, const std::string& name, Tree value) const {
  auto append = [](const Tree& stored, const Tree& next) {
    Tree out = stored;
    out.mutable_list().push_back(next);
    return out;
  };
  return sow(collection, name, std::move(value), append, Tree::list({}));
}

bool ModuleBase::sow(const std::string& collection, const std::string& name, Tree value,
                     const Reduce& reduce, const Tree& initial) const {
  Scope& place = *scope();
  if (!place.is_mutable_collection(collection)) return false;
  bool stored = place.has_variable(collection, name);
  if (!stored) place.reserve(name, collection);
  Tree before = stored ? place.get_variable(collection, name) : initial;
  place.put_variable(collection, name, reduce(before, value));
  return true;
}

Array ModuleBase::perturb(const std::string& name, const Array& value,
                          const std::string& collection) const {
  Scope& place = *scope();
  if (place.is_mutable_collection(collection) && !place.has_variable(collection, name)) {
    place.reserve(name, collection);
    place.put_variable(collection, name, lax::zeros_like(value));
  }
  if (!place.has_collection(collection)) return value;
  if (!place.has_variable(collection, name)) {
    throw ValueError(str_cat("Perturbation collection ", collection,
                             " present, but missing perturbation variable ", name));
  }
  return lax::add(value, place.get_variable(collection, name).array());
}

// --- places ----------------------------------------------------------------------------------

void SubmoduleAdopter::adopt(const ModuleBase& module, const std::string& class_name,
                             const std::string& name) {
  detail::Session& session = *detail::Session::current();
  if (detail::Binding* binding = session.find(module.id_)) {
    session.claim_name(*binding);
  } else {
    session.adopt(*session.frame, module.id_, class_name, name);
  }
}

void SubmoduleAdopter::adopt_called(const ModuleBase& module, const std::string& class_name,
                                    const std::string& name) {
  detail::Session* session = detail::Session::current();
  if (!session || !session->frame) throw CallCompactUnboundModuleError(class_name);
  if (session->find(module.id_)) return;
  session->adopt(*session->frame, module.id_, class_name, name).called_in = session->frame->id;
}

bool SubmoduleAdopter::adopt_in(detail::FrameId made_in, const ModuleBase& module,
                                const std::string& class_name, const std::string& name) {
  detail::Session& session = *detail::Session::current();
  detail::Frame* frame = session.find(module.id_) ? nullptr : session.common_frame(made_in);
  if (!frame) return false;
  session.adopt(*frame, module.id_, class_name, name).called_in = made_in;
  return true;
}

static bool lies_under(const ScopeRef& scope, const ScopeRef& ancestor) {
  for (ScopeRef at = scope; at; at = at->parent()) {
    if (at == ancestor) return true;
  }
  return false;
}

void share_scope(const ModuleBase& module, const ModuleBase& other) {
  detail::Session* session = detail::Session::current();
  detail::Binding* own = session ? session->find(module.id_) : nullptr;
  if (!own) throw CallShareScopeOnUnboundModuleError();
  detail::Binding* others = session->find(other.id_);
  if (!others || lies_under(others->scope, own->scope)) {
    session->bind(other.id_, *own);
    return;
  }
  own->scope = others->scope;
  if (session->frame && session->frame->module == module.id_) {
    session->frame->scope = others->scope;
  }
}

// --- roots -----------------------------------------------------------------------------------

namespace detail {
namespace {

void check(const RootCall& call) {
  call.rngs.check(call.class_name);
  if (call.initializing && call.rngs.keys().empty()) {
    throw InvalidRngError(
        str_cat("init of ", call.class_name, " needs a random key: model.init(random::key(0), x)"));
  }
  if (!call.variables.is_dict()) {
    throw ApplyScopeInvalidVariablesTypeError(call.variables.to_string());
  }
  const Tree* params = call.variables.find("params");
  if (params && params->is_dict() && params->as_dict().contains("params")) {
    throw ApplyScopeInvalidVariablesStructureError();
  }
}

ScopeRef open_root(const RootCall& call, const Tree& variables, const Tree& keys) {
  ScopeOptions options;
  options.rngs = Rngs(from_tree<std::map<std::string, Array>>(keys));
  options.mutable_collections = call.mutable_collections;
  if (call.capture.active()) {
    options.mutable_collections = union_filters(options.mutable_collections, "intermediates");
  }
  if (call.initializing) options.flags.insert("initializing");
  return Scope::root(variables, options);
}

// Ends the root's life on all ways out.
struct Temporary {
  ScopeRef root;
  ~Temporary() { root->invalidate(); }
};

// What run_root compiles: (variables, keys, arguments) to (result, mutable variables).
TreeFn whole_call(const RootCall& call, std::vector<CallRecord>* records = nullptr) {
  return [&call, records](const Tree& in) {
    Temporary temporary{open_root(call, in[0], in[1])};
    Session session;
    session.capture = call.capture;
    session.records = records;
    SessionScope current(session);
    Tree result = call.body(temporary.root, in[2]);
    if (call.variables_only) result = Tree();
    return Tree::list({result, temporary.root->mutable_variables()});
  };
}

Tree inputs_of(const RootCall& call, const Tree& args) {
  return Tree::list({call.variables, to_tree(call.rngs.keys()), args});
}

// False for what shape_struct() makes.
bool has_data(const Array& x) {
  const Tracer* traced = as_tracer(x);
  return !traced || traced->trace().kind() != "eval_shape";
}

}  // namespace

std::pair<Tree, Tree> run_root(const RootCall& call, const Tree& args) {
  check(call);
  TreeFn whole = whole_call(call);
  Tree in = inputs_of(call, args);
  Tree out = evaluating() ? JitEngine(whole, {.name = call.class_name}).call(in) : whole(in);
  return {out[0], out[1]};
}

ScopeRef bind_root(const RootCall& call) {
  check(call);
  return open_root(call, call.variables, to_tree(call.rngs.keys()));
}

Tree run_lazy_init(const RootCall& call, const Tree& args) {
  check(call);
  TreeDef result;
  TreeFn variables_only = [&, whole = whole_call(call)](const Tree& in) {
    Tree variables = whole(in)[1];
    result = TreeDef(variables);
    return variables;
  };
  Tree in = inputs_of(call, args);
  TracedProgram traced = make_program_tree(variables_only, in);
  std::vector<Array> inputs = traced.captured;
  tree::append_leaves(in, inputs);
  PrunedProgram pruned =
      prune(*traced.program, std::vector<bool>(traced.program->outputs.size(), true));
  Tree::List used;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!pruned.used_inputs[i]) continue;
    if (!has_data(inputs[i])) throw LazyInitError(inputs[i].aval().to_string());
    used.push_back(inputs[i]);
  }
  TreeFn run = [&](const Tree& xs) {
    return result.unflatten(eval_program(*pruned.program, tree::leaves(xs)));
  };
  return evaluating() ? JitEngine(run, {.name = call.class_name}).call(Tree(used))
                      : run(Tree(used));
}

std::pair<std::vector<CallRecord>, Tree> record_calls(const RootCall& call, const Tree& args) {
  check(call);
  std::vector<CallRecord> records;
  Tree out = eval_shape_tree(whole_call(call, &records), inputs_of(call, args));
  return {std::move(records), out[1]};
}

std::map<std::string, std::string> module_paths(const RootCall& call, const Tree& args) {
  std::map<std::string, std::string> out;
  for (const CallRecord& record : record_calls(call, args).first) {
    std::string path;
    for (const std::string& name : record.site.path) path += str_cat(path.empty() ? "" : "/", name);
    out.emplace(path, record.site.module);
  }
  return out;
}

}  // namespace detail
}  // namespace linum::nn
