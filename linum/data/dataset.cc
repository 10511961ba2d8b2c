#include "linum/data/dataset.h"

#include <algorithm>

#include "linum/data/stages.h"

namespace linum::data {
namespace {

void check_not_negative(std::int64_t n, std::string_view what) {
  if (n < 0) throw ValueError(str_cat(what, " must be 0 or more, got ", n));
}

}  // namespace

Example Source::gather(std::span<const std::int64_t> indices) const {
  std::vector<Example> examples;
  examples.reserve(indices.size());
  for (std::int64_t i : indices) examples.push_back(get(i));
  return stack(examples);
}

Dataset Dataset::from_source(std::shared_ptr<const Source> source) {
  return Dataset(cycle(std::move(source)));
}
Dataset Dataset::from_columns(Example columns) {
  return from_source(columns_source(std::move(columns)));
}
Dataset Dataset::from_list(std::vector<Example> examples) {
  return from_source(list_source(std::move(examples)));
}

std::int64_t Dataset::size() const { return source_->size(); }

Example Dataset::operator[](std::int64_t i) const {
  check_not_negative(i, "the index of an example");
  if (size() == 0) throw ValueError(str_cat("example ", i, " of an empty data set is asked for"));
  return source_->get(i);
}

Dataset Dataset::shuffle(std::uint64_t seed) const { return Dataset(shuffled(source_, seed)); }

Dataset Dataset::batch(std::int64_t batch_size, bool drop_remainder) const {
  return Dataset(batched(source_, batch_size, drop_remainder));
}

Dataset Dataset::map(std::function<Example(const Example&)> f) const {
  return map_with_index([f = std::move(f)](const Example& e, std::int64_t) { return f(e); });
}
Dataset Dataset::map_with_index(std::function<Example(const Example&, std::int64_t)> f) const {
  return Dataset(mapped(source_, std::move(f)));
}

Dataset Dataset::repeat(std::int64_t epochs) const {
  check_not_negative(epochs, "repeat's number of epochs");
  std::int64_t total = 0;
  if (__builtin_mul_overflow(size(), epochs, &total)) total = kEndless;
  return Dataset(window(source_, 0, total));
}

Dataset Dataset::skip(std::int64_t count) const {
  check_not_negative(count, "skip's count");
  count = std::min(count, size());
  if (size() == kEndless) return Dataset(window(source_, count, kEndless));
  return Dataset(strided(source_, count, 1, size() - count));
}
Dataset Dataset::take(std::int64_t count) const {
  check_not_negative(count, "take's count");
  return Dataset(strided(source_, 0, 1, std::min(count, size())));
}
Dataset Dataset::shard(std::int64_t index, std::int64_t count) const {
  if (count < 1 || index < 0 || index >= count || size() == kEndless) {
    throw ValueError(str_cat("shard needs 0 <= index < count and a finite data set, got index ",
                             index, " of ", count, " shards; call shard() before repeat()"));
  }
  return Dataset(strided(source_, index, count, (size() - index + count - 1) / count));
}
Dataset Dataset::epoch(std::int64_t n) const {
  check_not_negative(n, "the number of an epoch");
  std::int64_t start = 0;
  if (__builtin_mul_overflow(size(), n, &start)) {
    throw ValueError(str_cat("an endless data set has no epoch ", n));
  }
  return Dataset(window(source_, start, size()));
}

Iterator Dataset::iterate(const IterateOptions& options) const {
  return Iterator([source = source_](std::int64_t i) { return source->get(i); }, size(), options);
}
Iterator::Cursor Dataset::begin() const {
  return Iterator::Cursor(std::make_shared<Iterator>(iterate()));
}

}  // namespace linum::data
