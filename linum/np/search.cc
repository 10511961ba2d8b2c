#include "linum/np/search.h"

#include <bit>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/calculus.h"
#include "linum/np/comparison.h"
#include "linum/np/creation.h"
#include "linum/np/indexing.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"
#include "linum/np/take.h"
#include "linum/transforms/control_flow.h"

namespace linum::np {

// --- searchsorted -----------------------------------------------------------------------------

namespace {

// x < y in the order of sort: NaN comes last.
Array comes_before(const Array& x, const Array& y) {
  if (!is_inexact(x.dtype())) return x < y;
  return (x < y) | (isnan(y) & ~isnan(x));
}

using Bounds = std::pair<Array, Array>;

// Halves the bounds [low, high) until they meet.
Array bisect(const Array& sorted, const Array& v, bool right) {
  const auto size = static_cast<std::uint64_t>(sorted.size());
  auto halve = [sorted, v, right](const Array&, const Bounds& bounds) {
    const auto& [low, high] = bounds;
    const Array middle = lax::shift_right_logical(low + high, 1);
    const Array here = take(sorted, middle, 0, {.mode = "clip"});
    const Array goes_on = low < high;
    const Array beyond = right ? ~comes_before(v, here) : comes_before(here, v);
    return Bounds{where(goes_on & beyond, middle + 1, low), where(goes_on & ~beyond, middle, high)};
  };
  const Array start = lax::zeros(v.shape(), int32);
  const Bounds all{start, lax::full_like(start, static_cast<std::int32_t>(size))};
  return lax::fori_loop(0, std::bit_width(size), halve, all).first;
}

}  // namespace

Array searchsorted(const Array& sorted, const Array& v, const SearchOptions& o) {
  if (sorted.ndim() != 1) {
    throw ShapeError(
        str_cat("searchsorted: the sorted array must be a vector, got ", sorted.aval()));
  }
  if (o.side != "left" && o.side != "right") {
    throw ValueError(
        str_cat("searchsorted: side must be \"left\" or \"right\", got \"", o.side, "\""));
  }
  auto [a, b] = promote_dtypes(sorted, v);
  if (o.sorter.defined()) a = take(a, o.sorter);
  // Places have no derivative.
  return bisect(lax::stop_gradient(a), lax::stop_gradient(b), o.side == "right");
}

Array digitize(const Array& x, const Array& bins, bool right) {
  if (bins.ndim() != 1)
    throw ShapeError(str_cat("digitize: bins must be a vector, got ", bins.aval()));
  if (bins.size() == 0) return lax::zeros(x.shape(), int32);
  const SearchOptions side{.side = right ? "left" : "right"};
  const Array descending = bins.size() - searchsorted(flip(bins), x, side);
  return where(index(bins, -1) >= index(bins, 0), searchsorted(bins, x, side), descending);
}

// --- bincount ---------------------------------------------------------------------------------

static std::int64_t bincount_length(const Array& x, const BincountOptions& o) {
  if (o.length) return *o.length;
  if (x.is_traced()) {
    throw ConcretizationError(
        str_cat("bincount of a traced array (", x.aval(),
                "): the length of the result would depend on its values. Pass "
                "`length`."));
  }
  const std::int64_t largest = x.size() == 0 ? -1 : max(x).item<std::int64_t>();
  return std::max({o.minlength, largest + 1, std::int64_t{0}});
}

Array bincount(const Array& x, const BincountOptions& o) {
  const Array numbers = is_bool(x.dtype()) ? lax::convert_element_type(x, int32) : x;
  if (!is_integer(numbers.dtype())) {
    throw DTypeError(str_cat("bincount: x must hold integers, got ", x.aval()));
  }
  if (x.ndim() != 1) throw ShapeError(str_cat("bincount: x must be a vector, got ", x.aval()));
  if (o.weights.defined() && o.weights.shape() != x.shape()) {
    throw ShapeError(str_cat("bincount: weights must have the shape of x, got ", o.weights.aval(),
                             " and ", x.aval()));
  }
  const Array weights = o.weights.defined() ? o.weights : make_integer_scalar(1, int32);
  const Array counts = lax::zeros({bincount_length(numbers, o)}, weights.dtype());
  return at(counts, maximum(numbers, 0)).add(weights, {.mode = "drop"});
}

// --- histograms -------------------------------------------------------------------------------

Array histogram_bin_edges(const Array& x, const Bins& bins, const Range& range) {
  const DType dtype = to_inexact(x.dtype());
  if (bins.edges().defined()) return lax::convert_element_type(bins.edges(), dtype);
  auto in_dtype = [&](const Array& v) { return lax::convert_element_type(v, dtype); };
  const Array low = in_dtype(range ? range->first : min(x));
  const Array high = in_dtype(range ? range->second : max(x));
  const Array is_point = high - low == 0;
  return linspace(where(is_point, low - 0.5, low), where(is_point, high + 0.5, high),
                  bins.count() + 1, {.dtype = dtype});
}

static void check_weights(std::string_view what, const Array& weights, const Shape& shape) {
  if (!weights.defined() || weights.shape() == shape) return;
  throw ShapeError(str_cat(what, ": one weight for each sample, shape ", to_text(shape),
                           ", expected, got ", weights.aval()));
}

std::pair<Array, Array> histogram(const Array& x, const HistogramOptions& o) {
  check_weights("histogram", o.weights, x.shape());
  Array values = promote_dtypes_inexact(x);
  Array weights = lax::full_like(values, constant_like(values, 1));
  if (o.weights.defined()) std::tie(values, weights) = promote_dtypes_inexact(x, o.weights);
  const Array edges = histogram_bin_edges(values, o.bins, o.range);
  const std::int64_t count = edges.size();
  Array bin = searchsorted(edges, values, {.side = "right"});
  bin = where(values == index(edges, -1), count - 1, bin);
  const Array sums = at(lax::zeros({count}, weights.dtype()), bin).add(weights);
  Array counts = index(sums, Slice{.start = 1});
  if (o.density) counts = counts / diff(edges) / sum(counts);
  return {counts, edges};
}

namespace {

// The cell of each row along one dimension: 0 is below the first bin.
Array cells_along(const Array& column, const Array& edges) {
  const Array place = searchsorted(edges, column, {.side = "right"});
  return where(column == index(edges, -1), place - 1, place);
}

template <class T>
T of_dimension(const std::vector<T>& each, std::size_t i) {
  return each[each.size() == 1 ? 0 : i];
}

void check_sample(const Array& sample, const HistogramddOptions& o) {
  if (sample.ndim() != 2) {
    throw ShapeError(str_cat("histogramdd: the sample must be a matrix, got ", sample.aval()));
  }
  const auto d = static_cast<std::size_t>(sample.shape(1));
  if (o.bins.size() != 1 && o.bins.size() != d) {
    throw ValueError(str_cat("histogramdd: ", o.bins.size(), " bins for ", d, " dimensions"));
  }
  if (!o.range.empty() && o.range.size() != d) {
    throw ValueError(str_cat("histogramdd: ", o.range.size(), " ranges for ", d, " dimensions"));
  }
  check_weights("histogramdd", o.weights, {sample.shape(0)});
}

Array as_density(const Array& counts, const std::vector<Array>& edges, DType dtype) {
  Array out = lax::convert_element_type(counts, dtype);
  out = out / sum(out);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    Shape shape(edges.size(), 1);
    shape[i] = edges[i].size() - 1;
    out = out / lax::reshape(diff(edges[i]), shape);
  }
  return out;
}

}  // namespace

