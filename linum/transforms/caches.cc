#include "linum/transforms/caches.h"

#include <atomic>

#include "linum/base/log.h"
#include "linum/core/settings.h"
#include "linum/lowering/lower.h"
#include "linum/runtime/compile_cache.h"

namespace linum {
namespace {

std::atomic<std::uint64_t> epoch{0};
thread_local bool explains = false;

// How many leaves are as they were, or -1 where the structure differs.
int alikeness(const SeenCall& seen, const Tree& args, std::span<const Array> leaves) {
  if (!seen.structure->matches(args)) return -1;
  int same = 0;
  for (std::size_t i = 0; i < leaves.size(); ++i) same += leaves[i].aval() == (*seen.avals)[i];
  return same;
}

const SeenCall* closest(std::span<const SeenCall> seen, const Tree& args,
                        std::span<const Array> leaves) {
  const SeenCall* best = nullptr;
  int most = -1;
  for (const SeenCall& s : seen) {
    const int same = alikeness(s, args, leaves);
    if (same > most) best = &s, most = same;
  }
  return best;
}

std::string aval_text(const Aval& a) { return str_cat(a, a.weak() ? " (weak)" : ""); }

std::string changes(const SeenCall& before, const Tree& args, std::span<const Array> leaves) {
  std::string out;
  const auto paths = tree::leaves_with_path(args);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const Aval &now = leaves[i].aval(), &was = (*before.avals)[i];
    if (now == was) continue;
    out += str_cat(out.empty() ? "" : ", ", "its argument ", paths[i].first, " is ", aval_text(now),
                   ", before it was ", aval_text(was));
  }
  return out.empty() ? "the settings, named axes or default device are others" : out;
}

}  // namespace

void clear_caches() {
  ++epoch;
  clear_eager_cache();
  runtime::clear_compile_cache_memory();
}
std::uint64_t cache_epoch() { return epoch.load(std::memory_order_acquire); }

LogCompiles::LogCompiles(bool log) : previous_(log_compiles(log)) {}
LogCompiles::~LogCompiles() { log_compiles(previous_); }

ExplainCacheMisses::ExplainCacheMisses(bool explain) : previous_(explains) { explains = explain; }
ExplainCacheMisses::~ExplainCacheMisses() { explains = previous_; }
bool cache_misses_explained() { return explains; }

std::string cache_miss_text(std::string_view function, const Tree& args,
                            std::span<const Array> leaves, std::span<const SeenCall> seen) {
  const std::string what = str_cat("jit of ", function, " is traced: ");
  if (seen.empty()) return what + "it was not called before";
  if (const SeenCall* before = closest(seen, args, leaves)) {
    return what + changes(*before, args, leaves);
  }
  return str_cat(what, "its arguments are ", TreeDef(args).to_string(), ", before they were ",
                 seen.front().structure->to_string());
}

void log_cache_miss(std::string_view function, const Tree& args, std::span<const Array> leaves,
                    std::span<const SeenCall> seen) {
  log_warning(cache_miss_text(function, args, leaves, seen));
}

}  // namespace linum
