#include "linum/core/trace.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "linum/core/debug_scopes.h"
#include "linum/core/settings.h"

namespace linum {
namespace {

// Outside all transforms: operations run now.
class EvalTrace final : public Trace {
 public:
  std::string_view kind() const override { return "eval"; }
  std::vector<Array> process(const Ref<const Primitive>& p, std::span<const Array> args) override {
    for (const Array& x : args) {
      if (!x.is_traced()) continue;
      check_alive(x, p->name());
      throw LeakedTracerError(str_cat("a traced value (", x.aval(), ") is used in ", p->name(),
                                      " outside its transform"));
    }
    return evaluate(p, args);
  }
};

thread_local Ref<Trace> active;  // null: evaluating
const std::string no_scope;
thread_local const std::string* scope = &no_scope;

// Scope paths live as long as the process: programs point to them.
const std::string* intern(std::string path) {
  static std::mutex mutex;
  static auto* paths = new std::unordered_set<std::string>;
  std::lock_guard lock(mutex);
  return &*paths->insert(std::move(path)).first;
}

}  // namespace

void Trace::check_alive(const Array& x, std::string_view where) {
  const Tracer* t = as_tracer(x);
  if (!t || !t->trace().closed()) return;
  throw LeakedTracerError(
      str_cat("a traced value (", x.aval(), ") of a finished ", t->trace().kind(),
              " trace is used in ", where,
              ". Something stored it outside the transformed function (a captured variable, a "
              "member); return it as a result instead"));
}

// --- leaks -----------------------------------------------------------------------------------

Trace::Trace() : living_(debug_flags().tracer_leaks ? new Living : nullptr) {}

void Trace::born(const Tracer& t) {
  if (!living_) return;
  std::lock_guard lock(living_->mutex);
  living_->values[&t] = str_cat(t.aval(), current_scope()->empty() ? "" : " of ", *current_scope());
}
void Trace::died(const Tracer& t) {
  if (!living_) return;
  std::lock_guard lock(living_->mutex);
  living_->values.erase(&t);
}

void Trace::check_leaks() const {
  if (!living_) return;
  std::lock_guard lock(living_->mutex);
  if (living_->values.empty()) return;
  std::string list;
  for (auto& [tracer, text] : living_->values) list += str_cat(list.empty() ? "" : ", ", text);
  throw LeakedTracerError(
      str_cat("a ", kind(), " trace has ended, but something still holds values of it (", list,
              "): a captured variable or a member, set inside the transformed function. Return "
              "them as results instead"));
}

// --- what is active --------------------------------------------------------------------------

const Ref<Trace>& evaluating_trace() {
  static const auto* trace = new Ref<Trace>(new EvalTrace);
  return *trace;
}
const Ref<Trace>& current_trace() { return active ? active : evaluating_trace(); }
bool evaluating() { return !active; }

TraceScope::TraceScope(Ref<Trace> trace) : previous_(std::move(active)) {
  active = trace.get() == evaluating_trace().get() ? Ref<Trace>() : std::move(trace);
}
TraceScope::~TraceScope() { active = std::move(previous_); }

const std::string* current_scope() { return scope; }
NameScope::NameScope(std::string_view name) : previous_(scope) {
  scope = intern(scope->empty() ? std::string(name) : str_cat(*scope, "/", name));
}
NameScope::NameScope(const std::string* interned) : previous_(scope) { scope = interned; }
NameScope::~NameScope() { scope = previous_; }

namespace {
thread_local std::vector<std::pair<std::string, std::int64_t>> axes;
}  // namespace

AxisScope::AxisScope(std::string_view name, std::int64_t size) : pushed_(!name.empty()) {
  if (pushed_) axes.emplace_back(name, size);
}
AxisScope::~AxisScope() {
  if (pushed_) axes.pop_back();
}
std::int64_t named_axis_size(std::string_view name) {
  for (std::size_t i = axes.size(); i-- > 0;)
    if (axes[i].first == name) return axes[i].second;
  throw ValueError(str_cat("no axis named '", name,
                           "' is active here (active: ", axes.empty() ? "none" : axis_environment(),
                           "); give vmap an axis_name"));
}

static thread_local std::vector<std::string> active_spmd_axes;

const std::vector<std::string>& spmd_axes() { return active_spmd_axes; }
bool is_spmd_axis(std::string_view name) { return contains(spmd_axes(), name); }
SpmdAxesScope::SpmdAxesScope(std::vector<std::string> axes)
    : previous_(std::exchange(active_spmd_axes, std::move(axes))) {}
SpmdAxesScope::~SpmdAxesScope() { active_spmd_axes = std::move(previous_); }

std::string axis_environment() {
  std::string out;
  for (auto& [name, size] : axes) out += str_cat(out.empty() ? "" : ",", name, "=", size);
  for (const std::string& name : spmd_axes())
    out += str_cat(out.empty() ? "" : ",", "split over ", name);
  return out;
}

// --- ProgramTrace ----------------------------------------------------------------------------

ProgramTrace::ProgramTrace() : program_(new Program) {}

bool ProgramTrace::owns(const Array& x) const {
  const Tracer* t = as_tracer(x);
  return t && &t->trace() == this;
}

Array ProgramTrace::new_variable(const Aval& aval) {
  VarId id = static_cast<VarId>(program_->avals.size());
  program_->avals.push_back(aval);
  return Array(Ref<Value>(new ProgramTracer(Ref<Trace>(this), aval, id)));
}

Array ProgramTrace::new_input(const Aval& aval) {
  Array x = new_variable(aval);
  arguments_.push_back(static_cast<const ProgramTracer*>(as_tracer(x))->var);
  return x;
}

Atom ProgramTrace::atom_of(const Array& x) {
  if (owns(x)) return Atom{static_cast<const ProgramTracer*>(as_tracer(x))->var};
  if (as_scalar(x)) {
    program_->literals.push_back(x);
    return Atom{~static_cast<std::int32_t>(program_->literals.size() - 1)};
  }
  auto [slot, is_new] = captured_index_.try_emplace(x.value().get(), VarId{0});
  if (is_new) {
    check_alive(x, "a program");
    slot->second = static_cast<VarId>(program_->avals.size());
    program_->avals.push_back(x.aval());
    captured_.push_back(x);
    captured_vars_.push_back(slot->second);
  }
  return Atom{slot->second};
}

std::vector<Array> ProgramTrace::record(const Ref<const Primitive>& primitive,
                                        std::span<const Array> args) {
  std::vector<Aval> in;
  Equation eqn{primitive, {}, {}, current_scope()};
  in.reserve(args.size());
  eqn.inputs.reserve(args.size());
  for (const Array& x : args) in.push_back(x.aval());
  std::vector<Aval> results = infer_checked(*primitive, in);
  for (const Array& x : args) eqn.inputs.push_back(atom_of(x));
  std::vector<Array> out;
  out.reserve(results.size());
  eqn.outputs.reserve(results.size());
  for (const Aval& a : results) {
    eqn.outputs.push_back(static_cast<VarId>(program_->avals.size()));
    out.push_back(new_variable(a));
  }
  program_->equations.push_back(std::move(eqn));
  return out;
}

std::vector<Array> ProgramTrace::process(const Ref<const Primitive>& p,
                                         std::span<const Array> args) {
  return record(p, args);
}

TracedProgram ProgramTrace::finish(std::span<const Array> outputs) {
  for (const Array& x : outputs) program_->outputs.push_back(atom_of(x));
  const Ref<Program> program = program_;
  program->inputs = captured_vars_;
  program->inputs.insert(program->inputs.end(), arguments_.begin(), arguments_.end());
  TracedProgram traced{ProgramRef(program), std::move(captured_)};
  discard();
#ifdef NDEBUG
  if (trace_settings().checks) program->verify();
#else
  program->verify();
#endif
  return traced;
}

void ProgramTrace::discard() {
  close();
  program_ = {};
  captured_.clear();
}

std::vector<Array> PartialTrace::process(const Ref<const Primitive>& p,
                                         std::span<const Array> args) {
  bool later = p->only_transposed();
  for (std::size_t i = 0; !later && i < args.size(); ++i) later = owns(args[i]);
  TraceScope scope(parent_);
  return later ? p->partial_eval(*this, args) : linum::bind(p, args);
}

static TracedProgram record_call(const Ref<ProgramTrace>& trace, const FlatFn& f,
                                 std::span<const Aval> args) {
  std::vector<Array> inputs;
  inputs.reserve(args.size());
  for (const Aval& a : args) inputs.push_back(trace->new_input(a));
  try {
    TraceScope scope{Ref<Trace>(trace)};
    std::vector<Array> outputs = f(inputs);
    return trace->finish(outputs);
  } catch (...) {
    trace->discard();
    throw;
  }
}

TracedProgram trace_program(const FlatFn& f, std::span<const Aval> args) {
  Ref<ProgramTrace> trace = make_ref<ProgramTrace>();
  TracedProgram traced = record_call(trace, f, args);
  trace->check_leaks();
  return traced;
}

}  // namespace linum
