#include "linum/nn/pooling.h"

#include "linum/lax/lax.h"
#include "linum/lax/window.h"
#include "linum/np/creation.h"
#include "linum/np/operators.h"

namespace linum::nn {
namespace {

// What the windows are for all axes of the inputs.
struct Windows {
  Shape shape, strides;
  lax::WindowPadding padding = "VALID";
};

void check_count(std::string_view what, std::size_t count, const Shape& window_shape) {
  if (count == window_shape.size()) return;
  throw ShapeError(str_cat("pool: ", what, " has ", count, " entries for the window shape ",
                           window_shape, "; give one for each dimension of the window"));
}

Windows windows_over(const Shape& inputs, const Shape& window_shape, const Shape& strides,
                     const lax::WindowPadding& padding) {
  auto batch = static_cast<std::ptrdiff_t>(inputs.size()) -
               static_cast<std::ptrdiff_t>(window_shape.size()) - 1;
  if (batch < 0) {
    throw ShapeError(str_cat("pool: inputs of shape ", inputs, " have too few dimensions for the ",
                             "window shape ", window_shape,
                             ": they are (batch..., space..., features)"));
  }
  auto leading = static_cast<std::size_t>(batch);
  Windows out{Shape(leading, 1), Shape(leading, 1), padding};
  if (!strides.empty()) check_count("strides", strides.size(), window_shape);
  for (std::size_t i = 0; i < window_shape.size(); ++i) {
    out.shape.push_back(window_shape[i]);
    out.strides.push_back(strides.empty() ? 1 : strides[i]);
  }
  out.shape.push_back(1);
  out.strides.push_back(1);
  if (!padding.is_explicit()) return out;
  check_count("padding", padding.pads().size(), window_shape);
  lax::Pads pads(leading, {0, 0});
  pads.insert(pads.end(), padding.pads().begin(), padding.pads().end());
  pads.emplace_back(0, 0);
  out.padding = pads;
  return out;
}

using Reduction = Array (*)(const Array&, const Shape&, const Shape&, const lax::WindowPadding&,
                            const Shape&, const Shape&);

// Padding counts as the reduction's identity.
Array reduce_windows(Reduction reduce, const Array& inputs, const Shape& window_shape,
                     const Shape& strides, const lax::WindowPadding& padding) {
  Windows w = windows_over(inputs.shape(), window_shape, strides, padding);
  return reduce(inputs, w.shape, w.strides, w.padding, {}, {});
}

Reduction reduction_of(PoolFn reduce_fn) {
  if (reduce_fn == PoolFn(lax::add)) return lax::reduce_window_sum;
  if (reduce_fn == PoolFn(lax::max)) return lax::reduce_window_max;
  if (reduce_fn == PoolFn(lax::min)) return lax::reduce_window_min;
  throw ValueError("pool: reduce_fn must be lax::add, lax::max or lax::min");
}

}  // namespace

Array pool(const Array& inputs, const Array& init, PoolFn reduce_fn, const Shape& window_shape,
           const Shape& strides, const lax::WindowPadding& padding) {
  Reduction reduce = reduction_of(reduce_fn);
  Windows w = windows_over(inputs.shape(), window_shape, strides, padding);
  Array first = np::astype(init, inputs.dtype());
  std::vector<lax::Padding> pads;
  for (auto [low, high] : lax::padtype_to_pads(inputs.shape(), w.shape, w.strides, w.padding)) {
    pads.push_back({low, high});
  }
  Array padded = lax::pad(inputs, first, pads);
  return reduce_fn(first, reduce(padded, w.shape, w.strides, "VALID", {}, {}));
}

Array avg_pool(const Array& inputs, const Shape& window_shape, const Shape& strides,
               const lax::WindowPadding& padding, bool count_include_pad) {
  auto sums = [&](const Array& x) {
    return reduce_windows(lax::reduce_window_sum, x, window_shape, strides, padding);
  };
  if (count_include_pad) return sums(inputs) / element_count(window_shape);
  Shape one_feature = inputs.shape();
  one_feature.back() = 1;
  return sums(inputs) / sums(lax::ones(one_feature, DType::F32));
}

Array max_pool(const Array& inputs, const Shape& window_shape, const Shape& strides,
               const lax::WindowPadding& padding) {
  return reduce_windows(lax::reduce_window_max, inputs, window_shape, strides, padding);
}

Array min_pool(const Array& inputs, const Shape& window_shape, const Shape& strides,
               const lax::WindowPadding& padding) {
  return reduce_windows(lax::reduce_window_min, inputs, window_shape, strides, padding);
}

}  // namespace linum::nn
