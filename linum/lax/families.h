// Bases by family: what a family of primitives shares, so that one more costs a few lines.
#pragma once

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/primitive.h"

namespace linum::lax {

// One operand of any shape, result of the same shape and (unless infer is replaced) dtype; batching
// passes through.
class Unary : public Primitive {
 public:
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 protected:
  // The op of the lowering, "sine" for stablehlo.sine; with a dot, its dialect too: "chlo.erf".
  virtual std::string_view stablehlo() const = 0;
  // The tangent of the result y = f(x) along t.
  virtual Tangent derivative(const Array& x, const Array& y, const Tangent& t) const = 0;
  // False refuses the dtype with a message; default: numbers and bool.
  virtual bool accepts(DType) const;
};

// Unary and linear: the jvp is the operation itself.
class LinearUnary : public Unary {
 public:
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;

 protected:
  Tangent derivative(const Array& x, const Array& y, const Tangent& t) const final;
  // The cotangent of an operand of type `operand`.
  virtual Tangent pull_back(const Tangent& ct, const Aval& operand) const = 0;
};

// Unary whose result has no derivative: sign, floor, is_finite, ...
class FlatUnary : public Unary {
 protected:
  Tangent derivative(const Array&, const Array&, const Tangent&) const final { return {}; }
};

// Two operands of one shape and dtype; the result has it too (unless infer is replaced).
class Binary : public Primitive {
 public:
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 protected:
  virtual std::string_view stablehlo() const = 0;
  // The part of the result's tangent that comes from operand `side` (0 or 1) moving along t.
  virtual Tangent derivative(int side, const Array& x, const Array& y, const Array& result,
                             const Tangent& t) const = 0;
  virtual bool accepts(DType) const;
};

// Binary without derivative: comparisons, bit operations, shifts, ...
class FlatBinary : public Binary {
 protected:
  Tangent derivative(int, const Array&, const Array&, const Array&, const Tangent&) const final {
    return {};
  }
};

// One operand, linear, rearranging elements: reshape, transpose, slice, ... The jvp is itself.
class Structural : public Primitive {
 public:
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;

 protected:
  virtual Tangent pull_back(const Tangent& ct, const Aval& operand) const = 0;
  // The operation on x, which has its batch axis moved to the front; the result too.
  virtual Array batch_front(const Array& x, std::int64_t size) const = 0;
  // The same operation on another operand.
  Array again(const Array& x) const;
};

// --- helpers for rules -----------------------------------------------------------------------

// Moves the batch axis of x from `dim` to `to`; broadcasts when dim == kNotBatched.
Array move_batch_axis(const Array& x, std::int64_t size, std::int64_t dim, std::int64_t to);
// a + b where an undefined one is zero.
Tangent add_tangents(const Tangent& a, const Tangent& b);
// Zeros where t is undefined.
Array instantiate(const Tangent& t, const Aval& like);
// The zero tangent's type: the primal's dtype if it is inexact; integer and bool have none.
bool has_tangent(const Aval&);
// Throws TransformError: the operation is not linear.
[[noreturn]] std::vector<Tangent> refuse_transpose(const Primitive&);
// Throws ShapeError unless `operands` has this many.
void check_arity(const Primitive&, std::span<const Aval> operands, std::size_t count);
// Throws DTypeError: "sin does not accept dtype int32; ..."
[[noreturn]] void refuse_dtype(const Primitive&, const Aval&, std::string_view accepted);
bool any_defined(std::span<const Tangent>);

}  // namespace linum::lax
