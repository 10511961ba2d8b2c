// The base of the scatter primitives: everything but their derivatives.
#pragma once

#include "linum/lax/families.h"
#include "linum/lax/gather_scatter.h"

namespace linum::lax {

struct ScatterParams {
  ScatterDimensionNumbers dimension_numbers;
  ScatterOptions options;
};

// Operands: the array, indices, updates.
class ScatterBase : public Primitive {
 public:
  explicit ScatterBase(ScatterParams params) : p_(std::move(params)) {}
  const ScatterParams& scatter_params() const { return p_; }
  void params(ParamSink&) const override;
  std::vector<Aval> infer(std::span<const Aval>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 protected:
  // The same operation with these parameters.
  virtual Array rebind(const Array& operand, const Array& indices, const Array& updates,
                       ScatterParams params) const = 0;
  Array again(const Array& operand, const Array& indices, const Array& updates) const {
    return rebind(operand, indices, updates, p_);
  }
  // What becomes of an element and the update that meets it.
  virtual Array combine(const Array& element, const Array& update) const = 0;

  const ScatterDimensionNumbers& dn() const { return p_.dimension_numbers; }
  // The gather that reads what this scatter writes, from `x` of the operand's shape.
  Array read_back(const Array& x, const Array& indices, const Shape& updates_shape,
                  const GatherOptions& options) const;
  // Its cotangent form: windows out of bounds were dropped, so they read zero.
  Array pull_updates(const Array& ct, const Array& indices, const Shape& updates_shape) const;

  const ScatterParams p_;

 private:
  void check_dimensions(const Aval& operand, const Aval& indices, const Aval& updates) const;
  void check_updates(const Aval& operand, const Aval& indices, const Aval& updates) const;
  // The window of an update as sizes along each axis of the operand.
  Shape window_sizes(std::int64_t operand_rank, const Shape& updates) const;
  Array clamp_indices(const Array& indices, const Shape& operand, const Shape& updates) const;
  std::string attributes(std::int64_t index_vector_dim) const;
};

}  // namespace linum::lax
