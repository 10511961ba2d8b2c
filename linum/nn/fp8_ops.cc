#include "linum/nn/fp8_ops.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/transforms/custom.h"

namespace linum::nn {
namespace {

constexpr const char* kCollection = "_overwrite_with_gradient";

// --- scaling -----------------------------------------------------------------------------------

double greatest(DType fp8) {
  switch (fp8) {
    case DType::F8E4M3FN:
      return 448.0;
    case DType::F8E4M3FNUZ:
      return 240.0;
    case DType::F8E5M2:
    case DType::F8E5M2FNUZ:
      return 57344.0;
    default:
      break;
  }
  throw DTypeError(
      str_cat("Fp8 operations need an 8-bit float of the e4m3 or e5m2 kind, got ", name_of(fp8)));
}

// The scale, of shape (1,), and the greatest absolute values of the last tensors.
struct Meta {
  Array scale, history;
};

// What x makes of them: the new scale is from the history before x.
Meta updated(const Array& x, DType fp8, const Meta& meta) {
  Array amax = np::max(meta.history, 0);
  Array inverse = np::where(amax > 0.0, greatest(fp8) / amax, 1.0 / meta.scale);
  inverse = np::where(np::isfinite(amax), inverse, 1.0 / meta.scale);
  Array latest = np::astype(np::max(np::abs(x)), meta.history.dtype());
  Array rolled = np::roll(meta.history, -1, 0);
  Array history =
      lax::concatenate({np::reshape(latest, {1}), lax::slice_in_dim(rolled, 1, std::nullopt)}, 0);
  return {1.0 / inverse, history};
}

// x / scale with the precision of 8 bits, in x's dtype: the products of such numbers are those of
// the 8-bit numbers, and a compiler that knows 8-bit products finds them.
Array rounded(const Array& x, DType fp8, const Array& scale) {
  const double bound = greatest(fp8);
  Array scaled = x / np::broadcast_to(np::astype(scale, x.dtype()), x.shape());
  Array eight_bits = np::astype(np::clip(scaled, -bound, bound), fp8);
  return np::astype(eight_bits, x.dtype());
}
Array scaled_back(const Array& x, const Array& scale) {
  return x * np::broadcast_to(np::astype(scale, x.dtype()), x.shape());
}

// --- rounded and scaled back -------------------------------------------------------------------

using Triple = std::tuple<Array, Array, Array>;  // a tensor, scale and history

// The operand as 8 bits hold it; its cotangent passes as it is.
Array through_fp8(const Array& x, const Meta& meta, DType fp8) {
  auto forward = [fp8](const Array& x, const Array& scale, const Array& history) {
    Meta next = updated(x, fp8, {scale, history});
    return std::pair{scaled_back(rounded(x, fp8, next.scale), next.scale),
                     std::pair{next.scale, next.history}};
  };
  auto value = [forward](const Array& x, const Array& scale, const Array& history) {
    return forward(x, scale, history).first;
  };
  auto backward = [](const std::pair<Array, Array>& next, const Array& g) {
    return Triple{g, next.first, next.second};
  };
  return custom_vjp(value, forward, backward)(x, meta.scale, meta.history);
}

// y itself; its cotangent becomes what 8 bits hold of it.
Array cotangent_through_fp8(const Array& y, const Meta& meta, DType fp8) {
  auto value = [](const Array& y, const Array&, const Array&) { return y; };
  auto forward = [](const Array& y, const Array& scale, const Array& history) {
    return std::pair{y, std::pair{scale, history}};
  };
  auto backward = [fp8](const std::pair<Array, Array>& meta, const Array& g) {
    Meta next = updated(g, fp8, {meta.first, meta.second});
    return Triple{scaled_back(rounded(g, fp8, next.scale), next.scale), next.scale, next.history};
  };
  return custom_vjp(value, forward, backward)(y, meta.scale, meta.history);
}

// The derivative is computed with the highest precision.
Array dot_with_precise_derivative(const Array& x, const Array& kernel,
                                  const lax::DotDimensionNumbers& dims) {
  using Pair = std::tuple<Array, Array>;
  auto value = [dims](const Array& x, const Array& k) { return lax::dot_general(x, k, dims); };
  auto rule = [dims, value](const Pair& primals, const Pair& tangents) {
    const auto& [x, k] = primals;
    const auto& [tx, tk] = tangents;
    auto precise = [&](const Array& a, const Array& b) {
      return lax::dot_general(a, b, dims, lax::Precision::Highest);
    };
    return std::pair{value(x, k), precise(tx, k) + precise(x, tk)};
  };
  return custom_jvp(value, rule)(x, kernel);
}

// --- products of rounded numbers ---------------------------------------------------------------

using Bilinear = std::function<Array(const Array&, const Array&, lax::Precision)>;

struct Operands {
  Array lhs, rhs;
  Meta lhs_meta, rhs_meta, grad_meta;
};
// The operands, their scales and histories, and those of the cotangent.
using Arguments = std::tuple<Array, Array, Array, Array, Array, Array, Array, Array>;
// The rounded operands, their next scales and histories; scale and history of the cotangent.
using Residuals = Arguments;

struct Rounded {
  Array lhs, rhs;
  Meta lhs_meta, rhs_meta;
};
Rounded round_operands(const Operands& in, DType fp8) {
  Meta l = updated(in.lhs, fp8, in.lhs_meta), r = updated(in.rhs, fp8, in.rhs_meta);
  return {rounded(in.lhs, fp8, l.scale), rounded(in.rhs, fp8, r.scale), l, r};
}

// Cotangents of lhs and rhs, and the next values of everything else.
Arguments product_backward(const Bilinear& product, DType grad_fp8, const Residuals& residuals,
                           const Array& g) {
  const auto& [lhs, rhs, ls, lh, rs, rh, gs, gh] = residuals;
  Meta next = updated(g, grad_fp8, {gs, gh});
  Array rounded_g = rounded(g, grad_fp8, next.scale);
  auto precise = [&product](const Array& a, const Array& b) {
    return product(a, b, lax::Precision::Highest);
  };
  auto [d_lhs, d_rhs] = vjp(precise, lhs, rhs).second(rounded_g);
  return {scaled_back(d_lhs, rs * next.scale),
          scaled_back(d_rhs, ls * next.scale),
          ls,
          lh,
          rs,
          rh,
          next.scale,
          next.history};
}

Array fp8_product(const Bilinear& product, const Operands& in, DType fp8, DType grad_fp8) {
  auto forward = [product, fp8](const Array& lhs, const Array& rhs, const Array& ls,
                                const Array& lh, const Array& rs, const Array& rh, const Array& gs,
                                const Array& gh) {
    Rounded q = round_operands({lhs, rhs, {ls, lh}, {rs, rh}, {gs, gh}}, fp8);
    Array y = product(q.lhs, q.rhs, lax::Precision::Default);
    return std::pair{scaled_back(y, q.lhs_meta.scale * q.rhs_meta.scale),
                     Residuals{q.lhs, q.rhs, q.lhs_meta.scale, q.lhs_meta.history, q.rhs_meta.scale,
                               q.rhs_meta.history, gs, gh}};
  };
  auto value = [forward](const auto&... args) { return forward(args...).first; };
  auto backward = [product, grad_fp8](const Residuals& residuals, const Array& g) {
    return product_backward(product, grad_fp8, residuals, g);
  };
  return custom_vjp(value, forward, backward)(
      in.lhs, in.rhs, in.lhs_meta.scale, in.lhs_meta.history, in.rhs_meta.scale,
      in.rhs_meta.history, in.grad_meta.scale, in.grad_meta.history);
}

// --- variables ---------------------------------------------------------------------------------

template <class Op>
Meta meta_of(const Op& op, const std::string& what) {
  Variable history = op.variable(kCollection, what + "_amax_history", [&] {
    return Tree(lax::zeros({op.amax_history_length}, DType::F32));
  });
  Variable scale =
      op.variable(kCollection, what + "_scale", [] { return Tree(lax::ones({1}, DType::F32)); });
  return {scale.value(), history.value()};
}

template <class Op>
Operands operands_of(const Op& op, const Array& lhs, const Array& rhs) {
  return {np::astype(lhs, rhs.dtype()), rhs, meta_of(op, "input"), meta_of(op, "kernel"),
          meta_of(op, "output_grad")};
}

template <class Op>
Array dot_scaled_back(const Op& op, const Array& x, const Array& kernel,
                      const lax::DotDimensionNumbers& dims) {
  Operands in = operands_of(op, x, kernel);
  Array lhs = through_fp8(in.lhs, in.lhs_meta, op.e4m3_dtype);
  Array rhs = through_fp8(in.rhs, in.rhs_meta, op.e4m3_dtype);
  Array y = dot_with_precise_derivative(lhs, rhs, dims);
  return cotangent_through_fp8(y, in.grad_meta, op.e5m2_dtype);
}

}  // namespace

Array Fp8DotGeneralOp::forward(const Array& x, const Array& kernel,
                               const lax::DotDimensionNumbers& dims) const {
  return dot_scaled_back(*this, x, kernel, dims);
}

Array NANOOFp8DotGeneralOp::forward(const Array& x, const Array& kernel,
                                    const lax::DotDimensionNumbers& dims) const {
  return dot_scaled_back(*this, x, kernel, dims);
}

Array Fp8DirectDotGeneralOp::forward(const Array& x, const Array& kernel,
                                     const lax::DotDimensionNumbers& dims) const {
  auto product = [dims](const Array& a, const Array& b, lax::Precision precision) {
    return lax::dot_general(a, b, dims, precision);
  };
  return fp8_product(product, operands_of(*this, x, kernel), e4m3_dtype, e5m2_dtype);
}

Array Fp8Einsum::forward(const std::string& equation, const Array& lhs, const Array& rhs) const {
  auto product = [equation](const Array& a, const Array& b, lax::Precision precision) {
    return np::einsum(equation, {a, b}, {.precision = precision});
  };
  return fp8_product(product, operands_of(*this, lhs, rhs), e4m3_dtype, e5m2_dtype);
}

}  // namespace linum::nn
