// Convolution layers (flax.linen.Conv, ConvLocal, ConvTranspose). Inputs are (batch..., space...,
// features): one spatial dimension for each number of kernel_size, any number of batch dimensions.
#pragma once

#include "linum/lax/padding.h"
#include "linum/lax/structure.h"
#include "linum/nn/module.h"
#include "linum/nn/sizes.h"

namespace linum::nn {

// How the inputs are extended: "SAME", "VALID", "CIRCULAR" (from the other end), "REFLECT"
// (mirrored at the edge), "CAUSAL" (one dimension, in front only); or with zeros: .padding = 1, {1,
// 2} for each dimension, {{1, 0}, {2, 1}} before and after.
class ConvPadding {
 public:
  ConvPadding(const char* name) : name_(name) {}
  ConvPadding(std::string name) : name_(std::move(name)) {}
  ConvPadding(std::integral auto size) : sizes_(Sizes(size)) {}
  ConvPadding(std::initializer_list<std::int64_t> sizes) : sizes_(Sizes(sizes)) {}
  ConvPadding(std::initializer_list<lax::Pads::value_type> pads) : pads_(pads) {}
  ConvPadding(lax::Pads pads) : pads_(std::move(pads)) {}

  const std::string& name() const { return name_; }  // "" unless named
  // What lax makes of it; throws ShapeError naming `layer` for another number of dimensions.
  lax::WindowPadding for_rank(std::size_t rank, std::string_view layer) const;

 private:
  std::string name_;
  std::optional<Sizes> sizes_;
  lax::Pads pads_;
};

// y = conv(x, W) + b. Kernels are (*kernel_size, in features / groups, features); ConvLocal has one
// of its own for each place: (*output space, product of kernel_size times in features, features).
// Throws ShapeError for inputs of too few dimensions or groups that do not divide the features,
// ValueError for an unknown padding.
template <bool shared_weights>
struct ConvLayer : Module<ConvLayer<shared_weights>> {
  static constexpr const char* class_name = shared_weights ? "Conv" : "ConvLocal";

  std::int64_t features = 0;
  Sizes kernel_size = {};
  Sizes strides = 1;
  ConvPadding padding = "SAME";
  Sizes input_dilation = 1;   // spreads the inputs: a transposed convolution
  Sizes kernel_dilation = 1;  // spreads the kernel: an atrous convolution
  std::int64_t feature_group_count = 1;
  bool use_bias = true;
  Array mask = {};  // of the kernel's shape, multiplied with it
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  lax::Precision precision = lax::Precision::Default;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer bias_init = initializers::zeros_init();
  std::string name = {};

  Array forward(Array inputs) const;
};

using Conv = ConvLayer<true>;
using ConvLocal = ConvLayer<false>;

// The transposed convolution: strides spread the inputs.
struct ConvTranspose : Module<ConvTranspose> {
  std::int64_t features = 0;
  Sizes kernel_size = {};
  Sizes strides = 1;
  ConvPadding padding = "SAME";  // or "VALID", "CIRCULAR", pairs
  Sizes kernel_dilation = 1;
  bool use_bias = true;
  Array mask = {};
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  lax::Precision precision = lax::Precision::Default;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer bias_init = initializers::zeros_init();
  // With the kernel of the convolution whose gradient this is: (*kernel_size, features, in).
  bool transpose_kernel = false;
  std::optional<DType> preferred_element_type = {};
  std::string name = {};

  Array forward(Array inputs) const;
};

}  // namespace linum::nn