std::pair<Array, std::vector<Array>> histogramdd(const Array& sample, const HistogramddOptions& o) {
  check_sample(sample, o);
  Array rows = promote_dtypes_inexact(sample), weights = o.weights;
  if (weights.defined()) std::tie(rows, weights) = promote_dtypes_inexact(sample, weights);
  std::vector<Array> cells, edges;
  Shape grid;
  std::vector<Index> inner;
  for (std::int64_t i = 0; i < rows.shape(1); ++i) {
    const auto d = static_cast<std::size_t>(i);
    const Array column = index(rows, {Slice{}, i});
    edges.push_back(histogram_bin_edges(column, of_dimension(o.bins, d),
                                        o.range.empty() ? Range{} : o.range[d]));
    cells.push_back(cells_along(column, edges.back()));
    grid.push_back(edges.back().size() + 1);
    inner.push_back(Slice{.start = 1, .stop = -1});
  }
  const Array flat = ravel_multi_index(cells, grid, "clip");
  const Array counts = bincount(flat, {.weights = weights, .length = element_count(grid)});
  const Array inside = index(lax::reshape(counts, grid), inner);
  return {o.density ? as_density(inside, edges, rows.dtype()) : inside, edges};
}

Histogram2d histogram2d(const Array& x, const Array& y, const HistogramddOptions& options) {
  auto [a, b] = promote_dtypes(x, y);
  auto [counts, edges] = histogramdd(lax::stack({a, b}, 1), options);
  return {counts, edges[0], edges[1]};
}

}  // namespace linum::np
