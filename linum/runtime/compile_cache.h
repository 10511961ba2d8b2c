// Compiled programs, kept in memory and on disk: a second start compiles nothing.
#pragma once

#include "linum/runtime/client.h"

namespace linum::runtime {

struct CacheStats {
  std::int64_t memory_hits = 0, disk_hits = 0, misses = 0, evictions = 0, rejected = 0;
};

// The executable of `program` on `client`: from memory, from disk, or compiled and stored.
// Keyed by program, options, plugin fingerprint and CPU. Thread-safe; several processes may share
// the folder (LINUM_CACHE/xla). A broken or foreign entry is replaced, with one log line; a folder
// that cannot be written is done without. LINUM_COMPILE_CACHE=off turns the disk off;
// LINUM_COMPILE_CACHE_BYTES bounds it (default 2 GiB), least recently used entries go first; other
// values of these throw ValueError. Memory keeps the 2048 in use.
Ref<Executable> compile_cached(Client&, std::string_view program, const CompileOptions&);

// What compiled code fits: the plugin (path, size, time, versions), the CPU, the devices' count,
// the options and XLA_FLAGS, in hex.
std::string code_key(Client&, const CompileOptions&);

CacheStats compile_cache_stats();
void clear_compile_cache_memory();
// LINUM_CACHE, else XDG_CACHE_HOME/linum, else ~/.cache/linum.
std::string cache_dir();

}  // namespace linum::runtime
