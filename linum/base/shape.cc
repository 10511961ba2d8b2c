#include "linum/base/shape.h"

#include <algorithm>

#include "linum/base/error.h"

namespace linum {

std::int64_t element_count(const Shape& shape) {
  std::int64_t n = 1;
  for (std::int64_t d : shape) n *= d;
  return n;
}

std::string join(std::span<const std::int64_t> v, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (i) out += separator;
    out += std::to_string(v[i]);
  }
  return out;
}
std::string join(std::span<const std::string> v, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < v.size(); ++i) out += str_cat(i ? separator : "", v[i]);
  return out;
}
std::string to_text(const Shape& shape) {
  return str_cat("(", join(shape, ", "), shape.size() == 1 ? ",)" : ")");
}

std::int64_t normalize_axis(std::int64_t axis, std::int64_t rank, std::string_view what) {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw ShapeError(str_cat(what, ": axis ", axis, " is out of range for an array with ", rank,
                           " dimension", rank == 1 ? "" : "s"));
}

Axes normalize_axes(const Axes& axes, std::int64_t rank, std::string_view what) {
  Axes out;
  for (std::int64_t a : axes) {
    std::int64_t n = normalize_axis(a, rank, what);
    if (contains(out, n)) throw ShapeError(str_cat(what, ": axis ", a, " is named twice"));
    out.push_back(n);
  }
  return out;
}

Axes iota_axes(std::int64_t n) {
  Axes out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(i);
  return out;
}

Shape joined_shape(Shape first, const Shape& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Shape broadcast_shapes(const Shape& a, const Shape& b, std::string_view what) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape out = longer;
  std::size_t skip = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t x = longer[skip + i], y = shorter[i];
    if (x != y && x != 1 && y != 1) {
      throw ShapeError(str_cat(what, ": shapes ", to_text(a), " and ", to_text(b),
                               " cannot be broadcast together"));
    }
    out[skip + i] = x == 1 ? y : x;
  }
  return out;
}

Shape row_major_strides(const Shape& shape) {
  Shape out(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) out[i - 1] = out[i] * shape[i];
  return out;
}

bool contains(const Axes& axes, std::int64_t axis) {
  return std::find(axes.begin(), axes.end(), axis) != axes.end();
}
bool contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Shape without_axes(const Shape& shape, const Axes& axes) {
  Shape out;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (!contains(axes, static_cast<std::int64_t>(i))) out.push_back(shape[i]);
  return out;
}

Axes inverse_permutation(const Axes& p) {
  Axes out(p.size());
  for (std::size_t i = 0; i < p.size(); ++i)
    out[static_cast<std::size_t>(p[i])] = static_cast<std::int64_t>(i);
  return out;
}

}  // namespace linum
