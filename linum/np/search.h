// Finding places in sorted numbers, and counting what falls where.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "linum/core/array.h"

namespace linum::np {

struct SearchOptions {
  std::string_view side = "left";  // of equal elements: "left" or "right"
  Array sorter = {};               // the indices that sort `sorted`, if it is not
};
// Where each element of v must be inserted into `sorted` to keep it so. NaN is the largest. int32.
Array searchsorted(const Array& sorted, const Array& v, const SearchOptions& options = {});
// The number of the bin that each element falls in: bins[i-1] <= x < bins[i], or < and <= with
// `right`. The bins ascend or descend.
Array digitize(const Array& x, const Array& bins, bool right = false);

struct BincountOptions {
  Array weights = {};          // counted instead of ones
  std::int64_t minlength = 0;  // of the result
  // The length itself; larger numbers are left out. It must be given for traced x.
  std::optional<std::int64_t> length = {};
};
// How often 0, 1, 2, ... occur in a vector; negative numbers count as 0.
Array bincount(const Array& x, const BincountOptions& options = {});

// --- histograms -------------------------------------------------------------------------------

// How many bins of one width, or their edges.
class Bins {
 public:
  Bins(std::integral auto count) : count_(static_cast<std::int64_t>(count)) {}
  Bins(Array edges) : edges_(std::move(edges)) {}
  std::int64_t count() const { return edges_.defined() ? edges_.size() - 1 : count_; }
  const Array& edges() const { return edges_; }

 private:
  std::int64_t count_ = 10;
  Array edges_;
};
using Range = std::optional<std::pair<Array, Array>>;

struct HistogramOptions {
  Bins bins = 10;
  Range range = {};      // of all bins; from the least to the greatest element by default
  Array weights = {};    // one for each element
  bool density = false;  // divide by the total and the widths
};
// Counts and edges. The last bin has its right edge too.
std::pair<Array, Array> histogram(const Array& x, const HistogramOptions& options = {});
Array histogram_bin_edges(const Array& x, const Bins& bins = 10, const Range& range = {});

struct HistogramddOptions {
  std::vector<Bins> bins = {10};  // for all dimensions, or one for each
  std::vector<Range> range = {};  // none, or one for each dimension
  Array weights = {};
  bool density = false;
};
// Of the rows of a matrix, one column for each dimension: counts, and the edges along each.
std::pair<Array, std::vector<Array>> histogramdd(const Array& sample,
                                                 const HistogramddOptions& options = {});
// Of the points (x, y).
struct Histogram2d {
  Array counts, x_edges, y_edges;
};
Histogram2d histogram2d(const Array& x, const Array& y, const HistogramddOptions& options = {});

}  // namespace linum::np
