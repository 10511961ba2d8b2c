#include "linum/lax/families.h"
#include "linum/lax/window_primitive.h"

namespace linum::lax {
namespace {

void check_positive(std::string_view operation, std::string_view what, const Shape& sizes) {
  for (const std::int64_t size : sizes) {
    if (size < 1) {
      throw ValueError(str_cat(operation, ": ", what, " must be positive, got ", to_text(sizes)));
    }
  }
}

std::string padding_attribute(const Pads& pads) {
  Shape low, high;
  for (const auto& [lo, hi] : pads) {
    low.push_back(lo);
    high.push_back(hi);
  }
  return str_cat("padding = ", mlir_i64_pairs(low, high));
}

}  // namespace

WindowParams WindowParams::make(const Shape& operand, const Shape& window_dimensions,
                                const Shape& window_strides, const WindowPadding& padding,
                                const Shape& base_dilation, const Shape& window_dilation) {
  const std::size_t rank = window_dimensions.size();
  WindowParams out{window_dimensions,
                   ones_unless_given(window_strides, rank),
                   {},
                   ones_unless_given(base_dilation, rank),
                   ones_unless_given(window_dilation, rank)};
  const Shape window =
      dilate_shape(window_dimensions, out.window_dilation, "reduce_window: window_dilation");
  out.padding = padtype_to_pads(operand, window, out.window_strides, padding);
  return out;
}

void WindowParams::show(ParamSink& sink) const {
  sink("window_dimensions", window_dimensions);
  sink("window_strides", window_strides);
  sink("padding", pads_text(padding));
  sink("base_dilation", base_dilation);
  sink("window_dilation", window_dilation);
}

Shape WindowParams::result_shape(std::string_view operation, const Shape& operand) const {
  const std::size_t rank = operand.size();
  if (window_dimensions.size() != rank || window_strides.size() != rank || padding.size() != rank ||
      base_dilation.size() != rank || window_dilation.size() != rank) {
    throw ShapeError(str_cat(operation, ": an operand of shape ", to_text(operand), " needs ", rank,
                             " entries in window_dimensions ", to_text(window_dimensions),
                             ", window_strides ", to_text(window_strides), ", padding ",
                             pads_text(padding), ", base_dilation ", to_text(base_dilation),
                             " and window_dilation ", to_text(window_dilation)));
  }
  check_positive(operation, "window_dimensions", window_dimensions);
  check_positive(operation, "window_strides", window_strides);
  return reduce_window_shape_tuple(operand, window_dimensions, window_strides, padding,
                                   base_dilation, window_dilation);
}

WindowParams WindowParams::with_axis(std::int64_t axis) const {
  WindowParams out = *this;
  for (Shape* sizes :
       {&out.window_dimensions, &out.window_strides, &out.base_dilation, &out.window_dilation}) {
    sizes->insert(sizes->begin() + axis, 1);
  }
  out.padding.insert(out.padding.begin() + axis, {0, 0});
  return out;
}

std::string WindowParams::scatter_attributes() const {
  return str_cat("window_dimensions = ", mlir_i64_array(window_dimensions),
                 ", window_strides = ", mlir_i64_array(window_strides), ", ",
                 padding_attribute(padding));
}

std::string WindowParams::attributes() const {
  return str_cat(scatter_attributes(), ", base_dilations = ", mlir_i64_array(base_dilation),
                 ", window_dilations = ", mlir_i64_array(window_dilation));
}

std::vector<Ssa> emit_reduce_window(Emitter& emitter, std::span<const Ssa> operands,
                                    std::span<const Array> identities, const FlatFn& combine,
                                    const WindowParams& params, std::span<const Aval> results) {
  std::vector<Ssa> in(operands.begin(), operands.end());
  Emitter::Region region;
  for (const Array& identity : identities) {
    in.push_back(emitter.literal(identity));
    region.arguments.push_back(identity.aval());
  }
  for (const Array& identity : identities) region.arguments.push_back(identity.aval());
  region.body = [&combine](Emitter& inner, std::span<const Ssa> args) {
    return lower_composed(inner, combine, args);
  };
  return emitter.op_with_regions("stablehlo.reduce_window", in, params.attributes(), {&region, 1},
                                 results);
}

Shape reduce_window_shape_tuple(const Shape& operand_shape, const Shape& window_dimensions,
                                const Shape& window_strides, const Pads& padding,
                                const Shape& base_dilation, const Shape& window_dilation) {
  const std::size_t rank = operand_shape.size();
  const Shape operand = dilate_shape(operand_shape, ones_unless_given(base_dilation, rank),
                                     "reduce_window: base_dilation");
  const Shape window = dilate_shape(window_dimensions, ones_unless_given(window_dilation, rank),
                                    "reduce_window: window_dilation");
  Shape out;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t padded = operand[i] + padding[i].first + padding[i].second;
    out.push_back(stride_dim(padded, window[i], window_strides[i]));
  }
  return out;
}

}  // namespace linum::lax
