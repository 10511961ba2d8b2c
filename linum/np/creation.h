// Arrays from nothing, from numbers, and of other dtypes.
#pragma once

#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "linum/core/array.h"

namespace linum::np {

using OptionalDType = std::optional<DType>;

// --- from C++ numbers -------------------------------------------------------------------------

// The dtype of C++ numbers in an array: double gives float32 and int32, as Python's numbers do.
// Ask for float64 by name: np::array({0.1}, float64).
template <class T>
constexpr DType default_dtype_of() {
  return dtype_of<T>() == DType::F64    ? DType::F32
         : dtype_of<T>() == DType::C128 ? DType::C64
                                        : dtype_of<T>();
}

// The numbers of a host array (of that shape) as an array of this dtype.
Array from_numbers(const HostArray& numbers, DType dtype);
// Throws ShapeError: the rows of a nested list differ in length.
[[noreturn]] void refuse_ragged(std::size_t first, std::size_t other);

template <class T>
Array array(const std::vector<T>& values, OptionalDType dtype = {}) {
  HostArray host(dtype_of<T>(), {static_cast<std::int64_t>(values.size())});
  std::size_t i = 0;
  for (auto v : values) host.as<T>()[i++] = v;
  return from_numbers(host, dtype.value_or(default_dtype_of<T>()));
}
// np::array({1, 2, 3})
template <class T>
Array array(std::initializer_list<T> values, OptionalDType dtype = {}) {
  return array(std::vector<T>(values), dtype);
}
// np::array({{1, 2}, {3, 4}})
template <class T>
Array array(std::initializer_list<std::initializer_list<T>> rows, OptionalDType dtype = {}) {
  const std::size_t width = rows.size() == 0 ? 0 : rows.begin()->size();
  std::vector<T> flat;
  for (const auto& row : rows) {
    if (row.size() != width) refuse_ragged(width, row.size());
    flat.insert(flat.end(), row);
  }
  HostArray host(dtype_of<T>(),
                 {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(width)});
  for (std::size_t i = 0; i < flat.size(); ++i) host.as<T>()[i] = flat[i];
  return from_numbers(host, dtype.value_or(default_dtype_of<T>()));
}
// np::array(1.5): a strongly typed scalar.
Array array(const Array& x, OptionalDType dtype = {});
Array asarray(const Array& x, OptionalDType dtype = {});
Array astype(const Array& x, DType dtype);
Array copy(const Array& x);

// --- filled -----------------------------------------------------------------------------------

Array zeros(const Shape& shape, DType dtype = float32);
Array ones(const Shape& shape, DType dtype = float32);
Array empty(const Shape& shape, DType dtype = float32);  // zeros, as in JAX
// fill_value broadcasts; the dtype is its own by default.
Array full(const Shape& shape, const Array& fill_value, OptionalDType dtype = {});

// Of x's shape and dtype, unless they are given.
struct LikeOptions {
  OptionalDType dtype = {};
  std::optional<Shape> shape = {};
};
Array zeros_like(const Array& x, const LikeOptions& options = {});
Array ones_like(const Array& x, const LikeOptions& options = {});
Array empty_like(const Array& x, const LikeOptions& options = {});
Array full_like(const Array& x, const Array& fill_value, const LikeOptions& options = {});

// --- ranges -----------------------------------------------------------------------------------

// start, start + step, ... below stop; the bounds are concrete numbers, and the dtype is theirs.
Array arange(const Array& stop, OptionalDType dtype = {});
Array arange(const Array& start, const Array& stop, OptionalDType dtype = {});
Array arange(const Array& start, const Array& stop, const Array& step, OptionalDType dtype = {});

struct SpaceOptions {
  bool endpoint = true;  // whether `stop` is the last number
  OptionalDType dtype = {};
  std::int64_t axis = 0;  // of the result, for bounds that are arrays
};
// `num` numbers from start to stop at equal distances.
Array linspace(const Array& start, const Array& stop, std::int64_t num = 50,
               const SpaceOptions& options = {});
// The same, and the distance.
std::pair<Array, Array> linspace_with_step(const Array& start, const Array& stop,
                                           std::int64_t num = 50, const SpaceOptions& options = {});
// base to the powers of linspace.
Array logspace(const Array& start, const Array& stop, std::int64_t num = 50,
               const SpaceOptions& options = {}, const Array& base = 10.0);
// At equal ratios.
Array geomspace(const Array& start, const Array& stop, std::int64_t num = 50,
                const SpaceOptions& options = {});

// --- grids ------------------------------------------------------------------------------------

struct MeshgridOptions {
  bool sparse = false;               // keep size 1 along the axes of the others
  std::string_view indexing = "xy";  // "xy" swaps the first two axes, "ij" does not
};
// The coordinates of a grid, one array for each axis.
std::vector<Array> meshgrid(const std::vector<Array>& axes, const MeshgridOptions& options = {});
// Each element's index along each axis: shape (rank, ...dimensions).
Array indices(const Shape& dimensions, DType dtype = int32);

}  // namespace linum::np
