#include "linum/nn/conv.h"

#include "linum/lax/conv.h"
#include "linum/lax/conv_patches.h"
#include "linum/lax/lax.h"
#include "linum/nn/dtypes.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/pad.h"

namespace linum::nn {

lax::WindowPadding ConvPadding::for_rank(std::size_t rank, std::string_view layer) const {
  if (!name_.empty()) return name_;
  lax::Pads pads = pads_;
  if (sizes_) {
    for (std::int64_t size : sizes_->for_rank(rank, str_cat(layer, ": padding"))) {
      pads.emplace_back(size, size);
    }
  }
  if (pads.size() == rank) return pads;
  throw ShapeError(str_cat(layer, ": padding needs a (low, high) pair for each of ", rank,
                           " dimensions, got ", lax::pads_text(pads)));
}

namespace {

// Inputs with one batch axis, whatever batch axes they had.
class FlatBatch {
 public:
  FlatBatch(std::string_view layer, const Array& inputs, std::size_t space) {
    std::int64_t batch_axes = inputs.ndim() - static_cast<std::int64_t>(space) - 1;
    if (batch_axes < 0) {
      throw ShapeError(str_cat(layer, ": inputs of shape ", inputs.shape(), " have too few ",
                               "dimensions for a kernel of ", space,
                               ": they are (batch..., space..., features)"));
    }
    auto split = inputs.shape().begin() + static_cast<std::ptrdiff_t>(batch_axes);
    batch_ = Shape(inputs.shape().begin(), split);
    Shape flat(split, inputs.shape().end());
    flat.insert(flat.begin(), element_count(batch_));
    inputs_ = batch_axes == 1 ? inputs : lax::reshape(inputs, flat);
  }

  const Array& inputs() const { return inputs_; }
  Array restore(const Array& y) const {
    Shape shape = batch_;
    shape.insert(shape.end(), y.shape().begin() + 1, y.shape().end());
    return batch_.size() == 1 ? y : lax::reshape(y, shape);
  }

 private:
  Shape batch_;
  Array inputs_;
};

// The layer's numbers for each spatial dimension.
struct Window {
  Shape kernel, strides, input_dilation, kernel_dilation;
  std::size_t rank() const { return kernel.size(); }
};

template <class Layer>
Window window_of(const Layer& layer, std::string_view what) {
  Window w;
  w.kernel = layer.kernel_size.values();
  if (w.kernel.empty()) throw ValueError(str_cat(what, ": kernel_size is not given"));
  w.strides = layer.strides.for_rank(w.rank(), str_cat(what, ": strides"));
  w.kernel_dilation = layer.kernel_dilation.for_rank(w.rank(), str_cat(what, ": kernel_dilation"));
  if constexpr (requires { layer.input_dilation; }) {
    w.input_dilation = layer.input_dilation.for_rank(w.rank(), str_cat(what, ": input_dilation"));
  }
  return w;
}

// (batch, space..., features), and kernels (space..., in, out).
lax::ConvDimensionNumbers channels_last(std::int64_t rank) {
  Axes lhs{0, rank - 1}, rhs{rank - 1, rank - 2};
  for (std::int64_t i = 1; i < rank - 1; ++i) {
    lhs.push_back(i);
    rhs.push_back(i - 1);
  }
  return {lhs, rhs, lhs};
}

// Extends the spatial dimensions of x by `pads` in a mode of np::pad.
Array pad_space(const Array& x, lax::Pads pads, std::string_view mode) {
  pads.insert(pads.begin(), {0, 0});
  pads.emplace_back(0, 0);
  return np::pad(x, pads, mode);
}

// Paddings that lax does not know are applied to x; gives what is left to do.
lax::WindowPadding extend(Array& x, const ConvPadding& padding, const Window& w,
                          std::string_view what) {
  const std::string& name = padding.name();
  if (name == "CIRCULAR" || name == "REFLECT") {
    lax::Pads pads;
    for (std::int64_t size : lax::dilate_shape(w.kernel, w.kernel_dilation, "kernel_dilation")) {
      pads.emplace_back((size - 1) / 2, size / 2);
    }
    x = pad_space(x, pads, name == "CIRCULAR" ? "wrap" : "reflect");
    return "VALID";
  }
  if (name == "CAUSAL") {
    if (w.rank() != 1) {
      throw ValueError(
          str_cat(what, ": CAUSAL padding is for one spatial dimension, got ", w.rank()));
    }
    x = pad_space(x, {{w.kernel_dilation[0] * (w.kernel[0] - 1), 0}}, "constant");
    return "VALID";
  }
  return padding.for_rank(w.rank(), what);
}

// The sizes of the convolution's result in space.
Shape output_space(const Array& x, const Window& w, const lax::WindowPadding& padding) {
  Shape space(x.shape().begin() + 1, x.shape().end() - 1);
  Shape window = lax::dilate_shape(w.kernel, w.kernel_dilation, "kernel_dilation");
  lax::Pads pads = lax::padtype_to_pads(space, window, w.strides, padding);
  Shape out = lax::dilate_shape(space, w.input_dilation, "input_dilation");
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = lax::stride_dim(out[i] + pads[i].first + pads[i].second, window[i], w.strides[i]);
  }
  return out;
}

Shape with(Shape shape, std::initializer_list<std::int64_t> more) {
  shape.insert(shape.end(), more);
  return shape;
}

// A kernel, times the mask if there is one.
template <class Layer>
Array masked_kernel(const Layer& layer, const Shape& shape, std::string_view what) {
  if (layer.mask.defined() && layer.mask.shape() != shape) {
    throw ShapeError(str_cat(what, ": the mask must have the kernel's shape ", shape, ", got ",
                             layer.mask.shape()));
  }
  Array kernel = layer.param("kernel", layer.kernel_init, shape, layer.param_dtype);
  return layer.mask.defined() ? kernel * layer.mask : kernel;
}

// The shapes of the parameters.
template <bool shared_weights>
std::pair<Shape, Shape> parameter_shapes(const ConvLayer<shared_weights>& layer, const Array& x,
                                         const Window& w, const lax::WindowPadding& padding) {
  std::int64_t in = x.shape(-1), groups = layer.feature_group_count;
  if constexpr (shared_weights) {
    if (groups <= 0 || in % groups != 0) {
      throw ShapeError(str_cat("Conv: feature_group_count (", groups,
                               ") does not divide the features of the inputs (", in, ")"));
    }
    return {with(w.kernel, {in / groups, layer.features}), {layer.features}};
  } else {
    if (groups != 1) {
      throw ValueError(str_cat("ConvLocal: feature_group_count must be 1, got ", groups));
    }
    Shape out = output_space(x, w, padding);
    return {with(out, {element_count(w.kernel) * in, layer.features}), with(out, {layer.features})};
  }
}

}  // namespace

