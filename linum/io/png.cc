#include "linum/io/png.h"

#include <png.h>

#include "linum/io/file.h"

namespace linum::io {
namespace {

png_uint_32 format_of(std::int64_t channels, const Shape& shape) {
  switch (channels) {
    case 1:
      return PNG_FORMAT_GRAY;
    case 2:
      return PNG_FORMAT_GA;
    case 3:
      return PNG_FORMAT_RGB;
    case 4:
      return PNG_FORMAT_RGBA;
  }
  throw ShapeError(
      str_cat("a PNG has 1 to 4 channels in its last axis, got shape ", to_text(shape)));
}

// libpng's simplified interface; freed on every way out.
struct Image : png_image {
  Image() : png_image{} { version = PNG_IMAGE_VERSION; }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  ~Image() { png_image_free(this); }
};

Image& describe(Image& image, const HostArray& pixels) {
  const Shape& shape = pixels.shape();
  if (pixels.dtype() != DType::U8) {
    throw DTypeError(str_cat("save_png needs uint8 pixels, got ", name_of(pixels.dtype()),
                             "; scale floats to 0..255 and convert them"));
  }
  if (shape.size() != 2 && shape.size() != 3) {
    throw ShapeError(str_cat("save_png needs (height, width) or (height, width, channels), got ",
                             to_text(shape)));
  }
  constexpr std::int64_t kLargest = 1 << 20;
  if (shape[0] < 1 || shape[1] < 1 || shape[0] > kLargest || shape[1] > kLargest) {
    throw ShapeError(
        str_cat("a PNG is 1 to ", kLargest, " pixels high and wide, got ", to_text(shape)));
  }
  image.height = static_cast<png_uint_32>(shape[0]);
  image.width = static_cast<png_uint_32>(shape[1]);
  image.format = format_of(shape.size() == 3 ? shape[2] : 1, shape);
  return image;
}

}  // namespace

void save_png(const std::string& path, const HostArray& pixels) {
  Image image;
  describe(image, pixels);
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  Bytes encoded(size);
  if (!png_image_write_to_memory(&image, encoded.data(), &size, 0, pixels.data(), 0, nullptr)) {
    throw IoError(str_cat("cannot encode '", path, "': ", image.message));
  }
  write_file(path, ByteView(encoded).first(size));
}

HostArray load_png(const std::string& path) {
  Bytes encoded = read_file(path);
  Image image;
  auto refuse = [&] { throw IoError(str_cat(path, ": not a readable PNG: ", image.message)); };
  if (!png_image_begin_read_from_memory(&image, encoded.data(), encoded.size())) refuse();
  image.format &= PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA;
  HostArray out(DType::U8, {image.height, image.width, PNG_IMAGE_SAMPLE_CHANNELS(image.format)});
  if (!png_image_finish_read(&image, nullptr, out.data(), 0, nullptr)) refuse();
  return out;
}

}  // namespace linum::io
