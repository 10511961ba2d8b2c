#include "linum/nn/linear.h"

#include <algorithm>

#include "linum/lax/lax.h"
#include "linum/nn/dtypes.h"
#include "linum/np/einsum.h"
#include "linum/np/einsum_spec.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/take.h"

namespace linum::nn {
namespace {

template <class Layer>
Array contract(const Layer& layer, const Array& x, const Array& kernel,
               const lax::DotDimensionNumbers& dims) {
  if (layer.dot_general) return layer.dot_general(x, kernel, dims, layer.precision);
  return lax::dot_general(x, kernel, dims, layer.precision);
}

// A bias of shape (features,) over the last axis of y.
Array add_bias(const Array& y, const Array& bias) {
  return lax::add(y, lax::broadcast_in_dim(bias, y.shape(), {y.ndim() - 1}));
}

Shape sizes_along(const Shape& shape, const Axes& axes) {
  Shape out;
  for (std::int64_t axis : axes) out.push_back(shape[static_cast<std::size_t>(axis)]);
  return out;
}

// Draws the parameter in another shape, whose fans are meant.
Initializer through_shape(const Initializer& init, const Shape& drawn) {
  return Initializer([init, drawn](const Array& key, const Shape& shape, DType dtype) {
    return lax::reshape(init(key, drawn, dtype), shape);
  });
}

void check_batch_dims(const Axes& batch_dims) {
  Axes sorted = batch_dims;
  std::sort(sorted.begin(), sorted.end());
  if (sorted == iota_axes(static_cast<std::int64_t>(sorted.size()))) return;
  throw ValueError(str_cat("DenseGeneral: batch_dims ", to_text(Shape(batch_dims)),
                           " must be consecutive leading dimensions starting from 0"));
}

// How a DenseGeneral reads its inputs. Axes are sorted.
struct Contraction {
  Axes axis, batch;
  Shape batch_shape, in_shape;
  Shape rest_shape;  // what the output has in front of the features, 1 where a bias does not vary
};

Contraction contraction_of(const DenseGeneral& layer, const Shape& shape) {
  check_batch_dims(layer.batch_dims);
  auto rank = static_cast<std::int64_t>(shape.size());
  Contraction out;
  out.axis = normalize_axes(layer.axis.values(), rank, "DenseGeneral");
  std::sort(out.axis.begin(), out.axis.end());
  out.batch = normalize_axes(layer.batch_dims, rank, "DenseGeneral");
  std::sort(out.batch.begin(), out.batch.end());
  out.batch_shape = sizes_along(shape, out.batch);
  out.in_shape = sizes_along(shape, out.axis);
  for (std::int64_t i = 0; i < rank; ++i) {
    if (contains(out.axis, i)) continue;
    out.rest_shape.push_back(contains(out.batch, i) ? shape[static_cast<std::size_t>(i)] : 1);
  }
  return out;
}

// The equation of an Einsum, without spaces.
std::string checked_equation(const std::optional<std::string>& constructed,
                             const std::optional<std::string>& called) {
  std::string out = merge_param("einsum_str", constructed, called);
  std::erase(out, ' ');
  if (out.find("->") == std::string::npos) {
    throw ValueError(
        str_cat("Einsum: einsum_str must be explicit and include \"->\", got \"", out, "\""));
  }
  auto commas = std::count(out.begin(), out.end(), ',');
  if (commas == 1) return out;
  throw ValueError(str_cat("Einsum: einsum_str must have exactly two operands and therefore one ",
                           "comma, got ", commas, " in \"", out, "\""));
}

// What the result keeps of the kernel's axes: their sizes alone, and among ones for the others.
struct BiasShapes {
  Shape own, spread;
};
BiasShapes einsum_bias(const std::string& equation, const Shape& inputs, const Shape& kernel) {
  np::EinsumSpec spec = np::parse_einsum(equation, {inputs, kernel});
  BiasShapes out;
  for (char label : spec.output) {
    std::size_t i = spec.inputs[1].find(label);
    out.spread.push_back(i == std::string::npos ? 1 : kernel[i]);
    if (i != std::string::npos) out.own.push_back(kernel[i]);
  }
  return out;
}

}  // namespace

Array Dense::forward(Array inputs) const {
  Array kernel = param("kernel", kernel_init, {inputs.shape(-1), features}, param_dtype);
  Array bias = use_bias ? param("bias", bias_init, {features}, param_dtype) : Array();
  promote_dtype({&inputs, &kernel, &bias}, dtype);
  lax::DotDimensionNumbers dims{{inputs.ndim() - 1}, {0}, {}, {}};
  Array y = contract(*this, inputs, kernel, dims);
  return use_bias ? add_bias(y, bias) : y;
}

Array DenseGeneral::forward(Array inputs) const {
  Contraction c = contraction_of(*this, inputs.shape());
  const Shape& out = features.values();
  std::int64_t n_batch = element_count(c.batch_shape), n_out = element_count(out);
  Shape matrix{n_batch * element_count(c.in_shape), n_out};
  Array kernel = param("kernel", through_shape(kernel_init, matrix),
                       joined_shape(joined_shape(c.batch_shape, c.in_shape), out), param_dtype);
  Array bias;
  if (use_bias) {
    bias = param("bias", through_shape(bias_init, {n_batch * n_out}),
                 joined_shape(c.batch_shape, out), param_dtype);
  }
  promote_dtype({&inputs, &kernel, &bias}, dtype);
  auto n = static_cast<std::int64_t>(c.batch.size());
  Axes contracted = iota_axes(static_cast<std::int64_t>(c.axis.size()));
  for (std::int64_t& axis : contracted) axis += n;
  Array y = contract(*this, inputs, kernel, {c.axis, contracted, c.batch, iota_axes(n)});
  return use_bias ? y + lax::reshape(bias, joined_shape(c.rest_shape, out)) : y;
}

Array Einsum::forward(Array inputs, std::optional<std::string> called) const {
  std::string equation = checked_equation(einsum_str, called);
  Array kernel = param("kernel", kernel_init, shape, param_dtype);
  BiasShapes shapes = einsum_bias(equation, inputs.shape(), shape);
  Array bias = use_bias ? param("bias", bias_init, shapes.own, param_dtype) : Array();
  promote_dtype({&inputs, &kernel, &bias}, dtype);
  Array y = np::einsum(equation, {inputs, kernel},
                       {.precision = precision, .preferred_element_type = preferred_element_type});
  return use_bias ? y + lax::reshape(bias, shapes.spread) : y;
}

Array Embed::embedding() const {
  return param("embedding", embedding_init, {num_embeddings, features}, param_dtype);
}

Array Embed::forward(Array inputs) const {
  if (!is_integer(inputs.dtype())) {
    throw DTypeError(str_cat("Embed: inputs must be integers, got ", inputs.aval(),
                             "; convert them with np::astype(x, int32)"));
  }
  Array table = embedding();
  promote_dtype({&table}, dtype, false);
  if (num_embeddings == 1) return np::broadcast_to(table, joined_shape(inputs.shape(), {features}));
  return np::take(table, inputs, 0);
}

Array Embed::attend(Array query) const {
  return method("attend", [&] {
    Array table = embedding();
    promote_dtype({&query, &table}, dtype);
    return lax::dot_general(query, table, {{query.ndim() - 1}, {1}, {}, {}});
  });
}

}  // namespace linum::nn
