#include "linum/runtime/compile_cache.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "linum/base/bounded_cache.h"
#include "linum/base/env.h"
#include "linum/base/error.h"
#include "linum/base/log.h"
#include "linum/runtime/cache_entry.h"
#include "linum/runtime/plugin.h"

namespace fs = std::filesystem;

namespace linum::runtime {

std::string cache_dir() {
  if (!env("LINUM_CACHE").empty()) return env("LINUM_CACHE");
  if (!env("XDG_CACHE_HOME").empty()) return env("XDG_CACHE_HOME") + "/linum";
  return (env("HOME").empty() ? "/tmp" : env("HOME")) + "/.cache/linum";
}

namespace {

// Compiled CPU code fits the CPU it was compiled for: its model and features.
const std::string& cpu_identity() {
  static const std::string identity = [] {
    std::ifstream file("/proc/cpuinfo");
    std::string line, all;
    while (std::getline(file, line) && !line.empty())
      for (const char* field : {"vendor_id", "model name", "flags", "Features", "CPU part"})
        if (line.rfind(field, 0) == 0) all += line;
    return hex_digest(all);
  }();
  return identity;
}

std::string key_of(Client& client, std::string_view program, const CompileOptions& options) {
  return hex_digest(program) + code_key(client, options);
}

// --- disk ------------------------------------------------------------------------------------

constexpr std::string_view kSuffix = ".xla";

bool disk_wanted() {
  std::string mode = env("LINUM_COMPILE_CACHE");
  if (mode.empty() || mode == "on") return true;
  if (mode == "off") return false;
  throw ValueError(str_cat("LINUM_COMPILE_CACHE is '", mode, "'; it must be 'on' or 'off'"));
}

std::int64_t size_limit() {
  std::string text = env("LINUM_COMPILE_CACHE_BYTES");
  if (text.empty()) return std::int64_t{2} << 30;
  std::int64_t bytes = -1;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error == std::errc() && end == text.data() + text.size() && bytes >= 0) return bytes;
  throw ValueError(
      str_cat("LINUM_COMPILE_CACHE_BYTES is '", text, "'; it must be a count of bytes"));
}

class Disk {
 public:
  Disk() : folder_(fs::path(cache_dir()) / "xla"), enabled_(disk_wanted()), limit_(size_limit()) {
    std::error_code ignored;
    if (enabled_) fs::create_directories(folder_, ignored);
  }
  bool enabled() const { return enabled_; }

  std::optional<std::string> load(const std::string& key) {
    if (!enabled_) return std::nullopt;
    std::error_code absent;
    std::uintmax_t size = fs::file_size(path_of(key), absent);
    if (absent) return std::nullopt;
    std::string bytes(size, '\0');
    std::ifstream file(path_of(key), std::ios::binary);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    std::optional<std::string> payload = unpack_cache_entry(bytes, key);
    if (!payload) {
      reject(key, "is damaged or not of this version");
    } else {
      std::error_code ignored;  // recently used entries stay longest
      fs::last_write_time(path_of(key), fs::file_time_type::clock::now(), ignored);
    }
    return payload;
  }

  void reject(const std::string& key, std::string_view why) {
    ++rejected;
    log_warning(
        str_cat("the compile cache entry ", path_of(key).string(), " ", why, "; compiling anew"));
    std::error_code ignored;
    fs::remove(path_of(key), ignored);
  }

  // Written beside and renamed, so that other processes see a whole entry or none.
  void store(const std::string& key, const std::string& payload) {
    fs::path temporary = path_of(key);
    temporary += str_cat(".", static_cast<int>(getpid()), ".", counter_++, ".tmp");
    {
      std::ofstream file(temporary, std::ios::binary);
      file << pack_cache_entry(key, payload);
      if (!file.flush()) return discard(temporary);
    }
    std::error_code error;
    fs::rename(temporary, path_of(key), error);
    if (error) return discard(temporary);
    bound(payload.size());
  }

  std::atomic<std::int64_t> rejected{0}, evictions{0};

 private:
  fs::path path_of(const std::string& key) const { return folder_ / (key + std::string(kSuffix)); }
  static void discard(const fs::path& p) {
    std::error_code ignored;
    fs::remove(p, ignored);
  }

