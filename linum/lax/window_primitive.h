// The windowed primitives: for kernels that replace their lowering, and for their own rules.
#pragma once

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/primitive.h"
#include "linum/lax/window.h"

namespace linum::lax {

// One entry of each for every axis of the operand.
struct WindowParams {
  Shape window_dimensions, window_strides;
  Pads padding;
  Shape base_dilation, window_dilation;

  // With ones and the pairs that `padding` means filled in, for an operand of this shape.
  static WindowParams make(const Shape& operand, const Shape& window_dimensions,
                           const Shape& window_strides, const WindowPadding& padding,
                           const Shape& base_dilation, const Shape& window_dilation);
  void show(ParamSink&) const;
  // Throws ShapeError or ValueError naming `operation`.
  Shape result_shape(std::string_view operation, const Shape& operand) const;
  // With one more axis, which windows leave alone.
  WindowParams with_axis(std::int64_t axis) const;
  // Without the dilations, which a select_and_scatter does not have.
  std::string scatter_attributes() const;
  std::string attributes() const;
};

// The variadic reduce_window whose windows `combine` reduces: from the arrays so far and the next
// ones to the arrays so far, all rank 0.
std::vector<Ssa> emit_reduce_window(Emitter&, std::span<const Ssa> operands,
                                    std::span<const Array> identities, const FlatFn& combine,
                                    const WindowParams&, std::span<const Aval> results);

enum class WindowReduction : std::uint8_t { Sum, Max, Min };

class ReduceWindow final : public Primitive {
 public:
  ReduceWindow(WindowReduction kind, WindowParams params) : kind_(kind), p_(std::move(params)) {}
  WindowReduction kind() const { return kind_; }
  const WindowParams& window() const { return p_; }

  std::string_view name() const override;
  void params(ParamSink& sink) const override { p_.show(sink); }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  const WindowReduction kind_;
  const WindowParams p_;
};

// Operands: tangents, operand.
class SelectAndGatherAdd final : public Primitive {
 public:
  SelectAndGatherAdd(Select select, WindowParams params) : select_(select), p_(std::move(params)) {}
  std::string_view name() const override { return "select_and_gather_add"; }
  void params(ParamSink&) const override;
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  const Select select_;
  const WindowParams p_;
};

// Operands: source, operand. Without dilations.
class SelectAndScatterAdd final : public Primitive {
 public:
  SelectAndScatterAdd(Select select, WindowParams params)
      : select_(select), p_(std::move(params)) {}
  Select select() const { return select_; }
  const WindowParams& window() const { return p_; }

  std::string_view name() const override { return "select_and_scatter_add"; }
  void params(ParamSink&) const override;
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  const Select select_;
  const WindowParams p_;
};

}  // namespace linum::lax
