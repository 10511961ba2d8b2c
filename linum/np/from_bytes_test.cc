#include "linum/np/from_bytes.h"

#include <gtest/gtest.h>

#include "linum/base/testing.h"
#include "linum/np/expect_test.h"

namespace linum {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
Array bytes(const std::vector<std::uint8_t>& values) {
  return Array::of<std::uint8_t>({static_cast<std::int64_t>(values.size())}, values);
}

TEST(FromBuffer, ReadsElements) {
  const auto buffer = bytes_of({"\0\1\2\3\4", 5});
  expect_array(np::frombuffer(buffer, uint8), bytes({0, 1, 2, 3, 4}));
  expect_array(np::frombuffer(buffer, uint8, {.offset = 1}), bytes({1, 2, 3, 4}));
  expect_array(np::frombuffer(buffer, uint8, {.count = 2, .offset = 1}), bytes({1, 2}));
  expect_array(np::frombuffer(buffer, uint16, {.offset = 1}),
               Array::of<std::uint16_t>({2}, {0x0201, 0x0403}));
}

TEST(FromBuffer, NeedsAllItsBytes) {
  const auto buffer = bytes_of("12345");
  EXPECT_ERROR(np::frombuffer(buffer, float32), ValueError,
               "5 bytes are no whole number of elements of float32 (4 bytes each)");
  EXPECT_ERROR(np::frombuffer(buffer, float32, {.count = 2}), ValueError,
               "2 elements of float32 need more than the 5 bytes that are there");
  EXPECT_ERROR(np::frombuffer(buffer, uint8, {.offset = 6}), ValueError,
               "the offset 6 is outside the buffer of 5 bytes");
}

TEST(FromString, ReadsNumbers) {
  expect_array(np::fromstring("1 2.5\n -3e1", " "), np::array({1.0, 2.5, -30.0}));
  expect_array(np::fromstring("1, +2,3", ",", int32), np::array({1, 2, 3}));
  expect_array(np::fromstring("1,2,3", ",", int32, 2), np::array({1, 2}));
  expect_array(np::fromstring("", ","), np::zeros({0}));
}

TEST(FromString, SaysWhatItCannotRead) {
  EXPECT_ERROR(np::fromstring("1 x", " "), ValueError, "fromstring: expected a number at 'x'");
  EXPECT_ERROR(np::fromstring("1;2", ","), ValueError, "fromstring: expected ',' at ';2'");
  EXPECT_ERROR(np::fromstring("1 2", " ", float32, 3), ValueError,
               "3 numbers are asked for, 2 are there");
  EXPECT_ERROR(np::fromstring("12", ""), ValueError, "the separator is empty");
}

// --- DLPack: a library's own structs ----------------------------------------------------------

struct Managed {
  struct {
    void* data;
    struct {
      int device_type;
      std::int32_t device_id;
    } device;
    std::int32_t ndim;
    struct {
      std::uint8_t code, bits;
      std::uint16_t lanes;
    } dtype;
    std::int64_t* shape;
    std::int64_t* strides;
    std::uint64_t byte_offset;
  } dl_tensor;
  void* manager_ctx;
  void (*deleter)(Managed*);
};

class DLPack : public testing::Test {
 protected:
  Managed* managed() {
    tensor.deleter = [](Managed* m) { ++*static_cast<int*>(m->manager_ctx); };
    tensor.manager_ctx = &deleted;
    return &tensor;
  }
  int deleted = 0;
  alignas(64) float values[6] = {1, 2, 3, 4, 5, 6};
  std::int64_t shape[2] = {2, 3}, strides[2] = {3, 1};
  Managed tensor{{values, {1, 0}, 2, {2, 32, 1}, shape, nullptr, 0}, nullptr, nullptr};
};

TEST_F(DLPack, IsViewedUntilTheArrayIsGone) {
  {
    const Array x = np::from_dlpack(managed());
    expect_array(x, np::array({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}));
  }
  EXPECT_EQ(deleted, 1);
}

TEST_F(DLPack, MayHaveStridesAndAnOffset) {
  std::swap(shape[0], shape[1]);
  std::swap(strides[0], strides[1]);
  tensor.dl_tensor.strides = strides;
  expect_array(np::from_dlpack(managed()), np::array({{1.0, 4.0}, {2.0, 5.0}, {3.0, 6.0}}));
  EXPECT_EQ(deleted, 1);
  tensor.dl_tensor.byte_offset = 4;
  tensor.dl_tensor.ndim = 1;
  expect_array(np::from_dlpack(managed()), np::array({2.0, 3.0, 4.0}));
}

TEST_F(DLPack, IsOfTheHostAndOfKnownTypes) {
  tensor.dl_tensor.device.device_type = 2;
  EXPECT_ERROR(np::from_dlpack(managed()), ValueError, "lies on a device of type 2");
  tensor.dl_tensor.device.device_type = 1;
  tensor.dl_tensor.dtype.lanes = 4;
  EXPECT_ERROR(np::from_dlpack(managed()), DTypeError,
               "there is no dtype for DLPack's code 2 with 32 bits and 4 lanes");
  EXPECT_EQ(deleted, 2);
}

}  // namespace
}  // namespace linum
