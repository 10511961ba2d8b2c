// The rules of operations that run one program: jit, checkpoint. `call_of` makes such an operation
// for another program.
#pragma once

#include <functional>

#include "linum/core/program.h"

namespace linum {

using CallMaker = std::function<Ref<const Primitive>(ProgramRef)>;

JvpResult jvp_call(const Program&, std::span<const Array> primals,
                   std::span<const Tangent> tangents, const CallMaker& call_of);
std::vector<Tangent> transpose_call(const Program&, std::span<const Tangent> cts,
                                    std::span<const Operand> operands, const CallMaker& call_of);
Batched batch_call(const Program&, const BatchAxis&, std::span<const Array> operands,
                   std::span<const std::int64_t> dims, const CallMaker& call_of);

// The same where more than the program depends on which operands are concerned: `derive` gives the
// call for the operands marked (they have tangents, behind the primals; they are batched in front),
// and which of its results are concerned.
struct DerivedCall {
  Ref<const Primitive> call;
  std::vector<bool> marks;
};
using DerivedCallMaker = std::function<DerivedCall(const std::vector<bool>& marks)>;
JvpResult jvp_call(std::span<const Array> primals, std::span<const Tangent> tangents,
                   const DerivedCallMaker& derive);
Batched batch_call(const BatchAxis&, std::span<const Array> operands,
                   std::span<const std::int64_t> dims, const DerivedCallMaker& derive);

// Where a state is handed along: through the program, if that concerns it.
std::vector<Array> carry_state_call(const Primitive& call, const Program&, StateTrace& trace,
                                    std::span<const Array> operands, const CallMaker& call_of);

// Known and unknown results, each in order, in the places that `unknown` says.
std::vector<Array> merge_by(const std::vector<bool>& unknown, std::span<const Array> known,
                            std::span<const Array> rest);

}  // namespace linum
