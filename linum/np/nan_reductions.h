// Reductions that leave NaN out. Of integers they are the plain ones.
#pragma once

#include "linum/np/reductions.h"

namespace linum::np {

Array nansum(const Array& x, const ReduceOptions& options = {});
Array nansum(const Array& x, std::integral auto axis) { return nansum(x, {.axis = axis}); }
Array nanprod(const Array& x, const ReduceOptions& options = {});
Array nanprod(const Array& x, std::integral auto axis) { return nanprod(x, {.axis = axis}); }

// NaN where there is nothing else.
Array nanmax(const Array& x, const ExtremumOptions& options = {});
Array nanmax(const Array& x, std::integral auto axis) { return nanmax(x, {.axis = axis}); }
Array nanmin(const Array& x, const ExtremumOptions& options = {});
Array nanmin(const Array& x, std::integral auto axis) { return nanmin(x, {.axis = axis}); }
Array nanmean(const Array& x, const MeanOptions& options = {});
Array nanmean(const Array& x, std::integral auto axis) { return nanmean(x, {.axis = axis}); }
Array nanvar(const Array& x, const VarOptions& options = {});
Array nanvar(const Array& x, std::integral auto axis) { return nanvar(x, {.axis = axis}); }
Array nanstd(const Array& x, const VarOptions& options = {});
Array nanstd(const Array& x, std::integral auto axis) { return nanstd(x, {.axis = axis}); }

// -1 where there is nothing but NaN.
Array nanargmax(const Array& x, std::optional<std::int64_t> axis = {}, bool keepdims = false);
Array nanargmin(const Array& x, std::optional<std::int64_t> axis = {}, bool keepdims = false);

}  // namespace linum::np
