#include "linum/core/format_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace linum {

void FormatText::fail(const std::string& what) const {
  throw ValueError(str_cat(where_, ": ", what, " in the format string \"", text_, "\""));
}

FormatText::Piece FormatText::parse_field(std::string_view field) {
  Piece out{.has_value = true};
  std::size_t colon = field.find(':');
  std::string_view name = field.substr(0, colon);
  if (colon != std::string_view::npos) out.spec = field.substr(colon + 1);
  if (name.empty()) {
    out.position = next_++;
  } else if (std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    std::from_chars(name.data(), name.data() + name.size(), out.position);
  } else {
    out.name = name;
  }
  return out;
}

FormatText::FormatText(std::string_view text, std::string_view where) : where_(where), text_(text) {
  std::string literal;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      literal += c;
      ++i;
    } else if (c == '}') {
      fail("a single }");
    } else if (c == '{') {
      std::size_t end = text.find('}', i);
      if (end == std::string_view::npos) fail("a { without }");
      Piece piece = parse_field(text.substr(i + 1, end - i - 1));
      piece.literal = std::exchange(literal, "");
      pieces_.push_back(std::move(piece));
      i = end;
    } else {
      literal += c;
    }
  }
  pieces_.push_back({.literal = literal});
}

std::size_t FormatText::place_of(const Piece& p, const std::vector<std::string>& names) const {
  int seen = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    bool here = p.position < 0 ? names[i] == p.name : names[i].empty() && seen++ == p.position;
    if (here) return i;
  }
  if (p.position < 0) fail(str_cat("there is no value named '", p.name, "', which is used"));
  fail(str_cat("there are ", seen, " values without a name, but number ", p.position, " is used"));
}

void FormatText::check(const std::vector<std::string>& names) const {
  std::vector<bool> used(names.size());
  for (const Piece& p : pieces_)
    if (p.has_value) used[place_of(p, names)] = true;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (used[i]) continue;
    fail(str_cat("value ", names[i].empty() ? std::to_string(i) : str_cat("'", names[i], "'"),
                 " is not used"));
  }
}

// A number by its specification; the dtype decides which of the C++ types it is.
static std::string format_scalar(const HostArray& x, const std::string& spec) {
  std::string field = str_cat("{:", spec, "}");
  if (is_bool(x.dtype())) return fmt::format(fmt::runtime(field), x.integer(0) != 0);
  if (is_complex(x.dtype())) {
    std::complex<double> z = x.complex_number(0);
    std::string imaginary = fmt::format(fmt::runtime(str_cat("{:+", spec, "}")), z.imag());
    return str_cat(fmt::format(fmt::runtime(field), z.real()), imaginary, "j");
  }
  if (!is_integer(x.dtype())) return fmt::format(fmt::runtime(field), x.number(0));
  if (x.dtype() == DType::U64)
    return fmt::format(fmt::runtime(field), static_cast<std::uint64_t>(x.integer(0)));
  return fmt::format(fmt::runtime(field), x.integer(0));
}

static std::string format_value(const Array& x, const std::string& spec) {
  if (spec.empty()) return x.to_string();
  if (x.ndim() != 0) {
    throw ValueError(str_cat("the specification '", spec, "' is for scalars, and the value is ",
                             x.aval(), "; format its elements yourself, in a debug::callback"));
  }
  try {
    return format_scalar(x.to_host(), spec);
  } catch (const fmt::format_error& e) {
    throw ValueError(
        str_cat("the specification '", spec, "' does not fit ", x.aval(), ": ", e.what()));
  }
}

std::string FormatText::format(const std::vector<std::string>& names,
                               std::span<const Array> values) const {
  std::string out;
  for (const Piece& p : pieces_) {
    out += p.literal;
    if (p.has_value) out += format_value(values[place_of(p, names)], p.spec);
  }
  return out;
}

std::pair<std::vector<std::string>, std::vector<Array>> split_args(
    const std::vector<FormatArg>& args) {
  std::pair<std::vector<std::string>, std::vector<Array>> out;
  for (const FormatArg& a : args) {
    out.first.push_back(a.name);
    out.second.push_back(a.value);
  }
  return out;
}

}  // namespace linum
