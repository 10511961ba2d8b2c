#include "linum/base/text.h"

namespace linum::detail {
namespace {

void print(std::string& out, std::string_view s) { out += s; }
void print(std::string& out, char c) { out += c; }
void print(std::string& out, const Shape* shape) { out += to_text(*shape); }
template <class Number>
void print(std::string& out, Number n) {
  out += std::to_string(n);
}

}  // namespace

void Text::append_to(std::string& out) const {
  std::visit([&](const auto& value) { print(out, value); }, value_);
}

std::string str_cat(std::initializer_list<Text> parts) {
  std::string out;
  for (const Text& part : parts) part.append_to(out);
  return out;
}

}  // namespace linum::detail
