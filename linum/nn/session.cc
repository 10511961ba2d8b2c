#include "linum/nn/session.h"

#include <atomic>

#include "linum/core/error_scope.h"
#include "linum/nn/errors.h"

namespace linum::nn {
namespace {

thread_local detail::Session* current_session = nullptr;
thread_local std::vector<Interceptor> interceptors;
std::atomic<bool> named_calls{true};

}  // namespace

intercept_methods::intercept_methods(Interceptor interceptor) {
  interceptors.push_back(std::move(interceptor));
}
intercept_methods::~intercept_methods() { interceptors.pop_back(); }

void enable_named_call() { named_calls = true; }
void disable_named_call() { named_calls = false; }
override_named_call::override_named_call(bool enable) : previous_(named_calls.exchange(enable)) {}
override_named_call::~override_named_call() { named_calls = previous_; }

namespace detail {

ModuleId fresh_module_id() {
  static std::atomic<ModuleId> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

FrameId current_frame() {
  return current_session && current_session->frame ? current_session->frame->id : 0;
}

static FrameId fresh_frame_id() {
  static std::atomic<FrameId> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

// --- Session ---------------------------------------------------------------------------------

Session* Session::current() { return current_session; }

Binding* Session::find(ModuleId module) {
  auto it = bindings_.find(module);
  return it == bindings_.end() ? nullptr : &it->second;
}

void Session::bind(ModuleId module, Binding binding) { bindings_[module] = std::move(binding); }

Binding& Session::adopt(Frame& place, ModuleId module, const std::string& class_name,
                        const std::string& name) {
  Scope& parent = *place.scope;
  Binding binding{nullptr, class_name, name.empty()};
  std::string chosen =
      name.empty() ? str_cat(class_name, "_", place.next_number[class_name]++) : name;
  if (parent.name_reserved(chosen)) {
    throw NameInUseError("submodule", chosen, place.class_name, parent.path_text());
  }
  binding.scope = parent.push(chosen);
  return bindings_[module] = std::move(binding);
}

Frame* Session::common_frame(FrameId made_in) {
  Binding* owner = frame ? find(frame->module) : nullptr;
  if (made_in == 0 || !owner || owner->called_in != made_in) return nullptr;
  for (Frame* at = frame; at; at = at->caller) {
    if (at->id == made_in) return at;
  }
  return nullptr;
}

void Session::claim_name(const Binding& binding) {
  if (!frame || binding.scope->parent() != frame->scope) return;
  if (frame->scope->name_reserved(binding.scope->name())) return;
  frame->scope->reserve(binding.scope->name());
  if (binding.auto_named) ++frame->next_number[binding.class_name];
}

SessionScope::SessionScope(Session& session) : previous_(current_session) {
  current_session = &session;
}
SessionScope::~SessionScope() { current_session = previous_; }

// --- LiftPlace -------------------------------------------------------------------------------

LiftPlace::LiftPlace(ScopeRef outer) : outer_(std::move(outer)) {
  Frame* frame = current_session->frame;
  if (frame) next_number_ = frame->next_number;
}

namespace {

// The places of one scope's modules in another.
class Mover {
 public:
  Mover(const ScopeRef& outer, const ScopeRef& inner) : moved_{{outer, inner}} {}

  // Null for what does not lie at or under `outer`.
  ScopeRef operator()(const ScopeRef& place) {
    if (!place) return nullptr;
    auto known = moved_.find(place);
    if (known != moved_.end()) return known->second;
    ScopeRef parent = (*this)(place->parent());
    return moved_[place] = parent ? parent->push(place->name(), true) : nullptr;
  }

 private:
  std::map<ScopeRef, ScopeRef> moved_;
};

}  // namespace

LiftPlace::Scoped::Scoped(const LiftPlace& place, const ScopeRef& inner)
    : session_(*current_session), bindings_(session_.bindings_) {
  Mover move(place.outer_, inner);
  for (auto& [module, binding] : session_.bindings_) {
    if (ScopeRef moved = move(binding.scope)) binding.scope = moved;
  }
  inner->rewind();
  Frame* frame = session_.frame;
  if (!frame) return;
  frame_scope_ = frame->scope;
  if (frame->scope != place.outer_) return;
  frame->scope = inner;
  frame->next_number = place.next_number_;
}

LiftPlace::Scoped::~Scoped() {
  session_.bindings_ = std::move(bindings_);
  if (session_.frame) session_.frame->scope = frame_scope_;
}

// --- NameScopedPart --------------------------------------------------------------------------

static Session& running_session(const std::string& name) {
  bool running = current_session && current_session->frame;
  if (!running) throw CallCompactUnboundModuleError(name);
  return *current_session;
}

NameScopedPart::NameScopedPart(ModuleId module, const std::string& name)
    : session_(running_session(name)) {
  Frame& body = *session_.frame;
  ScopeRef inner = session_.find(module)->scope->push(name, true);
  frame_ = Frame{body.id, module, inner, body.class_name, {}, &body};
  session_.frame = &frame_;
}

NameScopedPart::~NameScopedPart() { session_.frame = frame_.caller; }

// --- Call ------------------------------------------------------------------------------------

static Session& current_or_throw(const std::string& class_name) {
  if (!current_session) throw CallCompactUnboundModuleError(class_name);
  return *current_session;
}

Call::Call(ModuleId module, const std::string& class_name, const std::string& name,
           std::string_view method)
    : session_(current_or_throw(class_name)), method_(method) {
  opens_frame_ = !session_.frame || session_.frame->module != module;
  if (opens_frame_) open(module, class_name, name);
  if (!named_calls) return;
  std::string label = session_.frame->scope->name();
  if (label.empty()) label = class_name;
  if (method != "__call__") label += str_cat(".", method);
  name_scope_.emplace(label);
}

void Call::open(ModuleId module, const std::string& class_name, const std::string& name) {
  Binding* binding = session_.find(module);
  if (binding) {
    session_.claim_name(*binding);
  } else {
    if (!session_.frame) throw CallCompactUnboundModuleError(class_name);
    binding = &session_.adopt(*session_.frame, module, class_name, name);
    binding->called_in = session_.frame->id;
  }
  frame_ = Frame{fresh_frame_id(), module, binding->scope, class_name, {}, session_.frame};
  session_.frame = &frame_;
}

Call::~Call() {
  if (!opens_frame_) return;
  frame_.scope->rewind();
  session_.frame = frame_.caller;
}

CallSite Call::site() const {
  const Frame& frame = *session_.frame;
  return {frame.scope->path(), frame.class_name, std::string(method_)};
}

void Call::rethrow() const { rethrow_in_scope(); }

bool Call::observed() const {
  return session_.capture.active() || session_.records || !interceptors.empty();
}

// Runs `body` inside the first `depth` interceptors, the latest outermost.
static Tree run_intercepted(std::size_t depth, const Tree& args, const NextCall& body,
                            const CallSite& site) {
  if (depth == 0) return body(args);
  NextCall next = [&](const Tree& changed) {
    return run_intercepted(depth - 1, changed, body, site);
  };
  Interceptor interceptor = interceptors[depth - 1];
  return interceptor(next, args, site);
}

// flax.linen.Module.sow: appends to the values stored under this name.
static void sow_result(Scope& scope, const std::string& name, const Tree& value) {
  Tree stored = Tree::list({});
  if (scope.has_variable("intermediates", name)) {
    stored = scope.get_variable("intermediates", name);
  } else {
    scope.reserve(name, "intermediates");
  }
  stored.mutable_list().push_back(value);
  scope.put_variable("intermediates", name, stored);
}

Tree Call::run_observed(const Tree& args, const NextCall& body) {
  CallSite here = site();
  std::size_t row = session_.records ? session_.records->size() : 0;
  if (session_.records) session_.records->push_back({here, args, {}});
  Tree result = run_intercepted(interceptors.size(), args, body, here);
  if (session_.records) (*session_.records)[row].result = result;
  if (session_.capture(here)) sow_result(*session_.frame->scope, here.method, result);
  return result;
}

}  // namespace detail
}  // namespace linum::nn
