// StableHLO modules made elsewhere, called as functions: the text of
// jax.jit(f).lower(...).as_text(), or of Lowered::as_text().
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "linum/core/tree.h"

namespace linum {

// The types of a module's function @main.
struct StableHloSignature {
  std::vector<Aval> inputs, outputs;
  std::vector<bool> donated;  // inputs whose buffers the module takes
};
// Throws IoError with `name` and the offset unless the module has a @main over arrays of static
// shapes, for one device.
StableHloSignature parse_stablehlo_signature(std::string_view text, const std::string& name);

// A module, compiled at its first call. Copies share the compiled program. Thread-safe.
class StableHlo {
 public:
  explicit StableHlo(std::string text, std::string name = "StableHLO text");
  // With compiled code of this machine and plugin (Executable::serialize()) in place of compiling;
  // code that the plugin refuses is done without.
  StableHlo(std::string text, std::string name, std::string code);

  const std::string& text() const;
  const StableHloSignature& signature() const;

  // One array for each argument of @main; C++ numbers take its dtype. Throws ShapeError or
  // DTypeError that names the argument and both types.
  std::vector<Array> operator()(std::span<const Array> args) const;
  // The leaves of `args` in order, as JAX flattens its arguments (of which its jit drops those that
  // are not read, unless keep_unused). Gives the array where @main has
  // one result, the list of them otherwise.
  Tree operator()(const Tree& args) const;
  // Its compiled code, compiled now.
  std::string serialized_code() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

StableHlo load_stablehlo(const std::string& path);

}  // namespace linum
