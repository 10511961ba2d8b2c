#include "linum/nn/type_name.h"

namespace linum::nn::detail {

std::string short_type_name(std::string_view signature) {
  std::size_t begin = signature.find("T = ");
  if (begin == std::string_view::npos) return std::string(signature);
  std::string_view type = signature.substr(begin + 4);
  type = type.substr(0, type.find_first_of(";]"));  // g++ adds other parameters after a semicolon
  if (!type.empty() && type.back() == '>') {
    int depth = 0;
    std::size_t at = type.size();
    do {
      --at;
      if (type[at] == '>') ++depth;
      if (type[at] == '<') --depth;
    } while (depth > 0 && at > 0);
    type = type.substr(0, at);
  }
  std::size_t last = type.rfind("::");
  return std::string(last == std::string_view::npos ? type : type.substr(last + 2));
}

}  // namespace linum::nn::detail
