// Eager evaluation: one operation, compiled once for each parameters and types.
#include <memory>

#include "linum/base/bounded_cache.h"
#include "linum/core/aval_key.h"
#include "linum/core/trace.h"
#include "linum/lowering/spmd.h"

namespace linum {
namespace {

using EagerCache = BoundedCache<std::shared_ptr<const CompiledProgram>>;
constexpr std::size_t kEagerPrograms = 4096;  // operations and types, as many as JAX keeps

EagerCache& cache() {
  static auto* c = new EagerCache(kEagerPrograms);
  return *c;
}

ProgramRef single_equation(const Ref<const Primitive>& p, std::span<const Array> args) {
  std::vector<Aval> avals;
  for (const Array& x : args) avals.push_back(x.aval());
  return trace_program([&](std::span<const Array> in) { return linum::bind(p, in); }, avals)
      .program;
}

}  // namespace

static std::vector<Array> evaluate_compiled(const Ref<const Primitive>& p,
                                            std::span<const Array> args) {
  thread_local std::string key;
  runtime::Device* device = residence_of(args).device;
  if (device != &runtime::default_device()) {
    const runtime::DefaultDevice scope(*device);
    return evaluate_compiled(p, args);
  }
  key.assign(reinterpret_cast<const char*>(&device), sizeof device);
  key += p->key();
  for (const Array& x : args) append_key(key, x.aval());
  key += placement_key(args);
  auto compiled = cache().find(key);
  if (!compiled) {
    std::string stable_key = key;  // tracing may evaluate, and so reuse `key`
    LowerOptions options{.name = std::string(p->name())};
    Placement placement = placement_of(args);
    options.mesh = placement.mesh;
    options.in_specs = std::move(placement.specs);
    auto made = std::make_shared<const CompiledProgram>(
        compile_program(*single_equation(p, args), options));
    if (!made->callbacks.empty()) return made->run(args);  // the cache would keep them forever
    compiled = cache().insert(stable_key, std::move(made));
  }
  return compiled->run(args);
}

std::vector<Array> evaluate(const Ref<const Primitive>& p, std::span<const Array> args) {
  check_may_execute(p->name());
  std::optional<std::vector<Array>> out = p->run(args);
  if (!out) out = evaluate_compiled(p, args);
  if (!numbers_are_checked()) return *std::move(out);
  check_numbers(*out, {std::string(p->name()), *current_scope()},
                [&] { return find_forbidden_number(*single_equation(p, args), args); });
  return *std::move(out);
}

void clear_eager_cache() { cache().clear(); }

}  // namespace linum
