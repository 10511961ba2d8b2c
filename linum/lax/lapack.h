// Operations that a routine of LAPACK computes, reached by a custom call (kernels/lapack.h).
#pragma once

#include <optional>

#include "linum/lax/decompositions.h"
#include "linum/lax/families.h"

namespace linum::lax {

// What LAPACK computes with: float32, float64, complex64, complex128.
extern const Accepts kLapack;

// An operation on the matrices (or vectors) in the last axes of its operands. The axes before are
// batch axes, the same for all operands. Not linear, and without derivative unless jvp is given.
class MatrixPrimitive : public Primitive {
 public:
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 protected:
  std::vector<Array> again(std::span<const Array> operands) const;
};

// The custom call linum_<name>, with the primitive's parameters as attributes and matrices in
// column-major order. Throws PluginError where it cannot run.
std::vector<Ssa> emit_lapack(const Primitive&, Emitter&, std::span<const Ssa> operands,
                             std::span<const Aval> results);
// Whether this process's plugin can call it.
bool can_call_lapack();

// --- checks of infer --------------------------------------------------------------------------

// One operand of LAPACK's dtypes with at least two axes; `square`: the last two of one size.
void check_matrices(const Primitive&, std::span<const Aval> operands, bool square);
// The range, or nothing where it is all of n values; ValueError where it is no range of them.
using PartOfValues = std::optional<linalg::IndexRange>;
PartOfValues part_of(std::string_view what, const PartOfValues& range, std::int64_t n);
// The parameter subset_by_index, where there is a part.
void sink_part(ParamSink& sink, const PartOfValues& part);
// For `lower`: LAPACK is asked for all values (PluginError).
void refuse_part(const Primitive&, const PartOfValues& part);
// The shape of x without its last `count` axes, with `last` in their place.
Shape with_last(const Aval& x, std::size_t count, const Shape& last);

}  // namespace linum::lax
