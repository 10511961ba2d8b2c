// Reading a data set in order, alone or with threads that work ahead.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "linum/core/pytree.h"
#include "linum/data/example.h"

namespace linum::data {

struct IterateOptions {
  int prefetch = 0;  // examples (batches) made ahead of the consumer; 0: none, no thread
  int threads = 1;
};

// Where an iterator stands: all that a checkpoint needs to go on with the same data.
struct IteratorState {
  Array next;  // int64: index of the example that comes next
  Array size;  // int64: of the data set, to refuse another one
  LINUM_FIELDS(next, size)
};

// Moves only: it owns its threads. The destructor stops and joins them.
class Iterator {
 public:
  using Fetch = std::function<Example(std::int64_t)>;
  Iterator(Fetch fetch, std::int64_t size, const IterateOptions& options);
  Iterator(Iterator&&) noexcept;
  Iterator& operator=(Iterator&&) noexcept;
  ~Iterator();

  // Nothing at the end. Rethrows what making the example threw, on any thread; the example after
  // it can still be read.
  std::optional<Example> next();

  // Of what next() gives next, whatever the threads have done ahead.
  IteratorState state() const;
  // Throws ValueError when the state is of a data set of another size.
  void restore(const IteratorState& state);

  // For range-based loops: single pass.
  struct End {};
  class Cursor {
   public:
    explicit Cursor(std::shared_ptr<Iterator> own) : owned_(std::move(own)), from_(owned_.get()) {
      ++*this;
    }
    explicit Cursor(Iterator* from) : from_(from) { ++*this; }
    Example& operator*() { return *current_; }
    Cursor& operator++() {
      current_ = from_->next();
      return *this;
    }
    friend bool operator==(const Cursor& c, End) { return !c.current_; }

   private:
    std::shared_ptr<Iterator> owned_;
    Iterator* from_;
    std::optional<Example> current_;
  };
  Cursor begin() { return Cursor(this); }
  End end() const { return {}; }

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

// Keeps `buffer_size` examples on the device ahead of the consumer, so that transfers run beside
// computation (flax.jax_utils.prefetch_to_device). `from` must live as long as this.
class DeviceIterator {
 public:
  DeviceIterator(Iterator& from, int buffer_size);
  std::optional<Tree> next();
  // Of what next() gives next.
  IteratorState state() const;

 private:
  Iterator& from_;
  std::size_t capacity_;
  std::deque<std::pair<IteratorState, Tree>> ready_;
  void fill();
};
DeviceIterator prefetch_to_device(Iterator& from, int buffer_size = 2);

}  // namespace linum::data
