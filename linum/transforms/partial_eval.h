// Splitting a program into what can run now and what depends on values that come later.
#pragma once

#include "linum/core/program.h"

namespace linum {

struct SplitProgram {
  ProgramRef known;    // known inputs -> known outputs, then the residuals
  ProgramRef unknown;  // residuals, then unknown inputs -> unknown outputs
  std::vector<bool> out_unknown;
  // For residuals that are known inputs handed through: the input's place; else -1.
  std::vector<std::int64_t> residual_input;
};
// `unknown[i]`: input i comes later. Outputs marked in `force_unknown` count as unknown.
SplitProgram partial_eval_program(const Program&, const std::vector<bool>& unknown,
                                  const std::vector<bool>& force_unknown = {});

}  // namespace linum
