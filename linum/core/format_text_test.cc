#include "linum/core/format_text.h"

#include <gtest/gtest.h>

#include "linum/base/testing.h"

namespace linum {
namespace {

template <class... Args>
std::string text(std::string_view format, const Args&... args) {
  auto [names, values] = split_args({FormatArg(args)...});
  FormatText parsed(format, "show");
  parsed.check(names);
  return parsed.format(names, values);
}

TEST(FormatText, PutsValuesInTheirPlaces) {
  EXPECT_EQ(text("no values"), "no values");
  EXPECT_EQ(text("{} and {}", 1, true), "1 and True");
  EXPECT_EQ(text("{1} and {0}", 1, 2), "2 and 1");
  EXPECT_EQ(text("{x} {} {x}", 1, arg("x", 2)), "2 1 2");
  EXPECT_EQ(text("{{{}}}", 1), "{1}");
  EXPECT_EQ(text("x = {}", Array::of<float>({2}, {1, 2.5})), "x = [1.  2.5]");
}

TEST(FormatText, FollowsSpecificationsOfScalars) {
  EXPECT_EQ(text("{:.2f}|{:>5}|{:03}|{n:+d}", 1.5, 2, 7, arg("n", 3)), "1.50|    2|007|+3");
  EXPECT_EQ(text("{:.1f}", Array(std::complex<float>(1, -2))), "1.0-2.0j");
  EXPECT_EQ(text("{:x}", Array::of<std::uint64_t>({}, {~std::uint64_t{0}})), "ffffffffffffffff");
}

TEST(FormatText, RefusesWhatDoesNotFit) {
  EXPECT_ERROR(text("{} {}", 1), ValueError,
               "show: there are 1 values without a name, but number 1 is used in the format string "
               "\"{} {}\"");
  EXPECT_ERROR(text("{x}", 1), ValueError, "there is no value named 'x'");
  EXPECT_ERROR(text("{}", 1, arg("y", 2)), ValueError, "value 'y' is not used");
  EXPECT_ERROR(text("{", 1), ValueError, "a { without }");
  EXPECT_ERROR(text("}", 1), ValueError, "a single }");
  EXPECT_ERROR(text("{:.1f}", Array::of<float>({2}, {1, 2})), ValueError, "is for scalars");
  EXPECT_ERROR(text("{:.1q}", 1.0), ValueError, "does not fit f32[]");
}

}  // namespace
}  // namespace linum
