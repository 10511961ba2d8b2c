// Matrix products with a scale for each block of numbers (jax.nn.scaled_matmul and kin): the
// microscaling formats of the Open Compute Project, and NVIDIA's 4-bit format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "linum/lax/structure.h"

namespace linum::nn {

// sum over k of (lhs lhs_scale)[b, m, k] (rhs rhs_scale)[b, n, k]: lhs (B, M, K), rhs (B, N, K),
// and scales (B, M, K_s) and (B, N, K_s), where each is for K / K_s neighbours along K. Computed in
// float32; throws ShapeError for operands that do not fit.
Array scaled_matmul(const Array& lhs, const Array& rhs, const Array& lhs_scales,
                    const Array& rhs_scales, DType preferred_element_type = DType::F32);

// How an operand is rounded. Rounded numbers are held as floats of the operand's dtype.
struct BlockScaleConfig {
  std::string mode;  // "mxfp8" or "nvfp4"
  std::int64_t block_size = 0;
  std::string data_type, scale_type;  // names of the formats
  Array global_scale = {};            // float32 (1,), of nvfp4 alone
  bool infer_only = false;
};
// "mxfp8": blocks of 32 numbers of float8_e4m3fn and powers of two for scales. "nvfp4": blocks of
// 16 of float4_e2m1fn, scales of float8_e4m3fn and a global scale (default: 1). Throws ValueError
// for another mode.
BlockScaleConfig get_scaled_dot_general_config(std::string_view mode,
                                               const Array& global_scale = {});

// lax::dot_general of operands rounded along the axes that are summed. `configs`: of lhs, rhs and
// the cotangent, which mxfp8 rounds too in the products of the derivative; none: nothing is
// rounded. The sizes of those axes together must be multiples of the block. Throws ShapeError,
// DTypeError for a result that is not float32, bfloat16 or float16.
Array scaled_dot_general(const Array& lhs, const Array& rhs,
                         const lax::DotDimensionNumbers& dimension_numbers,
                         DType preferred_element_type = DType::F32,
                         const std::vector<BlockScaleConfig>& configs = {});

}  // namespace linum::nn
