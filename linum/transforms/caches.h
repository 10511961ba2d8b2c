// What is kept of traced and compiled functions, and how to see it at work.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "linum/core/tree.h"

namespace linum {

// Forgets all traced and compiled programs of this process; those on disk stay. Functions trace and
// compile (or load) again when they are called next. jax.clear_caches.
void clear_caches();
// Counts the calls of clear_caches: what was kept in an earlier epoch is void.
std::uint64_t cache_epoch();

// While one lives, each compilation on this thread is a line of the log, with its name, its
// arguments and how long it took. jax.log_compiles.
class LogCompiles {
 public:
  explicit LogCompiles(bool log = true);
  ~LogCompiles();
  LogCompiles(const LogCompiles&) = delete;

 private:
  bool previous_;
};

// While one lives, each call of a jitted function on this thread that has to be traced is a line of
// the log that says why. jax.explain_cache_misses.
class ExplainCacheMisses {
 public:
  explicit ExplainCacheMisses(bool explain = true);
  ~ExplainCacheMisses();
  ExplainCacheMisses(const ExplainCacheMisses&) = delete;

 private:
  bool previous_;
};
bool cache_misses_explained();

// A call that was traced before: the structure and the types of its arguments.
struct SeenCall {
  const TreeDef* structure;
  const std::vector<Aval>* avals;
};
// "jit of f is traced: its argument 0 is f32[4], before it was f32[3]".
std::string cache_miss_text(std::string_view function, const Tree& args,
                            std::span<const Array> leaves, std::span<const SeenCall> seen);
void log_cache_miss(std::string_view function, const Tree& args, std::span<const Array> leaves,
                    std::span<const SeenCall> seen);

}  // namespace linum
