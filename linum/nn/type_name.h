// The class name of a module, as it appears in parameter trees.
#pragma once

#include <string>
#include <string_view>

namespace linum::nn {
namespace detail {

// The last component of the type in a compiler's signature text ("... [with T = a::Dense<int>]"):
// no namespaces, no template arguments.
std::string short_type_name(std::string_view signature);

template <class T>
std::string_view signature_of() {
  return __PRETTY_FUNCTION__;
}

}  // namespace detail

// "Dense" for linum::nn::Dense; a class may choose: static constexpr const char* class_name.
template <class T>
const std::string& class_name_of() {
  if constexpr (requires { std::string(T::class_name); }) {
    static const std::string name(T::class_name);
    return name;
  } else {
    static const std::string name = detail::short_type_name(detail::signature_of<T>());
    return name;
  }
}

}  // namespace linum::nn
