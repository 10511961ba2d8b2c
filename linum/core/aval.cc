#include "linum/core/aval.h"

#include <vector>

namespace linum {

std::string Aval::to_string() const {
  if (!defined()) return "<undefined>";
  std::string out(short_name_of(dtype()));
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
