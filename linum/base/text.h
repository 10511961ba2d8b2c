// Messages from strings, numbers and shapes.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "linum/base/shape.h"

namespace linum {

namespace detail {

// A part of a message. It refers to what it was made of: for the arguments of one call only.
class Text {
 public:
  Text(std::string_view s) : value_(s) {}
  Text(const std::string& s) : value_(std::string_view(s)) {}
  Text(const char* s) : value_(std::string_view(s)) {}
  Text(char c) : value_(c) {}
  Text(double x) : value_(x) {}
  Text(const Shape& shape) : value_(&shape) {}
  template <std::integral T>
  Text(T n) {
    if constexpr (std::is_signed_v<T>)
      value_ = std::int64_t{n};
    else
      value_ = std::uint64_t{n};
  }

  void append_to(std::string& out) const;

 private:
  std::variant<std::string_view, char, std::int64_t, std::uint64_t, double, const Shape*> value_;
};

template <class T>
decltype(auto) part(const T& value) {
  if constexpr (std::constructible_from<Text, const T&>)
    return (value);
  else
    return to_text(value);
}

std::string str_cat(std::initializer_list<Text> parts);

}  // namespace detail

// str_cat("expected ", 3, " got ", 4): of strings, characters, numbers, shapes, and what to_text
// takes. Thin, for each combination of types makes a function of its own.
template <class... Parts>
std::string str_cat(const Parts&... parts) {
  return detail::str_cat({detail::Text(detail::part(parts))...});
}

}  // namespace linum
