// Linear layers (flax.linen.linear).
#pragma once

#include <functional>

#include "linum/lax/structure.h"
#include "linum/nn/module.h"
#include "linum/nn/sizes.h"

namespace linum::nn {

// What a layer contracts with, in place of lax::dot_general.
using DotGeneralFn = std::function<Array(const Array& lhs, const Array& rhs,
                                         const lax::DotDimensionNumbers&, lax::Precision)>;

// y = x W + b over the last axis.
struct Dense : Module<Dense> {
  std::int64_t features = 0;
  bool use_bias = true;
  std::optional<DType> dtype = {};  // of the computation; default: promoted from x and W
  DType param_dtype = DType::F32;
  lax::Precision precision = lax::Precision::Default;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer bias_init = initializers::zeros_init();
  DotGeneralFn dot_general = {};
  std::string name = {};

  Array forward(Array inputs) const;
};

// y = x W + b over any axes, which give way to any number of features at the end:
//   nn::DenseGeneral{.features = {2, 3}, .axis = {-2, -1}}   (b, 4, 5) -> (b, 2, 3)
// Leading axes in batch_dims have a kernel for each index. Throws ShapeError for an axis out of
// range, ValueError for batch_dims that are no leading axes.
struct DenseGeneral : Module<DenseGeneral> {
  Sizes features = {};
  Sizes axis = -1;
  Axes batch_dims = {};
  bool use_bias = true;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  Initializer kernel_init = initializers::lecun_normal();  // sees a matrix: all inputs, features
  Initializer bias_init = initializers::zeros_init();
  lax::Precision precision = lax::Precision::Default;
  DotGeneralFn dot_general = {};
  std::string name = {};

  Array forward(Array inputs) const;
};

// np::einsum(einsum_str, x, kernel) + b, the kernel of the given shape:
//   nn::Einsum{.shape = {4, 5}, .einsum_str = "abc,cd->abd"}
// The bias has the kernel's axes that the result keeps. The equation is given here or at the call,
// once; throws ValueError for none, two, or one without "->" or without two operands.
struct Einsum : Module<Einsum> {
  Shape shape = {};
  std::optional<std::string> einsum_str = {};
  bool use_bias = true;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  lax::Precision precision = lax::Precision::Default;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer bias_init = initializers::zeros_init();
  std::optional<DType> preferred_element_type = {};
  std::string name = {};

  Array forward(Array inputs, std::optional<std::string> einsum_str = {}) const;
};

// A table of vectors, one for each number from 0 to num_embeddings - 1; others give NaN.
struct Embed : Module<Embed> {
  std::int64_t num_embeddings = 0;
  std::int64_t features = 0;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  Initializer embedding_init = initializers::variance_scaling(
      1.0, initializers::FanMode::FanIn, initializers::Distribution::Normal, {.out_axis = {0}});
  std::string name = {};

  // Integers of any shape; throws DTypeError for others. The vectors are a new last axis.
  Array forward(Array inputs) const;
  // The inner products of the last axis with all vectors: logits over the table, for weights shared
  // between the first and the last layer. Press and Wolf 2017.
  Array attend(Array query) const;

 private:
  Array embedding() const;
};

}  // namespace linum::nn
