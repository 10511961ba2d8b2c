#include "linum/nn/linear.h"

#include "linum/lax/lax.h"
#include "linum/nn/dtypes.h"

namespace linum::nn {

// A bias of shape (features,) over the last axis of y.
static Array add_bias(const Array& y, const Array& bias) {
  return lax::add(y, lax::broadcast_in_dim(bias, y.shape(), {y.ndim() - 1}));
}

Array Dense::forward(Array inputs) const {
  Array kernel = param("kernel", kernel_init, {inputs.shape(-1), features}, param_dtype);
  Array bias = use_bias ? param("bias", bias_init, {features}, param_dtype) : Array();
  promote_dtype({&inputs, &kernel, &bias}, dtype);
  lax::DotDimensionNumbers dims{{inputs.ndim() - 1}, {0}, {}, {}};
  Array y = lax::dot_general(inputs, kernel, dims, precision);
  return use_bias ? add_bias(y, bias) : y;
}

}  // namespace linum::nn
