#include "linum/io/png.h"

#include "linum/base/testing.h"
#include "linum/io/file.h"

namespace linum::io {
namespace {

HostArray counting(Shape shape) {
  HostArray x(DType::U8, std::move(shape));
  for (std::int64_t i = 0; i < x.size(); ++i) x.set_number(i, static_cast<double>(i * 7 % 256));
  return x;
}

class PngChannels : public testing::TestWithParam<std::int64_t> {};

TEST_P(PngChannels, KeepsEveryPixel) {
  std::string path = testing::TempDir() + "png_test.png";
  HostArray picture = counting({3, 5, GetParam()});
  save_png(path, picture);
  HostArray back = load_png(path);
  EXPECT_EQ(back.shape(), picture.shape());
  for (std::int64_t i = 0; i < picture.size(); ++i) EXPECT_EQ(back.number(i), picture.number(i));
}
INSTANTIATE_TEST_SUITE_P(OneToFour, PngChannels, testing::Values(1, 2, 3, 4));

TEST(Png, TwoAxesAreGray) {
  std::string path = testing::TempDir() + "png_gray.png";
  save_png(path, counting({4, 6}));
  EXPECT_EQ(load_png(path).shape(), (Shape{4, 6, 1}));
}

TEST(Png, SaysWhatItCannotSave) {
  EXPECT_ERROR(save_png("x.png", HostArray(DType::F32, {2, 2})), DTypeError,
               "save_png needs uint8 pixels, got float32; scale floats to 0..255");
  EXPECT_ERROR(save_png("x.png", HostArray(DType::U8, {4})), ShapeError,
               "save_png needs (height, width) or (height, width, channels), got (4,)");
  EXPECT_ERROR(save_png("x.png", HostArray(DType::U8, {2, 2, 5})), ShapeError,
               "1 to 4 channels in its last axis, got shape (2, 2, 5)");
}

TEST(Png, SaysThatAFileIsNoPng) {
  std::string path = testing::TempDir() + "png_bad.png";
  write_file(path, view_of("not a picture"));
  EXPECT_ERROR(load_png(path), IoError, "png_bad.png: not a readable PNG");
}

}  // namespace
}  // namespace linum::io
