// debug::print: show values from inside jitted functions, loops and branches (jax.debug.print).
#pragma once

#include "linum/core/format_text.h"
#include "linum/transforms/callback.h"

namespace linum::debug {

// Writes a line with the values, when they are known: print("x = {}, y = {y:.3f}", x, arg("y", y)).
// Lines of unordered prints may come in any order; effects_barrier waits for all. Throws ValueError
// at once when values and format string do not fit.
void print_args(std::string_view text, const std::vector<FormatArg>& args,
                const DebugCallbackOptions& options = {});
template <class... Args>
void print(std::string_view text, const Args&... args) {
  print_args(text, {FormatArg(args)...});
}
template <class... Args>
void print(const DebugCallbackOptions& options, std::string_view text, const Args&... args) {
  print_args(text, {FormatArg(args)...}, options);
}

// Where lines go instead of standard output, in all threads; one line at a time, without its end.
using PrintSink = std::function<void(std::string_view line)>;
// Gives the previous one; empty: standard output.
PrintSink set_print_sink(PrintSink sink);

}  // namespace linum::debug
