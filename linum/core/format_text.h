// Format strings whose values come later: "loss {:.3f} after {steps}" of debug::print and
// checkify::check.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "linum/core/array.h"

namespace linum {

// A value for {} or, named, for {name}. Numbers and arrays; what arrays hold is known later.
struct FormatArg {
  template <class T>
  requires std::is_convertible_v<const T&, Array> FormatArg(const T& value) : value(value) {}
  FormatArg(std::string name, Array value) : name(std::move(name)), value(std::move(value)) {}
  std::string name = {};
  Array value;
};
// fmt::arg: the value of {name}.
inline FormatArg arg(std::string name, Array value) {
  return FormatArg(std::move(name), std::move(value));
}

// A format string, parsed: {}, {0}, {name}, each with {:spec} where the value is a scalar (the
// specifications of std::format); {{ and }} are braces.
class FormatText {
 public:
  // Throws ValueError for a malformed string. `where` names the caller in messages.
  FormatText(std::string_view text, std::string_view where);
  // Throws ValueError for a value that is missing, or that the string does not use.
  void check(const std::vector<std::string>& names) const;
  // The text; `names` as in check. The values are concrete.
  std::string format(const std::vector<std::string>& names, std::span<const Array> values) const;

 private:
  struct Piece {
    std::string literal = {};  // in front of the value
    bool has_value = false;
    int position = -1;  // among the values without a name; -1: named
    std::string name = {}, spec = {};
  };
  [[noreturn]] void fail(const std::string& what) const;
  Piece parse_field(std::string_view field);
  std::size_t place_of(const Piece&, const std::vector<std::string>& names) const;
  std::string where_, text_;
  std::vector<Piece> pieces_;
  int next_ = 0;
};

// The names of the values ("" for none), and the values.
std::pair<std::vector<std::string>, std::vector<Array>> split_args(
    const std::vector<FormatArg>& args);

}  // namespace linum
