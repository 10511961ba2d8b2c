// Lowering an operation by other operations of lax.
#pragma once

#include "linum/core/emitter.h"

namespace linum::lax {

// Writes `f`, made of lax operations, in place of an op of its own.
std::vector<Ssa> lower_composed(Emitter&, const FlatFn& f, std::span<const Ssa> operands);
// A loop over `state`: `body` gives the next state while `condition` gives true.
std::vector<Ssa> lower_while(Emitter&, const FlatFn& condition, const FlatFn& body,
                             std::span<const Ssa> state);
// The value in this shape: broadcast where it has rank 0.
Ssa broadcast_ssa(Emitter&, const Ssa& x, const Shape& shape);
// The value as another dtype.
Ssa convert_ssa(Emitter&, const Ssa& x, DType dtype);

}  // namespace linum::lax
