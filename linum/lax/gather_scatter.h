// Gather and scatter: windows read from, or combined into, places given by an array of indices.
#pragma once

#include "linum/core/array.h"

namespace linum::lax {

// What happens to windows that reach out of bounds.
enum class GatherScatterMode : std::uint8_t {
  Clip,             // moved back in
  FillOrDrop,       // read as the fill value, not written
  PromiseInBounds,  // there are none: the caller knows (else: clipped reads, dropped writes)
};

// How the axes of operand, indices and result belong together. The last axis of the indices holds
// the index vector; its other axes are batch axes, which come first in the result, in order, at the
// places that are not offset_dims.
struct GatherDimensionNumbers {
  Axes offset_dims;           // axes of the result that come from the window
  Axes collapsed_slice_dims;  // axes of the operand whose window has size 1 and is dropped
  Axes start_index_map;       // axis of the operand that each entry of the index vector moves along
  Axes operand_batching_dims = {};        // axes of the operand that run along with ...
  Axes start_indices_batching_dims = {};  // ... these axes of the indices
  friend bool operator==(const GatherDimensionNumbers&, const GatherDimensionNumbers&) = default;
};

struct GatherOptions {
  bool unique_indices = false;      // a promise: windows do not overlap
  bool indices_are_sorted = false;  // a promise
  GatherScatterMode mode = GatherScatterMode::PromiseInBounds;
  // A C++ number, for FillOrDrop. Default: NaN, the least integer, the largest unsigned one, true.
  Array fill_value = {};
};

// jax.lax.gather: for each index vector the window of `slice_sizes` that starts there.
Array gather(const Array& operand, const Array& start_indices,
             const GatherDimensionNumbers& dimension_numbers, const Shape& slice_sizes,
             const GatherOptions& options = {});

// The mirror image: where the windows of `updates` go in the operand.
struct ScatterDimensionNumbers {
  Axes update_window_dims;            // axes of the updates that run over the window
  Axes inserted_window_dims;          // axes of the operand that windows lack
  Axes scatter_dims_to_operand_dims;  // axis of the operand for each entry of the index vector
  Axes operand_batching_dims = {};
  Axes scatter_indices_batching_dims = {};
  friend bool operator==(const ScatterDimensionNumbers&, const ScatterDimensionNumbers&) = default;
};

struct ScatterOptions {
  bool indices_are_sorted = false;
  bool unique_indices = false;
  GatherScatterMode mode = GatherScatterMode::FillOrDrop;
};

// The operand with windows replaced; which one stays is unspecified where they overlap.
Array scatter(const Array& operand, const Array& scatter_indices, const Array& updates,
              const ScatterDimensionNumbers& dimension_numbers, const ScatterOptions& options = {});
// The operand with windows added, subtracted, multiplied, or the smaller or larger kept.
Array scatter_add(const Array& operand, const Array& scatter_indices, const Array& updates,
                  const ScatterDimensionNumbers& dimension_numbers,
                  const ScatterOptions& options = {});
Array scatter_sub(const Array& operand, const Array& scatter_indices, const Array& updates,
                  const ScatterDimensionNumbers& dimension_numbers,
                  const ScatterOptions& options = {});
Array scatter_mul(const Array& operand, const Array& scatter_indices, const Array& updates,
                  const ScatterDimensionNumbers& dimension_numbers,
                  const ScatterOptions& options = {});
Array scatter_min(const Array& operand, const Array& scatter_indices, const Array& updates,
                  const ScatterDimensionNumbers& dimension_numbers,
                  const ScatterOptions& options = {});
Array scatter_max(const Array& operand, const Array& scatter_indices, const Array& updates,
                  const ScatterDimensionNumbers& dimension_numbers,
                  const ScatterOptions& options = {});

// "clip", "fill_or_drop", "promise_in_bounds"
std::string_view name_of(GatherScatterMode);

}  // namespace linum::lax
