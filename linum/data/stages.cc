#include "linum/data/stages.h"

#include <array>
#include <cstring>
#include <mutex>

#include "linum/data/permutation.h"

namespace linum::data {
namespace {

constexpr std::int64_t kEndless = Dataset::kEndless;

// A user's source, or columns, seen over all epochs.
class Cycle final : public Source {
 public:
  explicit Cycle(SourceRef of) : of_(std::move(of)) {}
  std::int64_t size() const override { return of_->size(); }
  Example get(std::int64_t i) const override { return of_->get(i % of_->size()); }
  Example gather(std::span<const std::int64_t> indices) const override {
    std::vector<std::int64_t> places(indices.begin(), indices.end());
    for (std::int64_t& i : places) i %= of_->size();
    return of_->gather(places);
  }

 private:
  SourceRef of_;
};

class Columns final : public Source {
 public:
  explicit Columns(Example columns) : columns_(std::move(columns)) {
    if (columns_.empty()) throw ValueError("from_columns needs at least one column");
    auto& [first_name, first] = *columns_.begin();
    for (auto& [name, x] : columns_) {
      if (x.shape().empty()) throw ShapeError(str_cat("column '", name, "' has no first axis"));
      if (x.shape()[0] != first.shape()[0]) {
        throw ShapeError(str_cat("column '", name, "' has ", x.shape()[0], " rows, column '",
                                 first_name, "' has ", first.shape()[0]));
      }
    }
  }
  std::int64_t size() const override { return columns_.begin()->second.shape()[0]; }
  Example get(std::int64_t i) const override { return row(columns_, i); }
  Example gather(std::span<const std::int64_t> indices) const override {
    Example out;
    for (auto& [name, x] : columns_) {
      Shape shape = x.shape();
      std::size_t bytes = x.byte_size() / static_cast<std::size_t>(shape[0]);
      shape[0] = static_cast<std::int64_t>(indices.size());
      HostArray rows(x.dtype(), std::move(shape));
      std::byte* at = rows.data();
      for (std::int64_t i : indices) {
        std::memcpy(at, x.data() + static_cast<std::size_t>(i) * bytes, bytes);
        at += bytes;
      }
      out.emplace(name, std::move(rows));
    }
    return out;
  }

 private:
  Example columns_;
};

class ListSource final : public Source {
 public:
  explicit ListSource(std::vector<Example> examples) : examples_(std::move(examples)) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(examples_.size()); }
  Example get(std::int64_t i) const override { return examples_[static_cast<std::size_t>(i)]; }

 private:
  std::vector<Example> examples_;
};

class Shuffle final : public Source {
 public:
  Shuffle(SourceRef of, std::uint64_t seed) : of_(std::move(of)), seed_(seed) {
    if (size() == kEndless)
      throw ValueError("an endless data set cannot be shuffled; call shuffle() before repeat()");
  }
  std::int64_t size() const override { return of_->size(); }
  Example get(std::int64_t i) const override { return of_->get(moved(i)); }
  Example gather(std::span<const std::int64_t> indices) const override {
    std::vector<std::int64_t> places;
    places.reserve(indices.size());
    for (std::int64_t i : indices) places.push_back(moved(i));
    return of_->gather(places);
  }

 private:
  using Order = std::vector<std::int64_t>;
  std::int64_t moved(std::int64_t i) const {
    std::int64_t epoch = i / size();
    return epoch * size() + (*order(epoch))[static_cast<std::size_t>(i % size())];
  }
  // The last two orders are kept: threads that work ahead straddle the end of an epoch.
  std::shared_ptr<const Order> order(std::int64_t epoch) const {
    std::lock_guard lock(mutex_);
    for (auto& [of, order] : recent_)
      if (of == epoch && order) return order;
    auto made = std::make_shared<const Order>(
        permutation(size(), seed_, static_cast<std::uint64_t>(epoch)));
    recent_[static_cast<std::size_t>(epoch % 2)] = {epoch, made};
    return made;
  }

