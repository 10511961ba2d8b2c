// Traces: what happens to an operation while some transform is active.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "linum/core/program.h"
#include "linum/core/value.h"

namespace linum {

// One active transform. The innermost one is current; its rules run with its parent current, so
// transforms nest to any depth and order.
class Trace : public RefCounted {
 public:
  Trace();
  virtual std::string_view kind() const = 0;
  virtual std::vector<Array> process(const Ref<const Primitive>&, std::span<const Array>) = 0;

  // Throws LeakedTracerError when `x` belongs to a transform that has ended.
  static void check_alive(const Array& x, std::string_view where);
  void close() { closed_ = true; }
  bool closed() const { return closed_; }

  // What is alive of it, kept under CheckTracerLeaks.
  void born(const Tracer&);
  void died(const Tracer&);
  // Throws LeakedTracerError when something is alive of a trace that has ended.
  void check_leaks() const;

 private:
  struct Living {
    std::mutex mutex;
    std::map<const Tracer*, std::string> values;  // and their descriptions
  };
  std::atomic<bool> closed_{false};
  std::unique_ptr<Living> living_;
};

// The innermost active trace of this thread; the evaluating one outside all transforms.
const Ref<Trace>& current_trace();
// The one outside all transforms.
const Ref<Trace>& evaluating_trace();
// True when no transform is active: operations run at once.
bool evaluating();

// Makes `trace` current until the end of the scope.
class TraceScope {
 public:
  explicit TraceScope(Ref<Trace> trace);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;

 private:
  Ref<Trace> previous_;
};

// Operations run now until the end of the scope, also inside jit and other transforms: on concrete
// arrays, whose numbers can be read. With a traced array they throw. jax.ensure_compile_time_eval.
class EnsureCompileTimeEval {
 public:
  EnsureCompileTimeEval() : scope_(evaluating_trace()) {}

 private:
  TraceScope scope_;
};

// The path of the module or named_scope in which operations are made now ("" outside).
const std::string* current_scope();
// jax.named_scope
class NameScope {
 public:
  explicit NameScope(std::string_view name);        // appended with '/'
  explicit NameScope(const std::string* interned);  // exactly this path, of an Equation
  ~NameScope();
  NameScope(const NameScope&) = delete;

 private:
  const std::string* previous_;
};

// f, whose operations bear this name in programs and profiles. jax.named_call.
template <class F>
auto named_call(F f, std::string name) {
  return [f = std::move(f), name = std::move(name)]<class... Args>(const Args&... args) {
    const NameScope scope(name);
    return f(args...);
  };
}

// A named axis that collectives may refer to, until the end of the scope. "" names nothing.
class AxisScope {
 public:
  AxisScope(std::string_view name, std::int64_t size);
  ~AxisScope();
  AxisScope(const AxisScope&) = delete;

 private:
  bool pushed_;
};
// The size of the innermost axis of this name; throws ValueError that lists the names there are.
std::int64_t named_axis_size(std::string_view name);
// The mesh axes over which the vmaps around split their examples (spmd_axis_name). For what is
// written inside, devices along them are alike.
const std::vector<std::string>& spmd_axes();
bool is_spmd_axis(std::string_view name);
// Makes them these until the end of the scope.
class SpmdAxesScope {
 public:
  explicit SpmdAxesScope(std::vector<std::string> axes);
  ~SpmdAxesScope();
  SpmdAxesScope(const SpmdAxesScope&) = delete;

 private:
  std::vector<std::string> previous_;
};
// "batch=8,model=2": what a traced program depends on besides its arguments.
std::string axis_environment();

class ProgramTracer final : public Tracer {
 public:
  ProgramTracer(Ref<Trace> trace, Aval aval, VarId var)
      : Tracer(std::move(trace), std::move(aval)), var(var) {}
  const VarId var;
};

// Records operations into a Program.
class ProgramTrace : public Trace {
 public:
  ProgramTrace();
  std::string_view kind() const override { return "program"; }
  std::vector<Array> process(const Ref<const Primitive>&, std::span<const Array>) override;

  Array new_input(const Aval&);
  std::vector<Array> record(const Ref<const Primitive>&, std::span<const Array>);
  // Ends recording. Unused captured values are dropped from the program.
  TracedProgram finish(std::span<const Array> outputs);
  // Ends recording without a program. Values of a trace keep it alive, and functions in its
  // equations (of custom derivatives) may hold such values: they would hold each other for ever.
  void discard();
  // True when `x` was made by this trace.
  bool owns(const Array& x) const;

 protected:
  Atom atom_of(const Array& x);
  Array new_variable(const Aval&);

 private:
  Ref<Program> program_;
  std::vector<VarId> arguments_;
  std::vector<Array> captured_;
  std::vector<VarId> captured_vars_;
  std::unordered_map<const Value*, VarId> captured_index_;
};

// Runs what depends on known values in the parent trace and records the rest: the second half of
// linearize.
class PartialTrace final : public ProgramTrace {
 public:
  explicit PartialTrace(Ref<Trace> parent) : parent_(std::move(parent)) {}
  std::string_view kind() const override { return "partial"; }
  std::vector<Array> process(const Ref<const Primitive>&, std::span<const Array>) override;
  const Ref<Trace>& parent() const { return parent_; }

 private:
  Ref<Trace> parent_;
};

// Runs one operation now, through the compile cache. (Defined in lowering/evaluate.cc: core names
// no floor above it.)
std::vector<Array> evaluate(const Ref<const Primitive>&, std::span<const Array>);

}  // namespace linum
