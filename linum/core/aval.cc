#include "linum/core/aval.h"

#include <vector>

#include "linum/base/error.h"

namespace linum {

std::string_view memory_kind(MemorySpace memory) {
  return memory == MemorySpace::Host ? "pinned_host" : "device";
}
MemorySpace memory_space(std::string_view kind) {
  for (MemorySpace memory : {MemorySpace::Device, MemorySpace::Host})
    if (memory_kind(memory) == kind) return memory;
  throw ValueError(
      str_cat("there is no memory '", kind, "'; arrays lie in 'device' or 'pinned_host'"));
}

std::string Aval::to_string() const {
  if (!defined()) return "<undefined>";
  std::string out(short_name_of(dtype()));
  if (memory() == MemorySpace::Host) out += "<host>";
  out += '[';
  out += join(shape());
  out += ']';
  return out;
}

std::string to_text(const std::vector<Aval>& avals) {
  std::string out;
  for (const Aval& a : avals) {
    if (!out.empty()) out += ", ";
    out += a.to_string();
  }
  return out;
}

}  // namespace linum
