// jit: compile a function whole (jax.jit).
#pragma once

#include <memory>
#include <string>

#include "linum/core/program.h"
#include "linum/core/pytree.h"
#include "linum/transforms/stages.h"
#include "linum/transforms/tree_fn.h"

namespace linum {

// While one lives, this thread's jitted functions run operation by operation, and cond, while_loop,
// scan and kin run their bodies in C++: values can be read and stepped through (jax.disable_jit).
class DisableJit {
 public:
  explicit DisableJit(bool disable = true);
  ~DisableJit();
  DisableJit(const DisableJit&) = delete;

 private:
  bool previous_;
};
bool jit_disabled();

// Keeps a function's programs and executables, one for each structure and types of its arguments.
class JitEngine {
 public:
  JitEngine(TreeFn f, JitOptions options);
  Tree call(const Tree& args) const;
  Traced trace(const Tree& args) const;
  Lowered lower(const Tree& args) const { return trace(args).lower(); }
  std::size_t cache_size() const;  // how many times it was traced
 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// Engines by argument types: a generic lambda is a different function for each.
class EngineTable {
 public:
  const JitEngine* find(const void* signature) const;  // null when absent
  // The one there is, if another thread came first.
  const JitEngine& add(const void* signature, TreeFn f, const JitOptions& options) const;
  std::size_t cache_size() const;

 private:
  struct Impl;
  mutable std::shared_ptr<Impl> impl_ = make_impl();
  static std::shared_ptr<Impl> make_impl();
};

// The compiled form of a callable. Arrays (in any tree) are traced; every other argument - int,
// bool, string, struct without LINUM_FIELDS - is static: the function is compiled anew for each of
// its values. Copies share the cache. Thread-safe.
template <class F>
class Jitted {
 public:
  Jitted(F f, JitOptions options) : f_(std::move(f)), options_(std::move(options)) {}

  template <class... Args>
  auto operator()(const Args&... args) const {
    using R = std::invoke_result_t<F&, Args...>;
    Tree out = engine<R, Args...>().call(Tree::list({to_tree(args)...}));
    if constexpr (!std::is_void_v<R>) return from_tree<std::remove_cvref_t<R>>(out);
  }
  // Traces for arguments of these types (arrays or shape_struct()s), without running.
  template <class... Args>
  Traced trace(const Args&... args) const {
    using R = std::invoke_result_t<F&, Args...>;
    return engine<R, Args...>().trace(Tree::list({to_tree(args)...}));
  }
  template <class... Args>
  Lowered lower(const Args&... args) const {
    return trace(args...).lower();
  }
  // How many programs were traced so far.
  std::size_t cache_size() const { return engines_.cache_size(); }

 private:
  template <class R, class... Args>
  const JitEngine& engine() const {
    static const int signature = 0;  // its address tells argument types apart
    if (const JitEngine* known = engines_.find(&signature)) return *known;
    return engines_.add(&signature, as_tree_fn<std::remove_cvref_t<R>, Args...>(f_), options_);
  }

  F f_;
  JitOptions options_;
  EngineTable engines_;
};

template <class F>
Jitted<F> jit(F f, JitOptions options = {}) {
  return Jitted<F>(std::move(f), std::move(options));
}

}  // namespace linum
