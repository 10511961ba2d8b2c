#include "linum/kernels/lapack.h"

#include "linum/kernels/lapack_targets.h"
#include "linum/lax/lapack.h"
#include "linum/lowering/lower.h"

namespace linum::kernels {

static std::vector<Ssa> lower_by_lapack(const Primitive& primitive, Emitter& emitter,
                                        std::span<const Ssa> operands,
                                        std::span<const Aval> results) {
  if (!lax::can_call_lapack()) return {};
  return lax::emit_lapack(primitive, emitter, operands, results);
}

void install_lapack() {
  for (const auto& targets : {lapack_factors(), lapack_spectra()}) {
    for (const LapackTarget& t : targets) {
      runtime::register_ffi_target(str_cat("linum_", t.primitive), t.handler);
      if (t.replaces) register_override("cpu", t.primitive, lower_by_lapack);
    }
  }
}

}  // namespace linum::kernels
