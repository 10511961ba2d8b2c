#include "linum/nn/activation.h"

#include <cmath>
#include <numbers>

#include "linum/lax/lax.h"
#include "linum/lax/special.h"
#include "linum/np/np.h"
#include "linum/np/promote.h"
#include "linum/transforms/custom.h"

namespace linum::nn {
namespace {

using Unary = std::tuple<Array>;

// `value`, whose derivative along t is derivative(t, x). `self` is the result itself: the rule
// calls it, so that higher derivatives follow the rule too. Compiled once for all eager calls.
template <class Self, class Value, class Derivative>
auto with_derivative(const char* name, Self self, Value value, Derivative derivative) {
  auto rule = [self, derivative](const Unary& primals, const Unary& tangents) {
    const Array& x = std::get<0>(primals);
    return std::pair{self(x), derivative(std::get<0>(tangents), x)};
  };
  return jit(custom_jvp(value, rule), {.name = name});
}

}  // namespace

Array identity(const Array& x) { return x; }

Array relu(const Array& x) {
  static const auto& f = *new auto(with_derivative(
      "relu", relu, [](const Array& x) { return np::maximum(x, 0); },
      [](const Array& t, const Array& x) { return lax::select(x > 0, t, lax::zeros_like(t)); }));
  return f(x);
}

Array relu6(const Array& x) {
  static const auto& f = *new auto(with_derivative(
      "relu6", relu6, [](const Array& x) { return np::minimum(np::maximum(x, 0), 6.0); },
      [](const Array& t, const Array& x) {
        return lax::select((x > 0) & (x < 6), t, lax::zeros_like(t));
      }));
  return f(x);
}

Array leaky_relu(const Array& x, const Array& negative_slope) {
  return np::where(x >= 0, x, negative_slope * x);
}

Array elu(const Array& x, const Array& alpha) {
  Array negative = np::where(x > 0, 0.0, x);  // no overflow, nor its NaN gradient, above zero
  return np::where(x > 0, x, alpha * np::expm1(negative));
}

Array celu(const Array& x, const Array& alpha) {
  return np::maximum(x, 0.0) + alpha * np::expm1(np::minimum(x, 0.0) / alpha);
}

Array selu(const Array& x) {
  constexpr double kAlpha = 1.6732632423543772848170429916717;
  constexpr double kScale = 1.0507009873554804934193349852946;
  return kScale * elu(x, kAlpha);
}

Array gelu(const Array& inputs, bool approximate) {
  Array x = np::promote_dtypes_inexact(inputs);
  if (!approximate) return 0.5 * x * lax::erfc(-x * std::sqrt(0.5));
  const double sqrt_2_over_pi = std::sqrt(2 / std::numbers::pi);
  return x * (0.5 * (1.0 + np::tanh(sqrt_2_over_pi * (x + 0.044715 * np::power(x, 3)))));
}

Array silu(const Array& x) { return x * sigmoid(x); }
Array swish(const Array& x) { return silu(x); }
Array mish(const Array& x) { return x * np::tanh(softplus(x)); }

Array sigmoid(const Array& x) { return lax::logistic(np::promote_dtypes_inexact(x)); }
Array log_sigmoid(const Array& x) { return -softplus(-x); }
Array tanh(const Array& x) { return np::tanh(x); }
Array soft_sign(const Array& x) { return x / (np::abs(x) + 1); }
Array softplus(const Array& x) { return np::logaddexp(x, 0); }

Array squareplus(const Array& x, const Array& b) { return (x + np::sqrt(np::square(x) + b)) / 2; }

Array sparse_plus(const Array& x) {
  return np::where(x <= -1.0, 0.0, np::where(x >= 1.0, x, np::power(x + 1.0, 2) / 4));
}
Array sparse_sigmoid(const Array& x) { return 0.5 * np::clip(x + 1.0, 0.0, 2.0); }

Array hard_tanh(const Array& x) { return np::where(x > 1, 1, np::where(x < -1, -1, x)); }
Array hard_sigmoid(const Array& x) { return relu6(x + 3.0) / 6.0; }
Array hard_silu(const Array& x) { return x * hard_sigmoid(x); }
Array hard_swish(const Array& x) { return hard_silu(x); }

Array glu(const Array& x, std::int64_t axis) {
  axis = normalize_axis(axis, x.ndim(), "glu");
  if (x.shape(axis) % 2 != 0) {
    throw ShapeError(str_cat("glu: the size of axis ", axis, " must be divisible by 2, got ",
                             x.shape(axis), " in shape ", x.shape()));
  }
  std::vector<Array> halves = np::split(x, 2, axis);
  return halves[0] * sigmoid(halves[1]);
}

Array log1mexp(const Array& x) {
  static const auto& f = *new auto(with_derivative(
      "log1mexp", log1mexp,
      [](const Array& x) {
        return np::where(x < std::numbers::ln2, np::log(-np::expm1(-x)), np::log1p(-np::exp(-x)));
      },
      [](const Array& t, const Array& x) { return t / np::expm1(x); }));
  return f(x);
}

Array PReLU::forward(Array inputs) const {
  auto init = initializers::constant(negative_slope_init);
  Array slope = param("negative_slope", init, {}, param_dtype);
  return np::where(inputs >= 0, inputs, np::astype(slope, inputs.dtype()) * inputs);
}

}  // namespace linum::nn
