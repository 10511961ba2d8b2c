// Padding and window arithmetic shared by convolutions and windowed reductions.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "linum/base/shape.h"

namespace linum::lax {

// (low, high) elements added before and after each dimension; negative ones crop.
using Pads = std::vector<std::pair<std::int64_t, std::int64_t>>;

// "SAME", "SAME_LOWER" or "VALID" (in any case), or explicit pairs.
class WindowPadding {
 public:
  WindowPadding(const char* name) : name_(name) {}
  WindowPadding(std::string name) : name_(std::move(name)) {}
  WindowPadding(Pads pads) : pads_(std::move(pads)) {}
  WindowPadding(std::initializer_list<Pads::value_type> pads) : pads_(pads) {}

  bool is_explicit() const { return name_.empty(); }
  const std::string& name() const { return name_; }
  const Pads& pads() const { return pads_; }

 private:
  std::string name_;
  Pads pads_;
};

// The pairs that a padding means for this input, (dilated) window and strides. SAME gives
// ceil(in / stride) outputs with the odd element at the end, SAME_LOWER with it in front.
// Throws ValueError for an unknown name. jax.lax.padtype_to_pads.
Pads padtype_to_pads(const Shape& in_shape, const Shape& window_shape, const Shape& window_strides,
                     const WindowPadding& padding);

// Strides or dilations: `count` ones where none are given.
Shape ones_unless_given(const Shape& given, std::size_t count);

// Sizes after `dilation - 1` gaps between neighbours; throws ValueError naming `what` unless all
// dilations are positive.
Shape dilate_shape(const Shape& shape, const Shape& dilation, std::string_view what);
// How many windows fit: 1 + (size - window) / stride, or none.
std::int64_t stride_dim(std::int64_t size, std::int64_t window, std::int64_t stride);
// Padding under which the transposed window operation gives back the input's shape.
Pads vjp_input_padding(const Shape& in_shape, const Shape& window, const Shape& strides,
                       const Shape& out_shape, const Pads& padding, const Shape& in_dilation,
                       const Shape& window_dilation);

// "((1, 1), (0, 2))"
std::string pads_text(const Pads&);

}  // namespace linum::lax
