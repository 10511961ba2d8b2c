#include "linum/np/promote.h"

#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "linum/core/settings.h"
#include "linum/core/value.h"
#include "linum/np/expect_test.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// jax.dtypes.result_type of every pair, as JAX 0.10.2 prints it (jax_enable_x64). A star: weak, as
// C++ numbers are. The numbers count bytes, cx is complex128.
const std::string_view kNames = "b1 u1 u2 u4 u8 i1 i2 i4 i8 bf f2 f4 f8 c8 cx i* f* c*";
const std::string_view kTable[] = {
    "b1 b1 u1 u2 u4 u8 i1 i2 i4 i8 bf f2 f4 f8 c8 cx i* f* c*",
    "u1 u1 u1 u2 u4 u8 i2 i2 i4 i8 bf f2 f4 f8 c8 cx u1 f* c*",
    "u2 u2 u2 u2 u4 u8 i4 i4 i4 i8 bf f2 f4 f8 c8 cx u2 f* c*",
    "u4 u4 u4 u4 u4 u8 i8 i8 i8 i8 bf f2 f4 f8 c8 cx u4 f* c*",
    "u8 u8 u8 u8 u8 u8 f* f* f* f* bf f2 f4 f8 c8 cx u8 f* c*",
    "i1 i1 i2 i4 i8 f* i1 i2 i4 i8 bf f2 f4 f8 c8 cx i1 f* c*",
    "i2 i2 i2 i4 i8 f* i2 i2 i4 i8 bf f2 f4 f8 c8 cx i2 f* c*",
    "i4 i4 i4 i4 i8 f* i4 i4 i4 i8 bf f2 f4 f8 c8 cx i4 f* c*",
    "i8 i8 i8 i8 i8 f* i8 i8 i8 i8 bf f2 f4 f8 c8 cx i8 f* c*",
    "bf bf bf bf bf bf bf bf bf bf bf f4 f4 f8 c8 cx bf bf c8",
    "f2 f2 f2 f2 f2 f2 f2 f2 f2 f2 f4 f2 f4 f8 c8 cx f2 f2 c8",
    "f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f4 f8 c8 cx f4 f4 c8",
    "f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 cx cx f8 f8 cx",
    "c8 c8 c8 c8 c8 c8 c8 c8 c8 c8 c8 c8 c8 cx c8 cx c8 c8 c8",
    "cx cx cx cx cx cx cx cx cx cx cx cx cx cx cx cx cx cx cx",
    "i* i* u1 u2 u4 u8 i1 i2 i4 i8 bf f2 f4 f8 c8 cx i* f* c*",
    "f* f* f* f* f* f* f* f* f* f* bf f2 f4 f8 c8 cx f* f* c*",
    "c* c* c* c* c* c* c* c* c* c* c8 c8 c8 cx c8 cx c* c* c*",
};

Promoted type_named(const std::string& name) {
  static const std::map<std::string, Promoted> types{
      {"b1", {bool_, false}},    {"u1", {uint8, false}},     {"u2", {uint16, false}},
      {"u4", {uint32, false}},   {"u8", {uint64, false}},    {"i1", {int8, false}},
      {"i2", {int16, false}},    {"i4", {int32, false}},     {"i8", {int64, false}},
      {"bf", {bfloat16, false}}, {"f2", {float16, false}},   {"f4", {float32, false}},
      {"f8", {float64, false}},  {"c8", {complex64, false}}, {"cx", {complex128, false}},
      {"i*", {int32, true}},     {"f*", {float32, true}},    {"c*", {complex64, true}}};
  return types.at(name);
}

std::vector<std::string> words(std::string_view line) {
  std::istringstream in{std::string(line)};
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

TEST(Promotion, IsJaxsTable) {
  const std::vector<std::string> names = words(kNames);
  for (std::string_view line : kTable) {
    const std::vector<std::string> row = words(line);
    const Promoted x = type_named(row[0]);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Promoted y = type_named(names[i]), want = type_named(row[i + 1]);
      const Promoted got = promote(x.dtype, x.weak, y.dtype, y.weak);
      EXPECT_EQ(got.weak, want.weak) << row[0] << " with " << names[i];
      // A weak result is int32, float32 or complex64 here, 64 bits wide in that JAX.
      EXPECT_EQ(got.dtype, want.dtype) << row[0] << " with " << names[i];
    }
  }
}

TEST(Promotion, HoldsForOperators) {
  const Array half = np::ones({2}, bfloat16);
  EXPECT_EQ((half * 2.5).dtype(), bfloat16);
  EXPECT_EQ((np::arange(3) + 1).dtype(), int32);
  EXPECT_EQ((np::arange(3) / 2).dtype(), float32);
  EXPECT_EQ((np::arange(3) + 0.5).dtype(), float32);
  EXPECT_EQ((half + np::ones({2}, float16)).dtype(), float32);
  EXPECT_EQ((np::array({true}) + np::array({true})).dtype(), bool_);
}

TEST(Promotion, RefusesNarrowFloatsImplicitly) {
  const Array x = np::zeros({2}, DType::F8E4M3FN);
  EXPECT_THAT(message_of<DTypeError>([&] { x + np::ones({2}); }), HasSubstr("float8_e4m3fn"));
}

