#include "linum/transforms/jit.h"

#include <mutex>
#include <shared_mutex>

#include "linum/core/settings.h"
#include "linum/core/trace.h"
#include "linum/lax/sharding.h"
#include "linum/transforms/caches.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/jit_call.h"
#include "linum/transforms/traced_fn.h"

namespace linum {

TreeFn detail::shared_tree_fn(std::unique_ptr<Callable<Tree(const Tree&)>> f) {
  return shared_function(std::move(f));
}

static Tree split_by(const ShardingRule& rule, const Tree& t) {
  auto put = [&](const std::string& path, const Array& x) {
    auto sharding = rule(path, x.aval());
    return sharding ? device_put(x, *sharding) : x;
  };
  return rule ? tree::map_with_path(put, t) : t;
}

struct JitEngine::Impl {
  TreeFn f;
  JitOptions options;
  mutable std::shared_mutex mutex;
  std::vector<std::shared_ptr<TracedFn>> entries;  // most recently added first
  std::atomic<std::size_t> traces{0};
  std::uint64_t epoch = cache_epoch();  // in which the entries were made
  static constexpr std::size_t kMostEntries = 4096;

  std::shared_ptr<TracedFn> find(const Tree& args, std::span<const Array> leaves) const {
    std::shared_lock lock(mutex);
    if (epoch != cache_epoch()) return nullptr;
    for (auto& e : entries) {
      if (!e->matches(args, leaves) || !(e->settings == trace_settings())) continue;
      runtime::Device* device = e->device;
      if (device && device != &runtime::default_device()) continue;
      const bool depends = !evaluating() || e->under_spmd_axes;
      if (depends && e->axes != axis_environment()) continue;
      return e;
    }
    return nullptr;
  }
  std::shared_ptr<TracedFn> get(const Tree& args, std::span<const Array> leaves) {
    if (auto e = find(args, leaves)) return e;
    check_may_trace(options.name);
    if (cache_misses_explained()) explain(args, leaves);
    auto made = trace_fn(f, options, args, leaves);
    made->axes = axis_environment();
    made->under_spmd_axes = !spmd_axes().empty();
    made->settings = trace_settings();
    ++traces;
    if (made->reusable) keep(made);
    return made;
  }
  void keep(const std::shared_ptr<TracedFn>& made) {
    std::vector<std::shared_ptr<TracedFn>> dropped;  // destroyed after the lock
    std::unique_lock lock(mutex);
    if (std::exchange(epoch, cache_epoch()) != cache_epoch()) dropped.swap(entries);
    entries.insert(entries.begin(), made);
    if (entries.size() > kMostEntries) entries.pop_back();
  }
  void explain(const Tree& args, std::span<const Array> leaves) const {
    std::vector<SeenCall> seen;
    std::shared_lock lock(mutex);
    for (auto& e : entries) seen.push_back({&e->in, &e->avals});
    log_cache_miss(options.name, args, leaves, seen);
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

// Outside all transforms, a traced value is one that outlived its own.
static void refuse_ended(std::span<const Array> args, std::string_view function) {
  for (const Array& x : args)
    if (x.is_traced()) Trace::check_alive(x, function);
}

Tree JitEngine::call(const Tree& unplaced) const {
  if (no_jit) return impl_->f(unplaced);
  const Tree placed =
      impl_->options.in_shardings ? split_by(impl_->options.in_shardings, unplaced) : Tree();
  const Tree& args = impl_->options.in_shardings ? placed : unplaced;
  std::vector<Array> leaves;
  tree::append_leaves(args, leaves);
  const Residence residence = residence_of(leaves);
  if (residence.device != &runtime::default_device()) {
    const runtime::DefaultDevice scope(*residence.device);
    return call(args);
  }
  std::shared_ptr<TracedFn> t = impl_->get(args, leaves);
  if (evaluating()) {
    if (residence.traced) refuse_ended(leaves, impl_->options.name);
    return t->out.unflatten(run_compiled(*t, impl_->options, leaves));
  }
  std::vector<Array> in = t->captured;
  in.insert(in.end(), leaves.begin(), leaves.end());
  if (impl_->options.inlined) return t->out.unflatten(eval_program(*t->program, in));
  Ref<const Primitive> call(new JitCall(impl_->options.name, t->program));
  return t->out.unflatten(linum::bind(call, in));
}

Traced JitEngine::trace(const Tree& args) const {
  std::vector<Array> leaves = tree::leaves(args);
  return Traced(impl_->get(args, leaves), impl_->options);
}

std::size_t JitEngine::cache_size() const { return impl_->traces; }

// --- engines by argument types ---------------------------------------------------------------

struct EngineTable::Impl {
  std::mutex mutex;
  std::vector<std::pair<const void*, std::unique_ptr<JitEngine>>> engines;

  const JitEngine* find(const void* signature) const {
    for (auto& [known, engine] : engines)
      if (known == signature) return engine.get();
    return nullptr;
  }
};
std::shared_ptr<EngineTable::Impl> EngineTable::make_impl() { return std::make_shared<Impl>(); }

const JitEngine* EngineTable::find(const void* signature) const {
  std::lock_guard lock(impl_->mutex);
  return impl_->find(signature);
}
const JitEngine& EngineTable::add(const void* signature, TreeFn f,
                                  const JitOptions& options) const {
  std::lock_guard lock(impl_->mutex);
  if (const JitEngine* known = impl_->find(signature)) return *known;
  impl_->engines.emplace_back(signature, std::make_unique<JitEngine>(std::move(f), options));
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
    throw ConcretizationError(str_cat(p->name(), " of an array without data"));
  }
};
class AbstractTracer final : public Tracer {
 public:
  using Tracer::Tracer;
};
}  // namespace

static Array abstract_array(Aval aval) {
  static const auto* trace = new Ref<Trace>(new AbstractTrace);
  return Array(Ref<Value>(new AbstractTracer(*trace, std::move(aval))));
}
Array shape_struct(Shape shape, DType dtype) {
  return abstract_array(Aval(dtype, std::move(shape)));
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
  for (const Aval& a : traced.program->output_avals()) shapes.push_back(abstract_array(a.strong()));
  return out.unflatten(shapes);
}

}  // namespace linum
