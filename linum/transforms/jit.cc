#include "linum/transforms/jit.h"

#include <atomic>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "linum/core/trace.h"
#include "linum/core/value.h"
#include "linum/lax/sharding.h"
#include "linum/lowering/spmd.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/jit_call.h"

namespace linum {
namespace {

// A function traced for one structure and types of its arguments.
struct TracedFn {
  TreeDef in, out;
  std::vector<Aval> avals;
  std::string axes;
  ProgramRef program;
  std::vector<Array> captured;
  bool reusable = true;  // false when it captured values of an enclosing transform

  // The compiled form: only the inputs that are read, in `kept`.
  std::vector<std::size_t> kept;
  ProgramRef kept_program;
  std::vector<bool> donated;
  std::once_flag compile_once;
  CompiledProgram compiled;
  std::mutex split_mutex;
  std::map<std::string, CompiledProgram> split;   // for arguments over many devices, by placement
  std::atomic<runtime::Device*> device{nullptr};  // read by others while it compiles

  bool matches(const Tree& args, std::span<const Array> leaves) const {
    if (leaves.size() != avals.size()) return false;
    for (std::size_t i = 0; i < leaves.size(); ++i)
      if (!(leaves[i].aval() == avals[i])) return false;
    return in.matches(args);
  }
};

TracedProgram trace_tree(const TreeFn& f, const TreeDef& in, std::span<const Aval> avals,
                         TreeDef& out) {
  return trace_program(
      [&](std::span<const Array> leaves) {
        Tree result = f(in.unflatten(leaves));
        out = TreeDef(result);
        return tree::leaves(result);
      },
      avals);
}

std::vector<bool> donated_leaves(const Tree& args, const JitOptions& options) {
  std::vector<bool> out;
  for (int d : options.donate) {
    if (d >= 0 && static_cast<std::size_t>(d) < args.size()) continue;
    throw ValueError(concat("jit of ", options.name, ": donate names argument ", d,
                            ", but there are ", args.size()));
  }
  for (std::size_t i = 0; i < args.size(); ++i) {
    bool donate = false;
    for (int d : options.donate) donate = donate || static_cast<std::size_t>(d) == i;
    out.insert(out.end(), tree::leaves(args[i]).size(), donate);
  }
  return out;
}

std::shared_ptr<TracedFn> trace_fn(const TreeFn& f, const JitOptions& options, const Tree& args,
                                   std::span<const Array> leaves) {
  auto t = std::make_shared<TracedFn>();
  t->in = TreeDef(args);
  for (const Array& x : leaves) t->avals.push_back(x.aval());
  TracedProgram traced = trace_tree(f, t->in, t->avals, t->out);
  t->program = traced.program;
  t->captured = std::move(traced.captured);
  for (const Array& x : t->captured) t->reusable = t->reusable && !x.is_traced();
  std::vector<bool> all(t->program->outputs.size(), true);
  PrunedProgram small = prune(*t->program, all, options.keep_unused);
  t->kept_program = small.program;
  std::vector<bool> donate(t->captured.size(), false), leaf = donated_leaves(args, options);
  donate.insert(donate.end(), leaf.begin(), leaf.end());
  for (std::size_t i = 0; i < small.used_inputs.size(); ++i) {
    if (!small.used_inputs[i]) continue;
    t->kept.push_back(i);
    t->donated.push_back(donate[i]);
  }
  return t;
}

LowerOptions lower_options(const TracedFn& t, const JitOptions& options) {
  return {.name = "jit_" + options.name, .donated = t.donated};
}

// The program for arguments that lie on many devices.
const CompiledProgram& compiled_for(TracedFn& t, const JitOptions& options,
                                    std::span<const Array> args) {
  std::lock_guard lock(t.split_mutex);
  auto [slot, is_new] = t.split.try_emplace(placement_key(args));
  if (!is_new && slot->second.executable) return slot->second;
  LowerOptions lower = lower_options(t, options);
  Placement placement = placement_of(args);
  lower.mesh = placement.mesh;
  lower.in_specs = std::move(placement.specs);
  return slot->second = compile_program(*t.kept_program, lower);
}

// Donated arguments are gone, so the program cannot run again.
OperationPlace find_in(const TracedFn& t, std::span<const Array> args) {
  for (bool donated : t.donated)
    if (donated) return {};
  return find_forbidden_number(*t.kept_program, args);
}

std::vector<Array> checked_numbers(const TracedFn& t, const JitOptions& options,
                                   std::span<const Array> args, std::vector<Array> results) {
  if (numbers_are_checked()) {
    check_numbers(results, {concat("jit of ", options.name)}, [&] { return find_in(t, args); });
  }
  return results;
}

std::vector<Array> run_compiled(TracedFn& t, const JitOptions& options,
                                std::span<const Array> leaves) {
  check_may_execute(options.name);
  std::vector<Array> args;
  args.reserve(t.kept.size());
  std::size_t captured = t.captured.size();
  bool split = false;
  for (std::size_t i : t.kept) {
    args.push_back(i < captured ? t.captured[i] : leaves[i - captured]);
    split = split || as_sharded(args.back());
  }
  if (split) {
    return checked_numbers(t, options, args,
                           compiled_for(t, options, args).run(args, t.donated));
  }
  std::call_once(t.compile_once, [&] {
    t.compiled = compile_program(*t.kept_program, lower_options(t, options));
    t.device = &runtime::default_device();
  });
  return checked_numbers(t, options, args, t.compiled.run(args, t.donated));
}

Tree split_by(const ShardingRule& rule, const Tree& t) {
  auto put = [&](const std::string& path, const Array& x) {
    auto sharding = rule(path, x.aval());
    return sharding ? device_put(x, *sharding) : x;
  };
  return rule ? tree::map_with_path(put, t) : t;
}

}  // namespace

struct JitEngine::Impl {
  TreeFn f;
  JitOptions options;
  mutable std::shared_mutex mutex;
  std::vector<std::shared_ptr<TracedFn>> entries;  // most recently added first
  std::atomic<std::size_t> traces{0};

