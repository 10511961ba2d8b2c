// How indices become slices, gathers and scatters.
#pragma once

#include <vector>

#include "linum/lax/gather_scatter.h"
#include "linum/np/indexing.h"

namespace linum::np {

// What one entry does to one axis of the operand (a new axis: to none).
struct AxisIndex {
  enum Kind { Range, Point, New, Lookup, Window } kind;
  std::size_t entry;       // which of the user's indices it came from
  std::int64_t axis = 0;   // of the operand
  std::int64_t start = 0;  // of a range; a point's place
  std::int64_t size = 1;   // of a range or window
  std::int64_t step = 1;   // of a range
  Array array = {};        // of a lookup: integers; of a window: its start, in bounds
};

// The indices, one for each axis of an operand of this shape: ellipses, missing ones, bool arrays
// and negative numbers resolved. Throws for what does not fit.
std::vector<AxisIndex> resolve_indices(const Shape& shape, const Indices& indices,
                                       bool wrap_negative);

// A gather (or scatter) and what has to happen around it.
struct GatherPlan {
  Array indices;  // the last axis is the index vector
  lax::GatherDimensionNumbers dimensions;
  Shape window;     // sizes of the gathered windows
  Shape shape;      // of the result
  Axes reversed;    // axes to flip after a gather (before the new axes come in)
  Axes new_axes;    // of the result, to insert after that
  bool is_ordered;  // no lookups: indices are sorted and unique
};
GatherPlan plan_gather(const Shape& shape, const std::vector<AxisIndex>& indices);

lax::GatherScatterMode parse_mode(std::string_view mode);

}  // namespace linum::np
