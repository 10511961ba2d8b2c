#include "linum/base/dtype.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "linum/base/error.h"
#include "linum/base/testing.h"

namespace linum {
namespace {

DType dtype_at(int i) { return static_cast<DType>(i); }

TEST(DType, HasNumPysNameAndIsFoundByIt) {
  for (int i = 0; i < kDTypeCount; ++i)
    EXPECT_EQ(dtype_from_name(name_of(dtype_at(i))), dtype_at(i));
  EXPECT_EQ(name_of(bfloat16), "bfloat16");
  EXPECT_EQ(short_name_of(bool_), "bool");
  EXPECT_EQ(mlir_name_of(uint8), "ui8");
  EXPECT_EQ(mlir_name_of(complex128), "complex<f64>");
}

TEST(DType, ListsTheKnownNamesForAnUnknownOne) {
  EXPECT_ERROR(dtype_from_name("float31"), DTypeError,
               "no dtype is named 'float31'; known: bool, int8");
}

TEST(DType, BelongsToOneKind) {
  for (int i = 0; i < kDTypeCount; ++i) {
    DType d = dtype_at(i);
    EXPECT_EQ(is_bool(d) + is_signed_int(d) + is_unsigned_int(d) + is_floating(d) + is_complex(d),
              1)
        << name_of(d);
    EXPECT_EQ(is_inexact(d), is_floating(d) || is_complex(d));
    EXPECT_EQ(is_integer(d), is_signed_int(d) || is_unsigned_int(d));
  }
  EXPECT_TRUE(is_storage_only(DType::F8E4M3FN));
  EXPECT_FALSE(is_storage_only(DType::C128));
}

TEST(DType, KnowsItsRelatives) {
  EXPECT_EQ(real_part_of(complex64), float32);
  EXPECT_EQ(real_part_of(complex128), float64);
  EXPECT_EQ(real_part_of(int8), int8);
  EXPECT_EQ(complex_of(float16), complex64);
  EXPECT_EQ(complex_of(float64), complex128);
  EXPECT_EQ(uint_of_size(item_size(bfloat16)), uint16);
  EXPECT_ERROR(uint_of_size(3), DTypeError, "no unsigned integer has 3 bytes");
  EXPECT_EQ(to_inexact(int32), float32);
  EXPECT_EQ(to_inexact(bfloat16), bfloat16);
}

// JAX's table of promotions (strong types, 64 bits enabled); '*': the result is weak. Where JAX
// gives its default float for u64 with a signed integer, that is float32 here.
constexpr const char* kTable = R"(
b1  i1  i2  i4  i8  u1  u2  u4  u8  f2  bf  f4  f8  c8  c16
i1  i1  i2  i4  i8  i2  i4  i8  f4* f2  bf  f4  f8  c8  c16
i2  i2  i2  i4  i8  i2  i4  i8  f4* f2  bf  f4  f8  c8  c16
i4  i4  i4  i4  i8  i4  i4  i8  f4* f2  bf  f4  f8  c8  c16
i8  i8  i8  i8  i8  i8  i8  i8  f4* f2  bf  f4  f8  c8  c16
u1  i2  i2  i4  i8  u1  u2  u4  u8  f2  bf  f4  f8  c8  c16
u2  i4  i4  i4  i8  u2  u2  u4  u8  f2  bf  f4  f8  c8  c16
u4  i8  i8  i8  i8  u4  u4  u4  u8  f2  bf  f4  f8  c8  c16
u8  f4* f4* f4* f4* u8  u8  u8  u8  f2  bf  f4  f8  c8  c16
f2  f2  f2  f2  f2  f2  f2  f2  f2  f2  f4  f4  f8  c8  c16
bf  bf  bf  bf  bf  bf  bf  bf  bf  f4  bf  f4  f8  c8  c16
f4  f4  f4  f4  f4  f4  f4  f4  f4  f4  f4  f4  f8  c8  c16
f8  f8  f8  f8  f8  f8  f8  f8  f8  f8  f8  f8  f8  c16 c16
c8  c8  c8  c8  c8  c8  c8  c8  c8  c8  c8  c8  c16 c8  c16
c16 c16 c16 c16 c16 c16 c16 c16 c16 c16 c16 c16 c16 c16 c16)";
constexpr const char* kNames[] = {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4",
                                  "u8", "f2", "bf", "f4", "f8", "c8", "c16"};

std::string table_name(Promoted p) {
  return std::string(kNames[static_cast<int>(p.dtype)]) + (p.weak ? "*" : "");
}

TEST(Promotion, IsJaxsTable) {
  std::istringstream table(kTable);
  for (int a = 0; a < 15; ++a) {
    for (int b = 0; b < 15; ++b) {
      std::string expected;
      table >> expected;
      EXPECT_EQ(table_name(promote(dtype_at(a), false, dtype_at(b), false)), expected)
          << name_of(dtype_at(a)) << " with " << name_of(dtype_at(b));
    }
  }
}

TEST(Promotion, LetsWeakNumbersYield) {
  struct Row {
    DType weak;
    std::vector<std::string> with;  // bool i1 i2 i4 i8 u1 u2 u4 u8 f2 bf f4 f8 c8 c16
  };
  const Row rows[] = {{int32,
                       {"i4*", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "bf", "f4",
                        "f8", "c8", "c16"}},
                      {float32,
                       {"f4*", "f4*", "f4*", "f4*", "f4*", "f4*", "f4*", "f4*", "f4*", "f2", "bf",
                        "f4", "f8", "c8", "c16"}},
                      {complex64,
                       {"c8*", "c8*", "c8*", "c8*", "c8*", "c8*", "c8*", "c8*", "c8*", "c8", "c8",
                        "c8", "c16", "c8", "c16"}}};
  for (const Row& row : rows) {
    for (int d = 0; d < 15; ++d) {
      const std::string& expected = row.with[static_cast<std::size_t>(d)];
      EXPECT_EQ(table_name(promote(row.weak, true, dtype_at(d), false)), expected) << d;
      EXPECT_EQ(table_name(promote(dtype_at(d), false, row.weak, true)), expected) << d;
    }
  }
  EXPECT_EQ(table_name(promote(int32, true, float32, true)), "f4*");
  EXPECT_EQ(table_name(promote(int64, true, int32, true)), "i8*");
}

TEST(Promotion, RefusesEightBitFloats) {
  EXPECT_EQ(promote_types(DType::F8E5M2, DType::F8E5M2), DType::F8E5M2);
  EXPECT_ERROR(promote_types(DType::F8E5M2, float32), DTypeError,
               "8-bit floats do not promote by themselves: float8_e5m2 with float32; convert one");
}

TEST(HalfWidth, RoundsToNearestEvenAndWidensExactly) {
  EXPECT_EQ(bfloat16_t(1.0f).bits, 0x3F80);
  EXPECT_EQ(bfloat16_t(1.00390625f).bits, 0x3F80);  // halfway: down to even
  EXPECT_EQ(bfloat16_t(1.01171875f).bits, 0x3F82);  // halfway: up to even
  EXPECT_EQ(float16_t(65519.0f).bits, 0x7BFF);
  EXPECT_EQ(float16_t(65520.0f).bits, 0x7C00);  // infinity
  EXPECT_EQ(static_cast<float>(float16_t(0x1p-24f)), 0x1p-24f);
  for (int bits = 0; bits < 0x10000; ++bits) {
    float16_t half;
    bfloat16_t brain;
    half.bits = brain.bits = static_cast<std::uint16_t>(bits);
    float h = static_cast<float>(half), b = static_cast<float>(brain);
    if (!std::isnan(h)) {
      ASSERT_EQ(float16_t(h).bits, bits);
    }
    if (!std::isnan(b)) {
      ASSERT_EQ(bfloat16_t(b).bits, bits);
    }
  }
  EXPECT_TRUE(std::isnan(static_cast<float>(bfloat16_t(NAN))));
  EXPECT_TRUE(std::isnan(static_cast<float>(float16_t(NAN))));
}

}  // namespace
}  // namespace linum
