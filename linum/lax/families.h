// Bases by family: what a family of primitives shares, so that one more costs a few lines.
#pragma once

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/primitive.h"
#include "linum/lax/compose.h"

namespace linum::lax {

// Which dtypes an operation takes, and the words for it in messages.
struct Accepts {
  bool (*test)(DType);
  std::string_view words;
};
extern const Accepts kAnyDType;  // numbers and bool
extern const Accepts kNumber;    // integer, floating, complex
extern const Accepts kReal;      // integer, floating
extern const Accepts kInexact;   // floating, complex
extern const Accepts kFloating;
extern const Accepts kComplex;
extern const Accepts kInteger;
extern const Accepts kBits;     // bool, integer
extern const Accepts kOrdered;  // bool, integer, floating

// One operand of any shape, result of the same shape and (unless result_dtype is replaced) dtype;
// batching passes through.
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
  virtual const Accepts& accepts() const = 0;
  // The op of the lowering, "sine" for stablehlo.sine; with a dot, its dialect too: "chlo.erf".
  virtual std::string_view stablehlo() const = 0;
  // The tangent of the result y = f(x) along t.
  virtual Tangent derivative(const Array& x, const Array& y, const Tangent& t) const = 0;
  virtual DType result_dtype(DType operand) const { return operand; }

 private:
  friend class AccurateUnary;  // the same rules, lowered with an accuracy
};

// Unary and linear: the jvp is the operation itself.
class LinearUnary : public Unary {
 public:
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;

 protected:
  Tangent derivative(const Array& x, const Array& y, const Tangent& t) const override;
  // The cotangent of an operand of type `operand`.
  virtual Tangent pull_back(const Tangent& ct, const Aval& operand) const = 0;
};

// Unary whose result has no derivative: sign, floor, is_finite, ...
class FlatUnary : public Unary {
 protected:
  Tangent derivative(const Array&, const Array&, const Tangent&) const final { return {}; }
};

// Two operands of one dtype and one shape, or one of them rank 0; the result has the dtype (unless
// result_dtype is replaced) and the shape of the larger.
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
  virtual const Accepts& accepts() const = 0;
  virtual std::string_view stablehlo() const = 0;
  // The part of the result's tangent that comes from operand `side` (0 or 1) moving along t. It may
  // have rank 0 where that operand does.
  virtual Tangent derivative(int side, const Array& x, const Array& y, const Array& result,
                             const Tangent& t) const = 0;
  // The cotangent of operand `side`, in the result's shape; `other` is undefined when the operation
  // is linear in both. The default refuses: not linear.
  virtual Tangent pull_back(int side, const Tangent& ct, const Array& other) const;
  virtual DType result_dtype(DType operand) const { return operand; }
  // Operand types that infer may take instead of equal dtypes; the default throws DTypeError.
  virtual void check_dtypes(const Aval& x, const Aval& y) const;
};

// Binary without derivative: comparisons, bit operations, shifts, ...
class FlatBinary : public Binary {
 protected:
  Tangent derivative(int, const Array&, const Array&, const Array&, const Tangent&) const final {
    return {};
  }
};

// --- operations without parameters, from their rules ------------------------------------------

using UnaryDerivative = Tangent (*)(const Array& x, const Array& y, const Tangent& t);
struct UnaryExtras {
  DType (*result)(DType) = nullptr;  // dtype of the result, where it is another
  Tangent (*pull_back)(const Tangent& ct, const Aval& operand) = nullptr;  // of a linear operation
  Array (*composed)(const Array& x) = nullptr;  // lowers to these operations instead of to an op
};
// unary("sin", "sine", kInexact, [](auto& x, auto&, auto& t) { return mul(t, cos(x)); })
Ref<const Primitive> unary(std::string_view name, std::string_view stablehlo, const Accepts&,
                           UnaryDerivative, UnaryExtras = {});

using BinaryDerivative = Tangent (*)(const Array& x, const Array& y, const Array& result,
                                     const Tangent& t);
struct BinaryExtras {
  DType (*result)(DType) = nullptr;
  Tangent (*pull_back)(int side, const Tangent& ct, const Array& other) = nullptr;
  Array (*composed)(const Array& x, const Array& y) = nullptr;
};
// With the derivatives along x and along y (nullptr: there is none).
Ref<const Primitive> binary(std::string_view name, std::string_view stablehlo, const Accepts&,
                            BinaryDerivative along_x, BinaryDerivative along_y, BinaryExtras = {});
// The derivative of what is constant almost everywhere.
Tangent flat(const Array& x, const Array& y, const Tangent& t);
inline constexpr BinaryDerivative kFlat = nullptr;

// The one instance of a primitive without parameters.
template <class P>
const Ref<const Primitive>& the() {
  static const Ref<const Primitive> instance(new P);
  return instance;
}

// Binds to one operand, or to two that are brought to one dtype first: a weak rank-0 operand takes
// the other's dtype where promotion allows it.
Array apply(const Ref<const Primitive>&, const Array& x);
Array apply(const Ref<const Primitive>&, const Array& x, const Array& y);
// The operands of `what` (an operation's name) in one dtype, by the same rule.
std::pair<Array, Array> match_dtypes(const Array& x, const Array& y);

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

// Results that do not move with the operands: random bits, places of elements, ...
class Flat : public Primitive {
 public:
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const final;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const final;
};

// --- helpers for rules -----------------------------------------------------------------------

// Moves the batch axis of x from `dim` to `to`; broadcasts when dim == kNotBatched.
Array move_batch_axis(const Array& x, std::int64_t size, std::int64_t dim, std::int64_t to);
// Throws ValueError when `spec` names an axis that splits the batch axis already.
void check_spmd_axes_unused(const BatchAxis&, const PartitionSpec& spec, std::string_view where);
// a + b where an undefined one is zero.
Tangent add_tangents(const Tangent& a, const Tangent& b);
// Zeros where t is undefined.
Array instantiate(const Tangent& t, const Aval& like);
// The zero tangent's type: the primal's dtype if it is inexact; integer and bool have none.
bool has_tangent(const Aval&);
// Moves its operand to the memory `to` (device_put).
Ref<const Primitive> memory_move(MemorySpace to);
// x itself, without a derivative where `stopped` (bool, of its shape) holds: keeps nan from results
// that are not taken. Unlike select(stopped, stop_gradient(x), x), it has a transpose.
Array stop_gradient_where(const Array& stopped, const Array& x);
// Throws TransformError: the operation is not linear.
[[noreturn]] std::vector<Tangent> refuse_transpose(const Primitive&);
// Throws ShapeError unless `operands` has this many.
void check_arity(const Primitive&, std::span<const Aval> operands, std::size_t count);
// Throws DTypeError: "sin does not accept dtype int32; ..."
[[noreturn]] void refuse_dtype(const Primitive&, const Aval&, std::string_view accepted);
bool any_defined(std::span<const Tangent>);

}  // namespace linum::lax
