// Calls of native functions (XLA FFI) from programs.
#pragma once

#include "linum/core/emitter.h"

namespace linum::lax {

struct CustomCall {
  std::string target;           // the name it is registered by
  std::string attributes = {};  // "lower = true, k = 3 : i64"
  // Arrays of this rank hold matrices by columns in the last two axes. All others are row-major.
  // Without a promise the compiler chooses, and each operand and result as it likes.
  std::int64_t rank_by_columns = -1;
  bool has_side_effect = false;  // is called although nobody reads its results
  // Called once for a program that the compiler splits over devices, otherwise by each of them.
  bool on_first_device = false;
};
std::vector<Ssa> emit_custom_call(Emitter&, const CustomCall& call, std::span<const Ssa> operands,
                                  std::span<const Aval> results);

}  // namespace linum::lax
