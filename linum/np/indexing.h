// Indexing as NumPy's x[...], and the functional updates of jax's x.at[...].
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "linum/core/array.h"

namespace linum::np {

// Python's start:stop:step. Slice{} is the whole axis, Slice{.step = -1} reverses it.
struct Slice {
  std::optional<std::int64_t> start = {};
  std::optional<std::int64_t> stop = {};
  std::int64_t step = 1;
};
// A new axis of size 1.
struct NewAxis {};
inline constexpr NewAxis newaxis;
// Slice{} for all axes that the other indices leave.
struct Ellipsis {};
inline constexpr Ellipsis ellipsis;

// `size` elements from `start` on, which may be known only when the program runs; moved until all
// are in bounds. jax.ds: index(x, {ds(i, 3)}).
struct DynamicSlice {
  Array start;
  std::int64_t size;
};
inline DynamicSlice ds(const Array& start, std::int64_t size) { return {start, size}; }

// One entry between the brackets. Integer arrays pick elements; bool arrays (concrete ones only)
// pick where they are true.
class Index {
 public:
  template <std::integral T>
  requires(!std::same_as<T, bool>) Index(T place) : value_(static_cast<std::int64_t>(place)) {}
  Index(Slice slice) : value_(slice) {}
  Index(DynamicSlice slice) : value_(std::move(slice)) {}
  Index(NewAxis tag) : value_(tag) {}
  Index(Ellipsis tag) : value_(tag) {}
  Index(Array array) : value_(std::move(array)) {}

  using Value = std::variant<std::int64_t, Slice, DynamicSlice, NewAxis, Ellipsis, Array>;
  const Value& value() const { return value_; }

 private:
  Value value_;
};

// What stands between the brackets: 0, or {0, Slice{1, 3}}, or {ellipsis, ids}.
class Indices {
 public:
  Indices(std::initializer_list<Index> list) : list_(list) {}
  Indices(std::vector<Index> list) : list_(std::move(list)) {}
  template <std::convertible_to<Index> T>
  Indices(const T& one) : list_({Index(one)}) {}

  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  std::size_t size() const { return list_.size(); }

 private:
  std::vector<Index> list_;
};

struct IndexOptions {
  // Of index arrays that are out of bounds: "fill" (the default) reads fill_value, "drop" (the
  // same) leaves updates out, "clip" takes the last element, "promise_in_bounds" says there are
  // none.
  std::string_view mode = "";
  bool indices_are_sorted = false;  // promises
  bool unique_indices = false;
  // Default: NaN, the least signed or greatest unsigned integer.
  Array fill_value = {};
  bool wrap_negative_indices = true;  // they count from the end
};

// x[...]. C++ integers must be in bounds, else ValueError; a traced scalar is clipped.
Array index(const Array& x, const Indices& indices, const IndexOptions& options = {});

// x.at[...]: each update gives a new array. Values broadcast to the indexed shape and take x's
// dtype.
class At {
 public:
  At(Array x, Indices indices) : x_(std::move(x)), indices_(std::move(indices)) {}
  Array get(const IndexOptions& = {}) const;
  Array set(const Array& values, const IndexOptions& = {}) const;
  // Where an element is indexed twice, these count twice.
  Array add(const Array& values, const IndexOptions& = {}) const;
  Array subtract(const Array& values, const IndexOptions& = {}) const;
  Array mul(const Array& values, const IndexOptions& = {}) const;
  Array multiply(const Array& values, const IndexOptions& = {}) const;
  Array min(const Array& values, const IndexOptions& = {}) const;
  Array max(const Array& values, const IndexOptions& = {}) const;
  // These read, compute and set.
  Array divide(const Array& values, const IndexOptions& = {}) const;
  Array power(const Array& values, const IndexOptions& = {}) const;
  Array apply(const std::function<Array(const Array&)>& f, const IndexOptions& = {}) const;

 private:
  Array x_;
  Indices indices_;
};
inline At at(const Array& x, Indices indices) { return At(x, std::move(indices)); }

}  // namespace linum::np
