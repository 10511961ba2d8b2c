// Where checks stand in programs: each place has a number, by which a failure is known.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "linum/core/array.h"

namespace linum {

struct CheckSite {
  enum Kind : std::uint8_t { User, Number, Division, Index };
  Kind kind = User;
  std::string text = {};                // of the user; "nan" or "inf"; the operand's shape
  std::vector<std::string> names = {};  // of the user's values
  std::string operation = {};           // that failed
  std::string scope = {};               // path of its module
  std::string signature = {};           // types of the values that the message needs
  // clang-tidy reads a null pointer into what the compiler makes of it.
  friend auto operator<=>(const CheckSite&,
                          const CheckSite&) = default;  // NOLINT(modernize-use-nullptr)
};

// Equal sites have one number, which is never 0 and never another site's in this process.
std::int32_t number_of(const CheckSite& site);
const CheckSite& site_of(std::int32_t number);
// What failed, with the values of this failure.
std::string message_of(const CheckSite& site, std::span<const Array> values);

// "f32[3], i32[]"
std::string signature_of(std::span<const Array> values);

// The values for messages, by signature: a failure needs those of one signature.
using CheckValues = std::map<std::string, std::vector<Array>>;

}  // namespace linum
