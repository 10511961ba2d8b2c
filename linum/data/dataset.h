// Data sets with random access. Every stage is a function of an index, so an iterator's whole
// state is one number and any number of threads can work ahead.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "linum/data/example.h"
#include "linum/data/iterator.h"

namespace linum::data {

// A source of your own (a folder of pictures, a data base): examples by number.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::int64_t size() const = 0;
  // Example `i`, 0 <= i < size(). Called from several threads at once.
  virtual Example get(std::int64_t i) const = 0;
  // The examples at `indices`, stacked; override where that is faster than one by one.
  virtual Example gather(std::span<const std::int64_t> indices) const;
};

// A value: copies share the data.
class Dataset {
 public:
  static constexpr std::int64_t kEndless = INT64_MAX;

  static Dataset from_source(std::shared_ptr<const Source> source);
  // Columns of one length; example i is row i of each.
  static Dataset from_columns(Example columns);
  static Dataset from_list(std::vector<Example> examples);

  std::int64_t size() const;  // kEndless after repeat()
  // Example `i`. Indices from size() on are later epochs, shuffled anew.
  Example operator[](std::int64_t i) const;

  // A new order in each epoch, made from seed and epoch (permutation.h).
  Dataset shuffle(std::uint64_t seed) const;
  Dataset batch(std::int64_t batch_size, bool drop_remainder = false) const;
  // f must be thread-safe if the data set is read with prefetch.
  Dataset map(std::function<Example(const Example&)> f) const;
  // The same with the example's index (over all epochs): for augmentation with its own seed.
  Dataset map_with_index(std::function<Example(const Example&, std::int64_t index)> f) const;
  Dataset repeat(std::int64_t epochs = kEndless) const;
  Dataset skip(std::int64_t count) const;
  Dataset take(std::int64_t count) const;
  // Every count-th example from `index` on: one process's share. Sizes differ by at most one.
  Dataset shard(std::int64_t index, std::int64_t count) const;
  // Epoch number `n`: `for (auto& batch : batches.epoch(n))`.
  Dataset epoch(std::int64_t n) const;

  // Reads from the start; with prefetch, threads work ahead.
  Iterator iterate(const IterateOptions& options = {}) const;
  Iterator prefetch(int buffer_size = 2) const { return iterate({.prefetch = buffer_size}); }
  Iterator::Cursor begin() const;
  Iterator::End end() const { return {}; }

 private:
  explicit Dataset(std::shared_ptr<const Source> source) : source_(std::move(source)) {}
  std::shared_ptr<const Source> source_;
};

}  // namespace linum::data