template <bool shared_weights>
Array ConvLayer<shared_weights>::forward(Array inputs) const {
  Window w = window_of(*this, class_name);
  FlatBatch batch(class_name, inputs, w.rank());
  Array x = batch.inputs();
  lax::WindowPadding pads = extend(x, padding, w, class_name);
  auto [kernel_shape, bias_shape] = parameter_shapes(*this, x, w, pads);
  Array kernel = masked_kernel(*this, kernel_shape, class_name);
  Array bias = use_bias ? this->param("bias", bias_init, bias_shape, param_dtype) : Array();
  promote_dtype({&x, &kernel, &bias}, dtype);
  lax::ConvDimensionNumbers dims = channels_last(x.ndim());
  Array y;
  if constexpr (shared_weights) {
    y = lax::conv_general_dilated(x, kernel, w.strides, pads,
                                  {.lhs_dilation = w.input_dilation,
                                   .rhs_dilation = w.kernel_dilation,
                                   .dimension_numbers = dims,
                                   .feature_group_count = feature_group_count,
                                   .precision = precision});
  } else {
    y = lax::conv_general_dilated_local(x, kernel, w.strides, pads, w.kernel,
                                        {.lhs_dilation = w.input_dilation,
                                         .rhs_dilation = w.kernel_dilation,
                                         .dimension_numbers = dims,
                                         .precision = precision});
  }
  return batch.restore(use_bias ? y + bias : y);
}

template struct ConvLayer<true>;
template struct ConvLayer<false>;

// --- ConvTranspose -----------------------------------------------------------------------------

// The result of size `wanted` along each spatial dimension of a ring: what reaches beyond its end
// comes in again at its beginning.
static Array wrap_around(Array y, const Shape& wanted, bool extra_at_end) {
  lax::Pads pads;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::int64_t ring = 2 * wanted[i];
    std::int64_t beyond = y.shape(static_cast<std::int64_t>(i) + 1) - wanted[i];
    std::int64_t missing = ((-beyond) % ring + ring) % ring;
    std::int64_t less = missing / 2, more = (missing + 1) / 2;
    pads.emplace_back(extra_at_end ? less : more, extra_at_end ? more : less);
  }
  y = pad_space(y, pads, "constant");
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    Shape turns = y.shape();
    turns[i + 1] = wanted[i];
    turns.insert(turns.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                 y.shape(static_cast<std::int64_t>(i) + 1) / wanted[i]);
    y = lax::reduce_sum(lax::reshape(y, turns), {static_cast<std::int64_t>(i) + 1});
  }
  return y;
}

Array ConvTranspose::forward(Array inputs) const {
  Window w = window_of(*this, "ConvTranspose");
  FlatBatch batch("ConvTranspose", inputs, w.rank());
  Array x = batch.inputs();
  std::int64_t in = x.shape(-1);
  Array kernel = masked_kernel(
      *this, transpose_kernel ? with(w.kernel, {features, in}) : with(w.kernel, {in, features}),
      "ConvTranspose");
  Array bias = use_bias ? param("bias", bias_init, {features}, param_dtype) : Array();
  promote_dtype({&x, &kernel, &bias}, dtype);
  bool circular = padding.name() == "CIRCULAR";
  lax::WindowPadding pads = circular ? "VALID" : padding.for_rank(w.rank(), "ConvTranspose");
  Array y = lax::conv_transpose(x, kernel, w.strides, pads,
                                {.rhs_dilation = w.kernel_dilation,
                                 .dimension_numbers = channels_last(x.ndim()),
                                 .transpose_kernel = transpose_kernel,
                                 .precision = precision,
                                 .preferred_element_type = preferred_element_type});
  if (circular) {
    Shape wanted;
    for (std::size_t i = 0; i < w.rank(); ++i) {
      wanted.push_back(x.shape(static_cast<std::int64_t>(i) + 1) * w.strides[i]);
    }
    y = wrap_around(y, wanted, transpose_kernel);
  }
  return batch.restore(use_bias ? y + bias : y);
}

}  // namespace linum::nn
