#include "linum/np/pad.h"

#include <algorithm>

#include "linum/lax/lax.h"
#include "linum/np/creation.h"
#include "linum/np/indexing.h"
#include "linum/np/manipulation.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/quantile.h"
#include "linum/np/reductions.h"

namespace linum::np {

using Pair = PadWidths::Pair;

std::vector<Pair> PadWidths::resolve(std::int64_t rank, std::string_view what) const {
  const auto count = static_cast<std::int64_t>(pairs_.size());
  if (count != 1 && count != rank) {
    throw ValueError(
        str_cat("pad: ", what, " has ", count, " pairs, but the array has ", rank, " axes"));
  }
  for (auto [before, after] : pairs_) {
    if (before >= 0 && after >= 0) continue;
    throw ValueError(
        str_cat("pad: ", what, " cannot contain negative values, got (", before, ", ", after, ")"));
  }
  return count == rank ? pairs_ : std::vector<Pair>(static_cast<std::size_t>(rank), pairs_[0]);
}

namespace {

Array like(const Array& x, const Array& value) {
  return lax::convert_element_type(value, x.dtype(), x.weak());
}
Array slice(const Array& x, std::int64_t start, std::optional<std::int64_t> stop,
            std::int64_t axis) {
  return lax::slice_in_dim(x, start, stop, 1, axis);
}
Array between(const Array& before, const Array& x, const Array& after, std::int64_t axis) {
  return lax::concatenate({before, x, after}, axis);
}
Array repeated(const Array& one, std::int64_t times, std::int64_t axis) {
  Shape shape = one.shape();
  shape[static_cast<std::size_t>(axis)] = times;
  return broadcast_to(one, shape);
}

// One value for each end of each axis.
Array ends_of(std::string_view what, const Array& values, std::int64_t rank) {
  const bool fits = values.ndim() <= 2 && (values.ndim() == 0 || values.shape(-1) <= 2) &&
                    (values.ndim() < 2 || values.shape(0) == rank || values.shape(0) == 1);
  if (fits) return broadcast_to(values, {rank, 2});
  throw ShapeError(str_cat("pad: ", what, " must be a scalar, or have shape (2,) or (", rank,
                           ", 2), got ", to_text(values.shape())));
}

Array pad_constant(const Array& x, const std::vector<Pair>& widths, const Array& values) {
  std::vector<lax::Padding> all;
  for (auto [before, after] : widths) all.push_back({before, after, 0});
  if (values.size() == 1) return lax::pad(x, like(x, lax::reshape(values, {})), all);
  const Array ends = ends_of("constant_values", like(x, values), x.ndim());
  Array out = x;
  for (std::int64_t axis = 0; axis < x.ndim(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    for (int end = 0; end < 2; ++end) {
      std::vector<lax::Padding> one(widths.size());
      (end == 0 ? one[i].low : one[i].high) = end == 0 ? widths[i].first : widths[i].second;
      out = lax::pad(out, index(ends, {axis, end}), one);
    }
  }
  return out;
}

Array pad_wrap(const Array& x, Pair width, std::int64_t axis) {
  const std::int64_t n = x.shape(axis);
  std::vector<Array> parts;
  if (width.first % n > 0) parts.push_back(slice(x, n - width.first % n, n, axis));
  const std::int64_t copies = width.first / n + width.second / n + 1;
  parts.insert(parts.end(), static_cast<std::size_t>(copies), x);
  if (width.second % n > 0) parts.push_back(slice(x, 0, width.second % n, axis));
  return lax::concatenate(parts, axis);
}

// Reflections at the front, as often as the padding needs them.
Array reflect_front(Array x, std::int64_t padding, std::int64_t axis, bool skips_edge, bool odd) {
  const std::int64_t n = x.shape(axis), offset = skips_edge && n > 1 ? 1 : 0;
  Array edge = slice(x, 0, 1, axis);
  while (padding > 0) {
    const std::int64_t now = std::min(padding, n - offset);
    padding -= now;
    Array part = lax::rev(slice(x, offset, offset + now, axis), {axis});
    if (odd) {
      part = 2 * edge - part;
      if (n > 1) edge = slice(part, 0, 1, axis);
    }
    x = lax::concatenate({part, x}, axis);
  }
  return x;
}
Array pad_reflect(const Array& x, Pair width, std::int64_t axis, bool skips_edge, bool odd) {
  // The array's own size decides how far one reflection reaches, at both ends.
  const Array front = reflect_front(x, width.first, axis, skips_edge, odd);
  const Array back =
      lax::rev(reflect_front(lax::rev(x, {axis}), width.second, axis, skips_edge, odd), {axis});
  return lax::concatenate({front, slice(back, x.shape(axis), {}, axis)}, axis);
}

Array pad_edge(const Array& x, Pair width, std::int64_t axis) {
  return between(repeated(slice(x, 0, 1, axis), width.first, axis), x,
                 repeated(slice(x, -1, {}, axis), width.second, axis), axis);
}

// `count` numbers from `end` toward the edge, without it.
Array ramp(const Array& end, const Array& edge, std::int64_t count, std::int64_t axis) {
  return linspace(end, lax::squeeze(edge, {axis}), count,
                  {.endpoint = false, .dtype = edge.dtype(), .axis = axis});
}
Array pad_ramp(const Array& x, Pair width, std::int64_t axis, const Array& ends) {
  const Array before = ramp(index(ends, {axis, 0}), slice(x, 0, 1, axis), width.first, axis);
  const Array after = ramp(index(ends, {axis, 1}), slice(x, -1, {}, axis), width.second, axis);
  return between(like(x, before), x, like(x, lax::rev(after, {axis})), axis);
}

using Statistic = Array (*)(const Array&, std::int64_t axis);
Statistic statistic_of(std::string_view mode) {
  if (mode == "maximum") {
    return [](const Array& x, std::int64_t a) { return max(x, {.axis = a, .keepdims = true}); };
  }
  if (mode == "minimum") {
    return [](const Array& x, std::int64_t a) { return min(x, {.axis = a, .keepdims = true}); };
  }
  if (mode == "mean") {
    return [](const Array& x, std::int64_t a) { return mean(x, {.axis = a, .keepdims = true}); };
  }
  if (mode == "median") return [](const Array& x, std::int64_t a) { return median(x, a, true); };
  return nullptr;
}
Array pad_statistic(const Array& x, Pair width, std::int64_t axis, Statistic statistic,
                    std::optional<Pair> length) {
  const std::int64_t n = x.shape(axis);
  const Pair used = length.value_or(Pair{n, n});
  if (used.first == 0 || used.second == 0) {
    throw ValueError("pad: a stat_length of 0 yields no value for padding");
  }
  auto value = [&](const Array& part) {
    const Array v = statistic(part, axis);
    return like(x, is_integer(x.dtype()) ? round(v) : v);
  };
  return between(repeated(value(slice(x, 0, std::min(used.first, n), axis)), width.first, axis), x,
                 repeated(value(slice(x, -std::min(used.second, n), {}, axis)), width.second, axis),
                 axis);
}

void require_known(const PadOptions& o) {
  const bool known = o.mode == "edge" || o.mode == "linear_ramp" || o.mode == "reflect" ||
                     o.mode == "symmetric" || o.mode == "wrap" || statistic_of(o.mode) != nullptr;
  if (!known) {
    throw ValueError(str_cat(
        "pad: unknown mode \"", o.mode, "\": it must be \"constant\", \"edge\", \"linear_ramp\", ",
        "\"maximum\", \"mean\", \"median\", \"minimum\", \"reflect\", \"symmetric\", \"wrap\" or ",
        "\"empty\""));
  }
  if (o.reflect_type == "even" || o.reflect_type == "odd") return;
  throw ValueError(
      str_cat("pad: reflect_type must be \"even\" or \"odd\", got \"", o.reflect_type, "\""));
}

Array pad_axis(const Array& x, Pair width, std::int64_t axis, const PadOptions& o,
               const Array& ends, std::optional<Pair> length) {
  if (o.mode == "edge") return pad_edge(x, width, axis);
  if (o.mode == "wrap") return pad_wrap(x, width, axis);
  if (o.mode == "linear_ramp") return pad_ramp(x, width, axis, ends);
  const Statistic statistic = statistic_of(o.mode);
  if (statistic != nullptr) return pad_statistic(x, width, axis, statistic, length);
  return pad_reflect(x, width, axis, o.mode == "reflect", o.reflect_type == "odd");
}

}  // namespace

Array pad(const Array& x, const PadWidths& widths, const PadOptions& o) {
  if (x.ndim() == 0) return x;
  const std::vector<Pair> each = widths.resolve(x.ndim(), "pad_width");
  if (o.mode == "constant") return pad_constant(x, each, o.constant_values);
  if (o.mode == "empty") return pad_constant(x, each, 0);
  require_known(o);
  Array ends;
  std::vector<Pair> lengths;
  if (o.mode == "linear_ramp") ends = ends_of("end_values", o.end_values, x.ndim());
  if (o.stat_length) lengths = o.stat_length->resolve(x.ndim(), "stat_length");
  Array out = x;
  for (std::int64_t axis = 0; axis < x.ndim(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    if (each[i] == Pair{0, 0}) continue;
    if (x.shape(axis) == 0) {
      throw ValueError(str_cat("pad: can't extend empty axis ", axis, " with mode \"", o.mode,
                               "\" (only \"constant\" and \"empty\" can)"));
    }
    out = pad_axis(out, each[i], axis, o, ends,
                   lengths.empty() ? std::nullopt : std::optional(lengths[i]));
  }
  return out;
}

Array pad(const Array& x, const PadWidths& widths, const PadFunction& f) {
  const std::vector<Pair> each = widths.resolve(x.ndim(), "pad_width");
  Array out = pad_constant(x, each, 0);
  for (std::int64_t axis = 0; axis < x.ndim(); ++axis) {
    const auto [before, after] = each[static_cast<std::size_t>(axis)];
    out = f(out, axis, before, after);
  }
  return out;
}

}  // namespace linum::np
