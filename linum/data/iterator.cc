#include "linum/data/iterator.h"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "linum/core/value.h"

namespace linum::data {

// Workers claim indices in order and leave what they made (or the exception) under its index; the
// consumer takes them in order. Without workers the consumer makes them itself.
class Iterator::Engine {
 public:
  Engine(Fetch fetch, std::int64_t size, const IterateOptions& options)
      : fetch_(std::move(fetch)), size_(size), ahead_(options.prefetch), options_(options) {
    if (options.prefetch < 0 || options.threads < 1) {
      throw ValueError(str_cat("prefetch must be 0 or more and threads 1 or more, got ",
                               options.prefetch, " and ", options.threads));
    }
    start();
  }
  ~Engine() { stop(); }

  std::optional<Example> next() {
    if (workers_.empty()) return next_ < size_ ? std::optional(fetch_(next_++)) : std::nullopt;
    std::unique_lock lock(mutex_);
    if (next_ >= size_) return std::nullopt;
    made_.wait(lock, [&] { return results_.contains(next_); });
    Result result = std::move(results_.extract(next_).mapped());
    ++next_;
    lock.unlock();
    room_.notify_one();
    if (result.error) std::rethrow_exception(result.error);
    return std::move(result.example);
  }

  std::int64_t position() const {
    std::lock_guard lock(mutex_);
    return next_;
  }
  std::int64_t size() const { return size_; }
  void seek(std::int64_t position) {
    stop();
    next_ = position;
    start();
  }

 private:
  struct Result {
    Example example;
    std::exception_ptr error;
  };

  void start() {
    stopping_ = false;
    claimed_ = next_;
    results_.clear();
    for (int i = 0; i < (ahead_ > 0 ? options_.threads : 0); ++i) {
      workers_.emplace_back([this] { work(); });
    }
  }
  void stop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    room_.notify_all();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      room_.wait(lock,
                 [&] { return stopping_ || (claimed_ < size_ && claimed_ - next_ < ahead_); });
      if (stopping_) return;
      std::int64_t mine = claimed_++;
      lock.unlock();
      Result result = make(mine);
      lock.lock();
      results_.emplace(mine, std::move(result));
      made_.notify_one();
    }
  }
  Result make(std::int64_t i) const {
    try {
      return {fetch_(i), nullptr};
    } catch (...) {
      return {{}, std::current_exception()};
    }
  }

  const Fetch fetch_;
  const std::int64_t size_;
  const std::int64_t ahead_;
  const IterateOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable room_, made_;
  std::map<std::int64_t, Result> results_;
  std::int64_t next_ = 0;     // what the consumer takes next
  std::int64_t claimed_ = 0;  // what a worker makes next
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

Iterator::Iterator(Fetch fetch, std::int64_t size, const IterateOptions& options)
    : engine_(std::make_unique<Engine>(std::move(fetch), size, options)) {}
Iterator::Iterator(Iterator&&) noexcept = default;
Iterator& Iterator::operator=(Iterator&&) noexcept = default;
Iterator::~Iterator() = default;

std::optional<Example> Iterator::next() { return engine_->next(); }

IteratorState Iterator::state() const {
  return {make_integer_scalar(engine_->position(), DType::I64),
          make_integer_scalar(engine_->size(), DType::I64)};
}

// Integers go by way of int64, not double: positions of endless streams may be large.
static std::int64_t integer_of(const Array& x) { return x.to_host().as<std::int64_t>()[0]; }

void Iterator::restore(const IteratorState& state) {
  std::int64_t size = integer_of(state.size), next = integer_of(state.next);
  if (size != engine_->size() || next < 0 || next > size) {
    throw ValueError(str_cat("the saved iterator state (example ", next, " of ", size,
                             ") does not belong to this data set of ", engine_->size(),
                             " examples; build it as it was when the state was saved"));
  }
  engine_->seek(next);
}

// --- DeviceIterator --------------------------------------------------------------------------

DeviceIterator::DeviceIterator(Iterator& from, int buffer_size)
    : from_(from), capacity_(static_cast<std::size_t>(buffer_size)) {
  if (buffer_size < 1) {
    throw ValueError(str_cat("prefetch_to_device needs a buffer of 1 or more, got ", buffer_size));
  }
}

void DeviceIterator::fill() {
  while (ready_.size() < capacity_) {
    IteratorState before = from_.state();
    std::optional<Example> example = from_.next();
    if (!example) return;
    ready_.emplace_back(std::move(before), to_device(*example));
  }
}

std::optional<Tree> DeviceIterator::next() {
  fill();
  if (ready_.empty()) return std::nullopt;
  Tree out = std::move(ready_.front().second);
  ready_.pop_front();
  return out;
}

IteratorState DeviceIterator::state() const {
  return ready_.empty() ? from_.state() : ready_.front().first;
}

DeviceIterator prefetch_to_device(Iterator& from, int buffer_size) {
  return DeviceIterator(from, buffer_size);
}

}  // namespace linum::data
