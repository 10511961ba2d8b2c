// Functions of functions: over slices, over axes, piece by piece.
#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "linum/core/array.h"
#include "linum/np/take.h"

namespace linum::np {

using Function = std::function<Array(const Array&)>;
using ManyFunction = std::function<Array(const std::vector<Array>&)>;

// f of each 1-D slice along an axis; what it gives takes the place of the axis.
Array apply_along_axis(const Function& f, std::int64_t axis, const Array& x);
// f(x, axis) for one axis after the other; f may drop the axis or keep it.
Array apply_over_axes(const std::function<Array(const Array&, std::int64_t)>& f, const Array& x,
                      const Axes& axes);

// f(i, j, ...) at each place of an array of this shape.
Array fromfunction(const ManyFunction& f, const Shape& shape, DType dtype = float32);

// f of single elements (or, with a signature such as "(n),(n)->()", of arrays of those axes),
// applied to arrays whose other axes broadcast. Arguments whose numbers are in `excluded` are
// passed whole.
ManyFunction vectorize(const ManyFunction& f, std::string_view signature = "",
                       const std::vector<std::size_t>& excluded = {});

// Element by element what the last function gives whose condition holds: a function of x, or a
// number. One more function than conditions is for elements where none holds (else 0). The result
// has x's dtype.
using Piece = std::variant<Array, Function>;
Array piecewise(const Array& x, const std::vector<Array>& conditions,
                const std::vector<Piece>& pieces);

// The places where mask(ones((n, n)), k) is not zero: mask is tril or triu, say.
std::vector<Array> mask_indices(std::int64_t n,
                                const std::function<Array(const Array&, std::int64_t)>& mask,
                                std::int64_t k = 0, const NonzeroOptions& options = {});

}  // namespace linum::np
