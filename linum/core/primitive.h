// Primitive: one operation with all its rules. A forgotten rule does not compile.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "linum/core/array.h"

namespace linum {

class Emitter;
class ParamSink;
class PartialTrace;
class StateTrace;
struct Ssa;

// A derivative with respect to some value; undefined means a symbolic zero.
using Tangent = Array;

struct JvpResult {
  std::vector<Array> primals;
  std::vector<Tangent> tangents;
};

// An argument of a linear equation under transposition: either known, or what we transpose for.
struct Operand {
  Aval aval;
  Array value;  // undefined: the equation is linear in this operand
  bool is_linear() const { return !value.defined(); }
};

// Not -1: that is a user's "last axis".
inline constexpr std::int64_t kNotBatched = INT64_MIN;
struct Batched {
  std::vector<Array> values;
  std::vector<std::int64_t> dims;  // kNotBatched, or where the batch axis lies
};
struct BatchAxis {
  std::int64_t size;
  std::string name = "";  // "" for an unnamed axis
  // The mesh axes that split it wherever shardings are spoken of; none: the compiler decides.
  std::vector<std::string> spmd_axis_name = {};
};

// What an operation does besides giving results: a union of these bits.
using Effects = unsigned;
inline constexpr Effects kDebugEffect = 1;    // shows values; transforms may repeat or drop it
inline constexpr Effects kIoEffect = 2;       // happens exactly as often as it is written
inline constexpr Effects kOrderedEffect = 4;  // in program order with the others of this bit
inline constexpr Effects kCheckEffect = 8;    // may throw; checkify makes a result of it

class Primitive : public RefCounted {
 public:
  // jaxpr's name of the operation.
  virtual std::string_view name() const = 0;
  // Presents every parameter by name: printing, hashing and equality all follow from it.
  virtual void params(ParamSink&) const = 0;
  // Shapes and dtypes of the results; throws ShapeError or DTypeError naming the operation.
  virtual std::vector<Aval> infer(std::span<const Aval> operands) const = 0;
  // The results and their derivatives along `tangents` (zeros are undefined Arrays, and may be
  // returned as such). At least one tangent is defined.
  virtual JvpResult jvp(std::span<const Array> primals,
                        std::span<const Tangent> tangents) const = 0;
  // Cotangents of the linear operands (undefined elsewhere). At least one cotangent is defined.
  virtual std::vector<Tangent> transpose(std::span<const Tangent> cotangents,
                                         std::span<const Operand> operands) const = 0;
  // The operation over a batch axis; at least one of `dims` is not kNotBatched.
  virtual Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                        std::span<const std::int64_t> dims) const = 0;
  // Emits StableHLO; gives the results' SSA values.
  virtual std::vector<Ssa> lower(Emitter&, std::span<const Ssa> operands,
                                 std::span<const Aval> results) const = 0;

  // Splits the operation where only some operands are known. Everything without a body is recorded
  // whole, which is what the default does.
  virtual std::vector<Array> partial_eval(PartialTrace&, std::span<const Array> operands) const;
  // The operation where a state is handed along (StateTrace); with a body, through the body. (The
  // default is defined in transforms/state_trace.cc.)
  virtual std::vector<Array> carry_state(StateTrace&, std::span<const Array> operands) const;
  // The results, where getting them takes no compiler: of callbacks and checks.
  virtual std::optional<std::vector<Array>> run(std::span<const Array>) const { return {}; }

  virtual Effects effects() const { return 0; }
  // True for operations that must run even if nobody reads their results.
  bool has_effects() const { return effects() != 0; }

  // True for operations, and those with such in their bodies, that are there to be transposed only:
  // linearization never runs them, even where it knows all their operands.
  virtual bool only_transposed() const { return false; }

  // False for moves between memories, callbacks and what has bodies: infer() says where their
  // results lie. Other operations compute where their operands lie (infer_checked).
  virtual bool stays_in_memory() const { return true; }

  // True for collectives over the axis of this name: vmap hands them even unbatched operands.
  virtual bool names_axis(std::string_view) const { return false; }

  // Name and parameters as canonical bytes: equal keys, equal operations.
  const std::string& key() const;
  // "reduce_sum[axes=(0,)]"
  std::string to_string() const;

 private:
  mutable std::string key_;  // filled on first use
  mutable std::atomic<bool> has_key_{false};
};

// Runs, records or transforms `primitive`, as the innermost active transform asks.
std::vector<Array> bind(const Ref<const Primitive>& primitive, std::span<const Array> operands);
// The same for an operation with one result.
Array bind1(const Ref<const Primitive>& primitive, std::span<const Array> operands);

// bind1<Reshape>({x}, new_shape): makes the primitive and binds it.
template <class P, class... Params>
Array bind1(std::initializer_list<Array> operands, Params&&... params) {
  return bind1(Ref<const Primitive>(new P(std::forward<Params>(params)...)),
               std::span<const Array>(operands.begin(), operands.size()));
}

// infer(), with results in the memory of the operands, and the module path added to its errors.
// Throws ValueError for operands in several memories, numbers excepted.
std::vector<Aval> infer_checked(const Primitive&, std::span<const Aval>);

}  // namespace linum