TEST(Broadcasting, NamesTheFunctionAndBothShapes) {
  const Array x = np::ones({2, 3}), y = np::ones({2, 4});
  const std::string shapes = "shapes (2, 3) and (2, 4) cannot be broadcast together";
  EXPECT_EQ(message_of<ShapeError>([&] { x + y; }), "add: " + shapes);
  EXPECT_EQ(message_of<ShapeError>([&] { np::maximum(x, y); }), "maximum: " + shapes);
  EXPECT_EQ(message_of<ShapeError>([&] { np::logaddexp(x, y); }), "logaddexp: " + shapes);
  EXPECT_THAT(message_of<ShapeError>([&] {
                np::broadcast_to(x, {3, 2});
              }),
              AllOf(HasSubstr("(2, 3)"), HasSubstr("(3, 2)")));
}

TEST(Axes, OutOfRangeOrTwiceNamesTheFunction) {
  const Array x = np::ones({2, 3});
  EXPECT_EQ(message_of<ShapeError>([&] { np::sum(x, 2); }),
            "sum: axis 2 is out of range for an array with 2 dimensions");
  EXPECT_EQ(message_of<ShapeError>([&] { np::sort(x, -3); }),
            "sort: axis -3 is out of range for an array with 2 dimensions");
  EXPECT_EQ(message_of<ShapeError>([&] {
              np::max(x, {.axis = {0, -2}});
            }),
            "max: axis -2 is named twice");
}

TEST(DTypes, ThatDoNotFitAreNamed) {
  const Array f = np::ones({2}), z = np::ones({2}, complex64);
  EXPECT_THAT(message_of<DTypeError>([&] { np::bitwise_and(f, f); }), HasSubstr("float32"));
  EXPECT_THAT(message_of<DTypeError>([&] { np::take(f, f); }), HasSubstr("f32[2]"));
  EXPECT_THAT(message_of<DTypeError>([&] { np::quantile(z, 0.5); }), HasSubstr("c64[2]"));
  EXPECT_THAT(message_of<DTypeError>([&] { np::gcd(f, f); }), HasSubstr("gcd takes integers"));
}

TEST(Values, ThatAreUnknownWordsListTheKnownOnes) {
  const Array x = np::ones({2, 2});
  EXPECT_THAT(message_of<ValueError>([&] { np::pad(x, 1, "mirror"); }),
              AllOf(HasSubstr("\"mirror\""), HasSubstr("\"reflect\"")));
  EXPECT_THAT(message_of<ValueError>([&] {
                np::pad(x, {{1, 1}, {0, -1}});
              }),
              HasSubstr("cannot contain negative values, got (0, -1)"));
  EXPECT_THAT(message_of<ValueError>([&] { np::quantile(x, 0.5, {.method = "cubic"}); }),
              HasSubstr("\"linear\", \"lower\""));
  EXPECT_THAT(message_of<ValueError>([&] { np::searchsorted(np::ones({2}), 1, {.side = "up"}); }),
              HasSubstr("\"left\" or \"right\", got \"up\""));
}

TEST(TracedValues, SayTheFix) {
  auto read = [](auto f) {
    return message_of<ConcretizationError>([&] { jit(f)(np::arange(3)); });
  };
  EXPECT_THAT(read([](const Array& x) { return np::max(x) > 1 ? x : -x; }),
              HasSubstr("Use lax::cond or np::where instead of `if`"));
  EXPECT_THAT(read([](const Array& x) { return np::zeros({x.item<int>()}); }), HasSubstr("static"));
  EXPECT_THAT(read([](const Array& x) { return np::unique(x); }), HasSubstr("Pass `size`"));
  EXPECT_THAT(read([](const Array& x) { return np::nonzero(x)[0]; }), HasSubstr("pass a size"));
  EXPECT_THAT(read([](const Array& x) { return np::bincount(x); }), HasSubstr("Pass `length`"));
  EXPECT_THAT(read([](const Array& x) { return np::arange(x); }), HasSubstr("arange"));
}

// --- settings ---------------------------------------------------------------------------------

TEST(StrictPromotion, ChangesNumbersOnly) {
  const NumpyDTypePromotion strict("strict");
  const Array floats = np::ones({2}), wide = np::ones({2}, float64), whole = np::ones({2}, int32);
  EXPECT_EQ((floats * 2).dtype(), float32);
  EXPECT_EQ((floats + 0.5).dtype(), float32);
  EXPECT_EQ((whole + 1).dtype(), int32);
  for (auto f : {+[](const Array&x, const Array&y) { return x + y; },
                 +[](const Array&x, const Array&y) {
                   return np::concatenate({x, y});
                 }}) {
    EXPECT_THAT(message_of<DTypeError>([&] { f(floats, wide); }),
                HasSubstr("dtypes float32 and float64 do not promote while numpy_dtype_promotion "
                          "is 'strict'"));
  }
  EXPECT_THROW(whole * 0.5, DTypeError);
  EXPECT_THROW(floats + Array(true), DTypeError);
}

TEST(StrictPromotion, ReachesJittedFunctions) {
  auto f = jit([](Array x, Array y) { return x + y; });
  const Array floats = np::ones({2}), whole = np::ones({2}, int32);
  EXPECT_EQ(f(floats, whole).dtype(), float32);
  const NumpyDTypePromotion strict("strict");
  EXPECT_THROW(f(floats, whole), DTypeError);
}

TEST(RankPromotion, IsAllowedUnlessToldOtherwise) {
  const Array matrix = np::ones({2, 3}), row = np::ones({3});
  EXPECT_EQ((matrix + row).shape(), (Shape{2, 3}));
  const NumpyRankPromotion raise("raise");
  EXPECT_EQ((matrix + 1).shape(), (Shape{2, 3}));
  EXPECT_THAT(message_of<ShapeError>([&] { matrix + row; }),
              HasSubstr("operands of shapes (2, 3) and (3,) differ in rank"));
}

}  // namespace
}  // namespace linum
