// Running a program without compiling it whole: operation by operation, bodies in C++. Programs of
// one kind share their operations, so that ten thousand of them compile little.
#pragma once

#include "linum/core/program.h"

namespace linum::fuzz {

std::vector<Array> interpret(const Program&, std::span<const Array> args);

}  // namespace linum::fuzz
