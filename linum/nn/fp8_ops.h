// Matrix products in 8-bit floats with delayed scaling (flax.linen.fp8_ops). Micikevicius et al.
// 2022, "FP8 formats for deep learning".
//
//   nn::Dense{.features = 64, .dot_general = nn::as_dot_general<nn::Fp8DotGeneral>()}(x)
//
// Operands are divided by a scale and rounded to 8 bits, as is the cotangent on the way back. The
// scales follow the greatest absolute values of the last products, the amax history. Both are
// variables of the collection "_overwrite_with_gradient": what grad gives for them are no gradients
// but their next values, which a training step puts in their place.
#pragma once

#include "linum/nn/linear.h"

namespace linum::nn {

// lax::dot_general of operands that were rounded and scaled back, in the kernel's dtype.
struct Fp8DotGeneralOp : Module<Fp8DotGeneralOp> {
  std::int64_t amax_history_length = 1024;
  DType e4m3_dtype = DType::F8E4M3FN;  // of the operands
  DType e5m2_dtype = DType::F8E5M2;    // of cotangents
  std::string name = {};

  Array forward(const Array& x, const Array& kernel, const lax::DotDimensionNumbers& dims) const;
};

// The same in the 8-bit formats of AMD.
struct NANOOFp8DotGeneralOp : Module<NANOOFp8DotGeneralOp> {
  std::int64_t amax_history_length = 1024;
  DType e4m3_dtype = DType::F8E4M3FNUZ;
  DType e5m2_dtype = DType::F8E5M2FNUZ;
  std::string name = {};

  Array forward(const Array& x, const Array& kernel, const lax::DotDimensionNumbers& dims) const;
};

// lax::dot_general of the rounded operands themselves, whose result is scaled back; the gradients
// are products of rounded numbers too.
struct Fp8DirectDotGeneralOp : Module<Fp8DirectDotGeneralOp> {
  std::int64_t amax_history_length = 1024;
  DType e4m3_dtype = DType::F8E4M3FN;  // of the operands
  DType e5m2_dtype = DType::F8E5M2;    // of cotangents
  std::string name = {};

  Array forward(const Array& x, const Array& kernel, const lax::DotDimensionNumbers& dims) const;
};
using Fp8DotGeneral = Fp8DirectDotGeneralOp;

// np::einsum of two operands, in the same way.
struct Fp8Einsum : Module<Fp8Einsum> {
  std::int64_t amax_history_length = 1024;
  DType e4m3_dtype = DType::F8E4M3FN;  // of the operands
  DType e5m2_dtype = DType::F8E5M2;    // of cotangents
  std::string name = {};

  Array forward(const std::string& equation, const Array& lhs, const Array& rhs) const;
};

// A dot_general for layers that makes an operation of this kind.
template <class Op>
DotGeneralFn as_dot_general(Op op = {}) {
  return [op](const Array& lhs, const Array& rhs, const lax::DotDimensionNumbers& dims,
              lax::Precision) { return op.copy()(lhs, rhs, dims); };
}

}  // namespace linum::nn