  // Looks at the folder only when what was added may have passed the limit.
  void bound(std::size_t added) {
    std::lock_guard lock(mutex_);
    if (known_size_ >= 0) known_size_ += static_cast<std::int64_t>(added);
    if (known_size_ >= 0 && known_size_ <= limit_) return;
    struct Entry {
      fs::file_time_type used;
      std::int64_t size;
      fs::path path;
    };
    std::vector<Entry> entries;
    std::error_code error;
    known_size_ = 0;
    for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
      std::error_code gone;  // another process may remove it meanwhile
      auto size = static_cast<std::int64_t>(fs::file_size(it->path(), gone));
      auto used = fs::last_write_time(it->path(), gone);
      if (gone) continue;
      entries.push_back({used, size, it->path()});
      known_size_ += size;
    }
    std::sort(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.used < b.used; });
    for (const Entry& e : entries) {
      if (known_size_ <= limit_) break;
      discard(e.path);
      known_size_ -= e.size;
      ++evictions;
    }
  }

  fs::path folder_;
  bool enabled_;
  std::int64_t limit_;
  std::int64_t known_size_ = -1;  // not looked yet
  std::atomic<int> counter_{0};
  std::mutex mutex_;
};

Disk& disk() {
  static auto* d = new Disk;
  return *d;
}

// --- memory ----------------------------------------------------------------------------------

class Memory {
 public:
  Ref<Executable> find(const std::string& key) {
    Ref<Executable> found = entries_.find(key);
    if (found) ++hits;
    return found;
  }
  Ref<Executable> insert(const std::string& key, Ref<Executable> e) {
    return entries_.insert(key, std::move(e));
  }
  void clear() { entries_.clear(); }
  std::atomic<std::int64_t> hits{0}, disk_hits{0}, misses{0};

 private:
  static constexpr std::size_t kExecutables = 2048;  // those that run elsewhere live on there
  BoundedCache<Ref<Executable>> entries_{kExecutables};
};
Memory& memory() {
  static auto* m = new Memory;
  return *m;
}

// While one thread compiles a program, others that want the same one wait for it.
class Turn {
 public:
  explicit Turn(const std::string& key) : key_(key) {
    std::unique_lock lock(shared().mutex);
    shared().done.wait(lock, [&] { return !shared().busy.count(key_); });
    shared().busy.insert(key_);
  }
  ~Turn() {
    std::lock_guard lock(shared().mutex);
    shared().busy.erase(key_);
    shared().done.notify_all();
  }
  Turn(const Turn&) = delete;

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable done;
    std::unordered_set<std::string> busy;
  };
  static Shared& shared() {
    static auto* s = new Shared;
    return *s;
  }
  const std::string& key_;
};

Ref<Executable> load_from_disk(Client& client, const std::string& key,
                               const CompileOptions& options) {
  std::optional<std::string> bytes = disk().load(key);
  if (!bytes) return nullptr;
  try {
    Ref<Executable> loaded = client.deserialize(*bytes, options);
    ++memory().disk_hits;
    return loaded;
  } catch (const PluginError& e) {
    disk().reject(key, str_cat("is refused by the plugin (", e.what(), ")"));
    return nullptr;
  }
}

Ref<Executable> compile_and_store(Client& client, std::string_view program, const std::string& key,
                                  const CompileOptions& options) {
  ++memory().misses;
  Ref<Executable> compiled = client.compile(program, options);
  if (!disk().enabled()) return compiled;
  try {
    disk().store(key, compiled->serialize());
  } catch (const PluginError&) {  // a plugin without serialization: memory only
  }
  return compiled;
}

}  // namespace

std::string code_key(Client& client, const CompileOptions& options) {
  std::string all = str_cat(client.plugin().fingerprint(), "|", client.platform_version(), "|",
                            client.devices().size(), "|", cpu_identity(), "|", options.to_proto());
  return hex_digest(all + "|" + env("XLA_FLAGS"));
}

Ref<Executable> compile_cached(Client& client, std::string_view program,
                               const CompileOptions& options) {
  std::string key = key_of(client, program, options);
  std::string memory_key = key + std::to_string(reinterpret_cast<std::uintptr_t>(&client));
  if (Ref<Executable> e = memory().find(memory_key)) return e;
  Turn turn(memory_key);
  if (Ref<Executable> e = memory().find(memory_key)) return e;
  Ref<Executable> e = load_from_disk(client, key, options);
  if (!e) e = compile_and_store(client, program, key, options);
  return memory().insert(memory_key, std::move(e));
}

CacheStats compile_cache_stats() {
  Memory& m = memory();
  return {m.hits, m.disk_hits, m.misses, disk().evictions, disk().rejected};
}

void clear_compile_cache_memory() { memory().clear(); }

}  // namespace linum::runtime
