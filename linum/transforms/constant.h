// Programs without captured values.
#pragma once

#include "linum/core/program.h"

namespace linum {

// The program with the concrete arrays that it captured written into it: those that a derivative
// rule made on the way. Throws TransformError when a value of an enclosing transform was captured.
ProgramRef closed_program(const TracedProgram&);
// trace_program and closed_program.
ProgramRef trace_closed(const FlatFn& f, std::span<const Aval> args);

}  // namespace linum
