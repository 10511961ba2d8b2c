// The convolution primitive: for kernels that replace its lowering, and for its own rules.
#pragma once

#include "linum/core/params.h"
#include "linum/core/primitive.h"
#include "linum/lax/conv.h"

namespace linum::lax {

struct ConvParams {
  Shape window_strides;
  Pads padding;
  Shape lhs_dilation, rhs_dilation;
  ConvDimensionNumbers dimension_numbers;
  std::int64_t feature_group_count = 1, batch_group_count = 1;
  Precision precision = Precision::Default;
  std::optional<DType> preferred_element_type;
};

class ConvGeneralDilated final : public Primitive {
 public:
  explicit ConvGeneralDilated(ConvParams params) : p_(std::move(params)) {}
  const ConvParams& conv_params() const { return p_; }
  std::string_view name() const override { return "conv_general_dilated"; }
  void params(ParamSink&) const override;
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  const ConvDimensionNumbers& dn() const { return p_.dimension_numbers; }
  void check_groups(const Shape& lhs, const Shape& rhs) const;
  void check_windows() const;
  DType result_dtype(const Aval& lhs, const Aval& rhs) const;
  Shape result_shape(const Shape& lhs, const Shape& rhs) const;
  // The same convolution, with other groups, of other operands.
  Array apply(const Array& lhs, const Array& rhs) const;
  Array apply(const Array& lhs, const Array& rhs, std::int64_t feature_groups,
              std::int64_t batch_groups) const;
  Array transpose_lhs(const Array& ct, const Aval& lhs, Array rhs) const;
  Array transpose_rhs(const Array& ct, const Array& lhs, const Aval& rhs) const;
  Pads vjp_rhs_padding(const Shape& lhs, const Shape& rhs, const Shape& out) const;
  Batched batch_both(const Array& lhs, const Array& rhs, std::int64_t lhs_dim,
                     std::int64_t rhs_dim) const;
  Batched batch_lhs(const Array& lhs, const Array& rhs, std::int64_t dim) const;
  Batched batch_rhs(const Array& lhs, const Array& rhs, std::int64_t dim) const;
  std::vector<Array> by_parts(std::span<const Array>) const;
  std::string attributes() const;

  const ConvParams p_;
};

inline Array bind_conv(const Array& lhs, const Array& rhs, ConvParams params) {
  return bind1<ConvGeneralDilated>({lhs, rhs}, std::move(params));
}

// The dimensions of `shape` along these axes.
Shape take_dims(const Shape& shape, std::span<const std::int64_t> axes);
// The spatial axes of a ConvDimensionNumbers entry.
inline std::span<const std::int64_t> spatial_axes(const Axes& spec) {
  return std::span(spec).subspan(2);
}

}  // namespace linum::lax
