// A map of bounded size for what is found far more often than it is made: compiled programs.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace linum {

// Thread-safe; V is a handle, and V() says "not there". When full, an entry goes that was not found
// for longest, up to the clock algorithm's approximation: finding only sets a mark, under a shared
// lock, so that readers do not wait for one another.
template <class V>
class BoundedCache {
 public:
  explicit BoundedCache(std::size_t capacity) : capacity_(capacity) {}
  BoundedCache(const BoundedCache&) = delete;
  BoundedCache& operator=(const BoundedCache&) = delete;

  V find(const std::string& key) const {
    std::shared_lock lock(mutex_);
    auto it = places_.find(key);
    if (it == places_.end()) return V();
    it->second->found.store(true, std::memory_order_relaxed);
    return it->second->value;
  }

  // The value that is in the cache now: another thread's, where that was first.
  V insert(const std::string& key, V value) {
    std::vector<V> evicted;  // destroyed after the lock
    std::unique_lock lock(mutex_);
    auto it = places_.find(key);
    if (it != places_.end()) return it->second->value;
    while (capacity_ > 0 && places_.size() >= capacity_) evicted.push_back(evict());
    entries_.emplace_back(key, std::move(value));
    places_.emplace(key, std::prev(entries_.end()));
    return entries_.back().value;
  }

  void clear() {
    std::list<Entry> entries;  // destroyed after the lock
    std::unique_lock lock(mutex_);
    places_.clear();
    entries.swap(entries_);
  }

  std::size_t size() const {
    std::shared_lock lock(mutex_);
    return places_.size();
  }
  std::size_t capacity() const { return capacity_; }

 private:
  struct Entry {
    Entry(std::string k, V v) : key(std::move(k)), value(std::move(v)) {}
    std::string key;
    V value;
    mutable std::atomic<bool> found{false};
  };

  // The first entry without a mark; marked ones lose it and go to the end.
  V evict() {
    while (entries_.front().found.exchange(false)) {
      entries_.splice(entries_.end(), entries_, entries_.begin());
    }
    V value = std::move(entries_.front().value);
    places_.erase(entries_.front().key);
    entries_.pop_front();
    return value;
  }

  const std::size_t capacity_;
  mutable std::shared_mutex mutex_;
  std::list<Entry> entries_;  // in the order of the clock
  std::unordered_map<std::string, typename std::list<Entry>::iterator> places_;
};

}  // namespace linum