  std::shared_ptr<TracedFn> find(const Tree& args, std::span<const Array> leaves) const {
    std::shared_lock lock(mutex);
    for (auto& e : entries) {
      if (!e->matches(args, leaves)) continue;
      runtime::Device* device = e->device;
      if (device && device != &runtime::default_device()) continue;
      if (!evaluating() && e->axes != axis_environment()) continue;
      return e;
    }
    return nullptr;
  }
  std::shared_ptr<TracedFn> get(const Tree& args, std::span<const Array> leaves) {
    if (auto e = find(args, leaves)) return e;
    check_may_trace(options.name);
    auto made = trace_fn(f, options, args, leaves);
    made->axes = axis_environment();
    ++traces;
    if (made->reusable) {
      std::unique_lock lock(mutex);
      entries.insert(entries.begin(), made);
    }
    return made;
  }
};

JitEngine::JitEngine(TreeFn f, JitOptions options) : impl_(std::make_shared<Impl>()) {
  impl_->f = std::move(f);
  if (options.out_shardings) {
    impl_->f = [f = std::move(impl_->f), rule = options.out_shardings](const Tree& args) {
      return split_by(rule, f(args));
    };
  }
  impl_->options = std::move(options);
}

namespace {
thread_local bool no_jit = false;
}  // namespace
DisableJit::DisableJit(bool disable) : previous_(no_jit) { no_jit = disable; }
DisableJit::~DisableJit() { no_jit = previous_; }
bool jit_disabled() { return no_jit; }

Tree JitEngine::call(const Tree& unplaced) const {
  if (no_jit) return impl_->f(unplaced);
  const Tree placed =
      impl_->options.in_shardings ? split_by(impl_->options.in_shardings, unplaced) : Tree();
  const Tree& args = impl_->options.in_shardings ? placed : unplaced;
  std::vector<Array> leaves;
  tree::append_leaves(args, leaves);
  std::shared_ptr<TracedFn> t = impl_->get(args, leaves);
  if (evaluating()) {
    for (const Array& x : leaves)
      if (x.is_traced()) Trace::check_alive(x, impl_->options.name);
    return t->out.unflatten(run_compiled(*t, impl_->options, leaves));
  }
  std::vector<Array> in = t->captured;
  in.insert(in.end(), leaves.begin(), leaves.end());
  Ref<const Primitive> call(new JitCall(impl_->options.name, t->program));
  return t->out.unflatten(linum::bind(call, in));
}

std::size_t JitEngine::cache_size() const { return impl_->traces; }

// --- ahead of time ---------------------------------------------------------------------------

struct Compiled::Impl {
  std::shared_ptr<TracedFn> traced;
  JitOptions options;
};
struct Lowered::Impl {
  std::shared_ptr<TracedFn> traced;
  JitOptions options;
};

Lowered JitEngine::lower(const Tree& args) const {
  std::vector<Array> leaves = tree::leaves(args);
  Lowered out;
  out.impl =
      std::make_shared<Lowered::Impl>(Lowered::Impl{impl_->get(args, leaves), impl_->options});
  return out;
}
std::string Lowered::text() const {
  return lower_to_text(*impl->traced->kept_program, lower_options(*impl->traced, impl->options));
}
Compiled Lowered::compile() const {
  TracedFn& t = *impl->traced;
  std::call_once(t.compile_once, [&] {
    t.compiled = compile_program(*t.kept_program, lower_options(t, impl->options));
    t.device = &runtime::default_device();
  });
  Compiled out;
  out.impl = std::make_shared<Compiled::Impl>(Compiled::Impl{impl->traced, impl->options});
  return out;
}

Tree Compiled::operator()(const Tree& args) const {
  TracedFn& t = *impl->traced;
  std::vector<Array> leaves = tree::leaves(args);
  if (!evaluating()) {
    throw ConcretizationError(concat("a compiled ", impl->options.name,
                                     " cannot be transformed: it is fixed. Transform the jitted "
                                     "function instead, then lower and compile that"));
  }
  if (!t.matches(args, leaves)) {
    std::vector<Aval> got;
    for (const Array& x : leaves) got.push_back(x.aval());
    throw TreeError(concat("a compiled ", impl->options.name, " takes (", to_text(t.avals),
                           "), got (", to_text(got), "); compile it again for these types"));
  }
  return t.out.unflatten(run_compiled(t, impl->options, leaves));
}
std::string Compiled::optimized_text() const {
  return impl->traced->compiled.executable->optimized_text();
}

// --- engines by argument types ---------------------------------------------------------------

struct EngineTable::Impl {
  std::mutex mutex;
  std::vector<std::pair<const void*, std::unique_ptr<JitEngine>>> engines;
};
std::shared_ptr<EngineTable::Impl> EngineTable::make_impl() { return std::make_shared<Impl>(); }

const JitEngine& EngineTable::get(const void* signature,
                                  const std::function<JitEngine()>& make) const {
  std::lock_guard lock(impl_->mutex);
  for (auto& [known, engine] : impl_->engines)
    if (known == signature) return *engine;
  impl_->engines.emplace_back(signature, std::make_unique<JitEngine>(make()));
  return *impl_->engines.back().second;
}
std::size_t EngineTable::cache_size() const {
  std::lock_guard lock(impl_->mutex);
  std::size_t total = 0;
  for (auto& [signature, engine] : impl_->engines) total += engine->cache_size();
  return total;
}

// --- eval_shape ------------------------------------------------------------------------------

namespace {
// Belongs to no live transform: reading it throws, and so does computing with it.
class AbstractTrace final : public Trace {
 public:
  std::string_view kind() const override { return "eval_shape"; }
  std::vector<Array> process(const Ref<const Primitive>& p, std::span<const Array>) override {
    throw ConcretizationError(concat(p->name(), " of an array without data"));
  }
};
class AbstractTracer final : public Tracer {
 public:
  using Tracer::Tracer;
};
}  // namespace

Array shape_struct(Shape shape, DType dtype) {
  static const auto* trace = new Ref<Trace>(new AbstractTrace);
  return Array(Ref<Value>(new AbstractTracer(*trace, Aval(dtype, std::move(shape)))));
}

TracedProgram make_program_tree(const TreeFn& f, const Tree& args) {
  std::vector<Aval> avals;
  for (const Array& x : tree::leaves(args)) avals.push_back(x.aval());
  TreeDef out;
  return trace_tree(f, TreeDef(args), avals, out);
}

Tree eval_shape_tree(const TreeFn& f, const Tree& args) {
  std::vector<Aval> avals;
  for (const Array& x : tree::leaves(args)) avals.push_back(x.aval());
  TreeDef out;
  TracedProgram traced = trace_tree(f, TreeDef(args), avals, out);
  std::vector<Array> shapes;
  for (const Aval& a : traced.program->output_avals())
    shapes.push_back(shape_struct(a.shape(), a.dtype()));
  return out.unflatten(shapes);
}

}  // namespace linum