  SourceRef of_;
  std::uint64_t seed_;
  mutable std::mutex mutex_;
  mutable std::array<std::pair<std::int64_t, std::shared_ptr<const Order>>, 2> recent_;
};

class Batch final : public Source {
 public:
  Batch(SourceRef of, std::int64_t batch_size, bool drop_remainder)
      : of_(std::move(of)), batch_(batch_size), drop_(drop_remainder) {
    if (batch_ < 1) throw ValueError(str_cat("batch_size must be 1 or more, got ", batch_));
    if (drop_ && of_->size() < batch_) {
      throw ValueError(str_cat("batches of ", batch_, " with drop_remainder leave nothing of ",
                               of_->size(), " examples; use a smaller batch_size"));
    }
  }
  std::int64_t size() const override {
    if (of_->size() == kEndless) return kEndless;
    return drop_ ? of_->size() / batch_ : (of_->size() + batch_ - 1) / batch_;
  }
  Example get(std::int64_t i) const override {
    std::int64_t epoch = i / size(), first = i % size() * batch_;
    std::int64_t count = std::min(batch_, of_->size() - first);
    std::vector<std::int64_t> indices = iota_axes(count);
    for (std::int64_t& k : indices) k += epoch * of_->size() + first;
    return of_->gather(indices);
  }

 private:
  SourceRef of_;
  std::int64_t batch_;
  bool drop_;
};

class Map final : public Source {
 public:
  Map(SourceRef of, MapFn f) : of_(std::move(of)), f_(std::move(f)) {}
  std::int64_t size() const override { return of_->size(); }
  Example get(std::int64_t i) const override { return f_(of_->get(i), i); }

 private:
  SourceRef of_;
  MapFn f_;
};

// Examples start, start + step, ... of each epoch.
class Stride final : public Source {
 public:
  Stride(SourceRef of, std::int64_t start, std::int64_t step, std::int64_t count)
      : of_(std::move(of)), start_(start), step_(step), count_(count) {}
  std::int64_t size() const override { return count_; }
  Example get(std::int64_t i) const override { return of_->get(moved(i)); }
  Example gather(std::span<const std::int64_t> indices) const override {
    std::vector<std::int64_t> places;
    for (std::int64_t i : indices) places.push_back(moved(i));
    return of_->gather(places);
  }

 private:
  std::int64_t moved(std::int64_t i) const {
    return i / count_ * of_->size() + start_ + i % count_ * step_;
  }
  SourceRef of_;
  std::int64_t start_, step_, count_;
};

// The same examples under another size: repetition, or one epoch seen from its start.
class Window final : public Source {
 public:
  Window(SourceRef of, std::int64_t start, std::int64_t size)
      : of_(std::move(of)), start_(start), size_(size) {}
  std::int64_t size() const override { return size_; }
  Example get(std::int64_t i) const override { return of_->get(start_ + i); }
  Example gather(std::span<const std::int64_t> indices) const override {
    std::vector<std::int64_t> places(indices.begin(), indices.end());
    for (std::int64_t& i : places) i += start_;
    return of_->gather(places);
  }

 private:
  SourceRef of_;
  std::int64_t start_, size_;
};

}  // namespace

SourceRef cycle(SourceRef of) { return std::make_shared<Cycle>(std::move(of)); }
SourceRef columns_source(Example columns) { return std::make_shared<Columns>(std::move(columns)); }
SourceRef list_source(std::vector<Example> examples) {
  return std::make_shared<ListSource>(std::move(examples));
}
SourceRef shuffled(SourceRef of, std::uint64_t seed) {
  return std::make_shared<Shuffle>(std::move(of), seed);
}
SourceRef batched(SourceRef of, std::int64_t batch_size, bool drop_remainder) {
  return std::make_shared<Batch>(std::move(of), batch_size, drop_remainder);
}
SourceRef mapped(SourceRef of, MapFn f) {
  return std::make_shared<Map>(std::move(of), std::move(f));
}
SourceRef strided(SourceRef of, std::int64_t start, std::int64_t step, std::int64_t count) {
  return std::make_shared<Stride>(std::move(of), start, step, count);
}
SourceRef window(SourceRef of, std::int64_t start, std::int64_t size) {
  return std::make_shared<Window>(std::move(of), start, size);
}

}  // namespace linum::data
