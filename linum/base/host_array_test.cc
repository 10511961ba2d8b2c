#include "linum/base/host_array.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "linum/base/error.h"
#include "linum/base/testing.h"

namespace linum {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

TEST(HostArray, OwnsAlignedStorageOfItsShape) {
  HostArray x(DType::F64, {2, 3});
  EXPECT_EQ(x.size(), 6);
  EXPECT_EQ(x.byte_size(), 48u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(x.data()) % 64, 0u);
}

TEST(HostArray, CopiesTheValuesItIsMadeOf) {
  std::vector<float> values{1, 2, 3, 4};
  HostArray x = HostArray::of<float>({2, 2}, std::span<const float>(values));
  values[0] = 9;
  EXPECT_THAT(x.as<float>(), ElementsAre(1, 2, 3, 4));
}

TEST(HostArray, NamesTheShapeThatDoesNotFitTheValues) {
  const float values[] = {1, 2, 3};
  EXPECT_ERROR(HostArray::of<float>({2, 2}, std::span<const float>(values)), ShapeError,
               "shape (2, 2) needs 4 values, got 3");
}

TEST(HostArray, TakesTheBitsOfAVectorOfBool) {
  const HostArray x = HostArray::of({3}, std::vector<bool>{true, false, true});
  EXPECT_THAT(x.as<bool>(), ElementsAre(true, false, true));
  EXPECT_ERROR(HostArray::of({2}, std::vector<bool>{true}), ShapeError,
               "shape (2,) needs 2 values, got 1");
}

TEST(HostArray, RefusesToBeReadAsAnotherType) {
  HostArray x(DType::F32, {2});
  EXPECT_ERROR(x.as<double>(), DTypeError, "an array of float32 is read as float64");
}

TEST(HostArray, ViewsForeignMemoryAndKeepsItAlive) {
  auto owner = std::make_shared<std::vector<std::int32_t>>(std::vector<std::int32_t>{7, 8});
  std::weak_ptr<void> watch = owner;
  HostArray x(DType::I32, {2}, owner, reinterpret_cast<std::byte*>(owner->data()));
  owner.reset();
  EXPECT_FALSE(watch.expired());
  EXPECT_THAT(x.as<std::int32_t>(), ElementsAre(7, 8));
}

TEST(HostArray, PacksStridedMemory) {
  const std::int16_t rows[2][3] = {{1, 2, 3}, {4, 5, 6}};
  HostArray columns = HostArray::from_strided(DType::I16, {3, 2}, {2, 6}, rows);
  EXPECT_THAT(columns.as<std::int16_t>(), ElementsAre(1, 4, 2, 5, 3, 6));
  HostArray backwards = HostArray::from_strided(DType::I16, {3}, {-2}, &rows[1][2]);
  EXPECT_THAT(backwards.as<std::int16_t>(), ElementsAre(6, 5, 4));
  HostArray repeated = HostArray::from_strided(DType::I16, {2, 2}, {0, 4}, rows);
  EXPECT_THAT(repeated.as<std::int16_t>(), ElementsAre(1, 3, 1, 3));
  EXPECT_EQ(HostArray::from_strided(DType::I16, {0, 2}, {6, 2}, rows).size(), 0);
  EXPECT_ERROR(HostArray::from_strided(DType::I16, {2, 2}, {2}, rows), ShapeError,
               "shape (2, 2) needs 2 strides, got 1");
}

class EveryNumber : public testing::TestWithParam<int> {};

TEST_P(EveryNumber, IsWrittenAndRead) {
  HostArray x(static_cast<DType>(GetParam()), {2});
  x.set_number(0, 1);
  x.set_number(1, 0);
  EXPECT_EQ(x.number(0), 1);
  EXPECT_EQ(x.number(1), 0);
  EXPECT_EQ(x.integer(0), 1);
  EXPECT_EQ(x.complex_number(0), std::complex<double>(1));
}

INSTANTIATE_TEST_SUITE_P(HostArray, EveryNumber, testing::Range(0, kDTypeCount), [](auto& info) {
  return std::string(name_of(static_cast<DType>(info.param)));
});

TEST(HostArray, KeepsAllBitsOfWideIntegers) {
  HostArray x(DType::I64, {1}), y(DType::U64, {1});
  x.as<std::int64_t>()[0] = (std::int64_t{1} << 60) + 1;
  y.as<std::uint64_t>()[0] = UINT64_MAX;
  EXPECT_EQ(x.integer(0), (std::int64_t{1} << 60) + 1);
  EXPECT_EQ(static_cast<std::uint64_t>(y.integer(0)), UINT64_MAX);
}

TEST(HostArray, WrapsSmallIntegersAndSaturatesWideOnes) {
  HostArray small(DType::U8, {3}), wide(DType::I64, {3});
  const double values[] = {-1, 257.9, std::nan("")};
  for (int i = 0; i < 3; ++i) small.set_number(i, values[i]);
  EXPECT_THAT(small.as<std::uint8_t>(), ElementsAre(255, 1, 0));
  const double large[] = {1e300, -1e300, std::nan("")};
  for (int i = 0; i < 3; ++i) wide.set_number(i, large[i]);
  EXPECT_THAT(wide.as<std::int64_t>(), ElementsAre(INT64_MAX, INT64_MIN, 0));
}

TEST(HostArray, GivesBothPartsOfComplexNumbers) {
  HostArray x(DType::C64, {1}), y(DType::C128, {1});
  x.as<std::complex<float>>()[0] = {1, -2};
  y.as<std::complex<double>>()[0] = {0.1, 0.2};
  EXPECT_EQ(x.complex_number(0), std::complex<double>(1, -2));
  EXPECT_EQ(y.complex_number(0), std::complex<double>(0.1, 0.2));
  EXPECT_EQ(x.number(0), 1);
}

// --- 8-bit floats: the bytes that ml_dtypes gives --------------------------------------------

struct Tiny {
  DType dtype;
  std::vector<int> bytes;
};
class EightBitFloat : public testing::TestWithParam<Tiny> {};

TEST_P(EightBitFloat, RoundsToNearestEven) {
  const double values[] = {0.0,  -0.0,  1.0,      -1.5,      0.1,       1 / 3.0,  464, 465,
                           448,  480,   61440,    61439,     57344,     65536,    248, 247.9,
                           240,  0.001, 0x1p-9,   0x1p-10,   0x1.8p-10, -0x1p-17, 31,  30,
                           29.9, 1e9,   INFINITY, -INFINITY, NAN,       0x1p-15};
  HostArray x(GetParam().dtype, {1});
  std::vector<int> bytes;
  for (double v : values) {
    x.set_number(0, v);
    bytes.push_back(std::to_integer<int>(x.data()[0]));
  }
  EXPECT_THAT(bytes, ElementsAreArray(GetParam().bytes));
}

TEST_P(EightBitFloat, ReadsBackEveryNumberItHas) {
  HostArray x(GetParam().dtype, {1}), y(GetParam().dtype, {1});
  for (int bits = 0; bits < 256; ++bits) {
    x.data()[0] = static_cast<std::byte>(bits);
    y.set_number(0, x.number(0));
    if (std::isnan(x.number(0))) {
      EXPECT_TRUE(std::isnan(y.number(0))) << bits;
    } else {
      EXPECT_EQ(y.data()[0], x.data()[0]) << bits;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    HostArray, EightBitFloat,
    testing::Values(
        Tiny{DType::F8E4M3FN, {0x00, 0x80, 0x38, 0xbc, 0x1d, 0x2b, 0x7e, 0x7f, 0x7e, 0x7f,
                               0x7f, 0x7f, 0x7f, 0x7f, 0x78, 0x77, 0x77, 0x01, 0x01, 0x00,
                               0x01, 0x80, 0x60, 0x5f, 0x5f, 0x7f, 0x7f, 0xff, 0x7f, 0x00}},
        Tiny{DType::F8E5M2, {0x00, 0x80, 0x3c, 0xbe, 0x2e, 0x35, 0x5f, 0x5f, 0x5f, 0x60,
                             0x7c, 0x7b, 0x7b, 0x7c, 0x5c, 0x5c, 0x5c, 0x14, 0x18, 0x14,
                             0x16, 0x80, 0x50, 0x50, 0x4f, 0x7c, 0x7c, 0xfc, 0x7e, 0x02}},
        Tiny{DType::F8E4M3FNUZ, {0x00, 0x00, 0x40, 0xc4, 0x25, 0x33, 0x80, 0x80, 0x80, 0x80,
                                 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f, 0x7f, 0x01, 0x02, 0x01,
                                 0x02, 0x00, 0x68, 0x67, 0x67, 0x80, 0x80, 0x80, 0x80, 0x00}},
        Tiny{DType::F8E5M2FNUZ, {0x00, 0x00, 0x40, 0xc2, 0x32, 0x39, 0x63, 0x63, 0x63, 0x64,
                                 0x80, 0x7f, 0x7f, 0x80, 0x60, 0x60, 0x60, 0x18, 0x1c, 0x18,
                                 0x1a, 0x81, 0x54, 0x54, 0x53, 0x80, 0x80, 0x80, 0x80, 0x04}},
        Tiny{DType::F8E4M3B11FNUZ, {0x00, 0x00, 0x58, 0xdc, 0x3d, 0x4b, 0x80, 0x80, 0x80, 0x80,
                                    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x08, 0x10, 0x08,
                                    0x0c, 0x00, 0x80, 0x7f, 0x7f, 0x80, 0x80, 0x80, 0x80, 0x00}}),
    [](auto& info) { return std::string(name_of(info.param.dtype)); });

}  // namespace
}  // namespace linum
