#include "linum/lax/padding.h"

#include <algorithm>
#include <cctype>

#include "linum/base/error.h"

namespace linum::lax {
namespace {

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// Elements to add so that every stride starts one window.
std::int64_t same_padding(std::int64_t size, std::int64_t window, std::int64_t stride) {
  const std::int64_t out = (size + stride - 1) / stride;
  return std::max<std::int64_t>((out - 1) * stride + window - size, 0);
}

}  // namespace

Shape ones_unless_given(const Shape& given, std::size_t count) {
  return given.empty() ? Shape(count, 1) : given;
}

Pads padtype_to_pads(const Shape& in_shape, const Shape& window_shape, const Shape& window_strides,
                     const WindowPadding& padding) {
  if (padding.is_explicit()) return padding.pads();
  const std::string name = upper(padding.name());
  if (name != "SAME" && name != "SAME_LOWER" && name != "VALID") {
    throw ValueError(str_cat("unknown padding '", padding.name(),
                             "': expected 'VALID', 'SAME', 'SAME_LOWER' or (low, high) pairs"));
  }
  Pads pads(in_shape.size(), {0, 0});
  if (name == "VALID") return pads;
  if (window_shape.size() != in_shape.size() || window_strides.size() != in_shape.size()) {
    throw ShapeError(
        str_cat(name, " padding needs a window size and a stride for each dimension: got window ",
                to_text(window_shape), " and strides ", to_text(window_strides), " for input ",
                to_text(in_shape)));
  }
  for (std::size_t i = 0; i < pads.size(); ++i) {
    const std::int64_t total = same_padding(in_shape[i], window_shape[i], window_strides[i]);
    const std::int64_t less = total / 2;
    pads[i] = name == "SAME" ? std::pair{less, total - less} : std::pair{total - less, less};
  }
  return pads;
}

Shape dilate_shape(const Shape& shape, const Shape& dilation, std::string_view what) {
  if (shape.size() != dilation.size()) {
    throw ShapeError(str_cat(what, " must have one entry for each of ", shape.size(),
                             " dimensions, got ", to_text(dilation)));
  }
  Shape out(shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (dilation[i] < 1) {
      throw ValueError(str_cat(what, " must be positive, got ", to_text(dilation)));
    }
    out[i] = shape[i] == 0 ? 0 : 1 + dilation[i] * (shape[i] - 1);
  }
  return out;
}

std::int64_t stride_dim(std::int64_t size, std::int64_t window, std::int64_t stride) {
  return size < window ? 0 : 1 + (size - window) / stride;
}

Pads vjp_input_padding(const Shape& in_shape, const Shape& window, const Shape& strides,
                       const Shape& out_shape, const Pads& padding, const Shape& in_dilation,
                       const Shape& window_dilation) {
  const Shape in = dilate_shape(in_shape, in_dilation, "input dilation");
  const Shape wide = dilate_shape(window, window_dilation, "window dilation");
  const Shape out = dilate_shape(out_shape, strides, "window strides");
  Pads pads(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::int64_t before = wide[i] - padding[i].first - 1;
    pads[i] = {before, in[i] + wide[i] - 1 - out[i] - before};
  }
  return pads;
}

std::string pads_text(const Pads& pads) {
  std::string out = "(";
  for (const auto& [low, high] : pads) {
    if (out.size() > 1) out += ", ";
    out += str_cat("(", low, ", ", high, ")");
  }
  return out + ")";
}

}  // namespace linum::lax
