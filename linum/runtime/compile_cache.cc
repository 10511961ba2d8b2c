#include "linum/runtime/compile_cache.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

#define XXH_INLINE_ALL
#include <spdlog/spdlog.h>
#include <xxhash.h>

#include "linum/base/error.h"
#include "linum/runtime/plugin.h"

namespace fs = std::filesystem;

namespace linum::runtime {

std::string cache_dir() {
  auto env = [](const char* name) { return std::string(std::getenv(name) ? std::getenv(name) : ""); };
  if (!env("LINUM_CACHE").empty()) return env("LINUM_CACHE");
  if (!env("XDG_CACHE_HOME").empty()) return env("XDG_CACHE_HOME") + "/linum";
  return (env("HOME").empty() ? "/tmp" : env("HOME")) + "/.cache/linum";
}

namespace {

std::string hex_digest(std::string_view bytes) {
  XXH128_hash_t h = XXH3_128bits(bytes.data(), bytes.size());
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(h.high64),
                static_cast<unsigned long long>(h.low64));
  return text;
}

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
  std::string rest = concat(client.plugin().fingerprint(), "|", client.platform_version(), "|",
                            client.devices().size(), "|", cpu_identity(), "|", options.to_proto());
  const char* flags = std::getenv("XLA_FLAGS");
  return hex_digest(program) + hex_digest(rest + (flags ? flags : ""));
}

// --- disk ------------------------------------------------------------------------------------
// An entry: magic, the key, the payload's checksum, the payload.

constexpr std::string_view kMagic = "linum-xla-1\n";
constexpr std::string_view kSuffix = ".xla";

class Disk {
 public:
  Disk() : folder_(fs::path(cache_dir()) / "xla") {
    const char* mode = std::getenv("LINUM_COMPILE_CACHE");
    enabled_ = !mode || std::string_view(mode) != "off";
    if (const char* bytes = std::getenv("LINUM_COMPILE_CACHE_BYTES")) limit_ = std::atoll(bytes);
    std::error_code ignored;
    if (enabled_) fs::create_directories(folder_, ignored);
  }

  std::optional<std::string> load(const std::string& key) {
    if (!enabled_) return std::nullopt;
    std::ifstream file(path_of(key), std::ios::binary);
    if (!file) return std::nullopt;
    std::string bytes((std::istreambuf_iterator<char>(file)), {});
    std::optional<std::string> payload = unpack(bytes, key);
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
    spdlog::warn("linum: the compile cache entry {} {}; compiling anew", path_of(key).string(), why);
    std::error_code ignored;
    fs::remove(path_of(key), ignored);
  }

  // Written beside and renamed, so that other processes see a whole entry or none.
  void store(const std::string& key, const std::string& payload) {
    if (!enabled_) return;
    fs::path temporary = path_of(key);
    temporary += concat(".", static_cast<int>(getpid()), ".", counter_++, ".tmp");
    {
      std::ofstream file(temporary, std::ios::binary);
      file << kMagic << key << hex_digest(payload) << payload;
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

  static std::optional<std::string> unpack(const std::string& bytes, const std::string& key) {
    std::size_t header = kMagic.size() + key.size() + 32;
    if (bytes.size() < header || bytes.compare(0, kMagic.size(), kMagic) != 0 ||
        bytes.compare(kMagic.size(), key.size(), key) != 0) {
      return std::nullopt;
    }
    std::string payload = bytes.substr(header);
    if (bytes.compare(header - 32, 32, hex_digest(payload)) != 0) return std::nullopt;
    return payload;
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
  bool enabled_ = true;
  std::int64_t limit_ = std::int64_t{2} << 30;
  std::int64_t known_size_ = -1;
  std::atomic<int> counter_{0};
  std::mutex mutex_;
};

Disk& disk() {
  static auto* d = new Disk;
  return *d;
}

// --- memory ----------------------------------------------------------------------------------

struct Memory {
  std::shared_mutex mutex;
  std::unordered_map<std::string, Ref<Executable>> entries;
  std::atomic<std::int64_t> hits{0}, disk_hits{0}, misses{0};
};
Memory& memory() {
  static auto* m = new Memory;
  return *m;
}

Ref<Executable> load_from_disk(Client& client, const std::string& key, const CompileOptions& options) {
  std::optional<std::string> bytes = disk().load(key);
  if (!bytes) return nullptr;
  try {
    Ref<Executable> loaded = client.deserialize(*bytes, options);
    ++memory().disk_hits;
    return loaded;
  } catch (const PluginError& e) {
    disk().reject(key, concat("is refused by the plugin (", e.what(), ")"));
    return nullptr;
  }
}

Ref<Executable> compile_and_store(Client& client, std::string_view program, const std::string& key,
                                  const CompileOptions& options) {
  ++memory().misses;
  Ref<Executable> compiled = client.compile(program, options);
  try {
    disk().store(key, compiled->serialize());
  } catch (const PluginError&) {  // a plugin without serialization: memory only
  }
  return compiled;
}

}  // namespace

Ref<Executable> compile_cached(Client& client, std::string_view program,
                               const CompileOptions& options) {
  std::string key = key_of(client, program, options);
  std::string memory_key = key + std::to_string(reinterpret_cast<std::uintptr_t>(&client));
  Memory& m = memory();
  {
    std::shared_lock lock(m.mutex);
    auto it = m.entries.find(memory_key);
    if (it != m.entries.end()) return ++m.hits, it->second;
  }
  Ref<Executable> e = load_from_disk(client, key, options);
  if (!e) e = compile_and_store(client, program, key, options);
  std::unique_lock lock(m.mutex);
  return m.entries[memory_key] = e;
}

CacheStats compile_cache_stats() {
  Memory& m = memory();
  return {m.hits, m.disk_hits, m.misses, disk().evictions, disk().rejected};
}

void clear_compile_cache_memory() {
  std::unique_lock lock(memory().mutex);
  memory().entries.clear();
}

}  // namespace linum::runtime
