// Emitter: where a primitive's lowering writes its StableHLO.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "linum/core/aval.h"
#include "linum/core/program.h"
#include "linum/core/sharding.h"
#include "linum/runtime/callback.h"

namespace linum {

// A value of the StableHLO text.
struct Ssa {
  std::int32_t id = -1;
  Aval aval;
};

class Emitter {
 public:
  virtual ~Emitter() = default;

  // %r = stablehlo.NAME %a, %b : TYPE, for ops whose operands and result have one type.
  virtual Ssa elementwise(std::string_view op, std::span<const Ssa> operands,
                          const Aval& result) = 0;
  // %r:n = "NAME"(%a, %b) {attributes} : (TYPES) -> TYPES; `op` with its dialect.
  // `attributes`: the inside of the braces, may be empty.
  virtual std::vector<Ssa> op(std::string_view op, std::span<const Ssa> operands,
                              std::string_view attributes, std::span<const Aval> results) = 0;
  Ssa op1(std::string_view name, std::span<const Ssa> operands, std::string_view attributes,
          const Aval& result) {
    return op(name, operands, attributes, {&result, 1})[0];
  }
  Ssa op1(std::string_view name, std::initializer_list<Ssa> operands, std::string_view attributes,
          const Aval& result) {
    return op1(name, std::span<const Ssa>(operands.begin(), operands.size()), attributes, result);
  }

  // An op with regions. Each body gets block arguments of the given types and returns the values
  // of the region's stablehlo.return.
  struct Region {
    std::vector<Aval> arguments;
    std::function<std::vector<Ssa>(Emitter&, std::span<const Ssa>)> body;
    std::string_view ends_with = "stablehlo.return";
  };
  virtual std::vector<Ssa> op_with_regions(std::string_view op, std::span<const Ssa> operands,
                                           std::string_view attributes,
                                           std::span<const Region> regions,
                                           std::span<const Aval> results) = 0;

  // A rank-0 constant, or one value filling a shape. The dtype is result's.
  virtual Ssa constant(double value, const Aval& result) = 0;
  virtual Ssa integer_constant(std::int64_t value, const Aval& result) = 0;
  // The literal `scalar` of a program.
  virtual Ssa literal(const Array& scalar) = 0;

  // The equations of `program`, written here.
  virtual std::vector<Ssa> inline_program(const Program& program, std::span<const Ssa> args) = 0;
  // A call of `program` as a function of the module; equal programs share one function.
  virtual std::vector<Ssa> call_program(std::string_view name, const Program& program,
                                        std::span<const Ssa> args) = 0;

  // The name (without @) of the function of the module that computes `program`.
  virtual std::string function_for(std::string_view name, const Program& program) = 0;

  // The attribute that splits an array of this rank; the module then speaks of this mesh, and of no
  // other (ValueError). Unmentioned dimensions are whole.
  virtual std::string sharding(const NamedSharding&, std::int64_t rank) = 0;
  // `body` on the part of each device along `axes` of the mesh; `in` and `out` split the operands
  // and results along these. Over the other axes the compiler splits the body as it likes.
  virtual std::vector<Ssa> manual_computation(const Program& body, std::span<const Ssa> operands,
                                              std::span<const NamedSharding> in,
                                              std::span<const NamedSharding> out,
                                              std::span<const std::string> axes,
                                              std::span<const Aval> results) = 0;
  // Inside such a body its mesh, otherwise an empty one ...
  virtual const Mesh& manual_mesh() const = 0;
  // ... and the axes along which a device has only its part, those of bodies around included.
  virtual const std::vector<std::string>& manual_axes() const = 0;
  bool is_manual(std::string_view axis) const { return contains(manual_axes(), axis); }
  bool is_fully_manual() const {
    return !manual_mesh().empty() && manual_axes().size() == manual_mesh().axis_names().size();
  }
  // Whether the program runs on several devices.
  virtual bool on_many_devices() const = 0;
  // Whether the compiler splits what is written here over them, along some axes at least.
  bool splits() const { return on_many_devices() && !is_fully_manual(); }
  // Outside all such bodies: the attribute by which only the first device runs an operation with so
  // many results, on whole operands.
  virtual std::string on_first_device(std::size_t results) = 0;
  // A number for one more communication between devices.
  virtual std::int64_t next_channel() = 0;
  // Keeps what the text calls by its number alive as long as the executable.
  virtual void keep(std::shared_ptr<const runtime::HostCallback> callback) = 0;

  // "cpu", "cuda", "tpu", ...: what the text is for.
  virtual std::string_view platform() const = 0;
};

// "tensor<2x3xf32>"
std::string mlir_type(const Aval&);
// "array<i64: 0, 1>"
std::string mlir_i64_array(std::span<const std::int64_t>);
// "dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>" of pairs (padding and the like).
std::string mlir_i64_pairs(std::span<const std::int64_t> low, std::span<const std::int64_t> high);
// "[0, 1]"
std::string mlir_list(std::span<const std::int64_t>);

}  // namespace linum
