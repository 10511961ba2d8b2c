#include "linum/lax/compose.h"

#include "linum/lax/arithmetic.h"

namespace linum::lax {

std::vector<Ssa> lower_composed(Emitter& e, const FlatFn& f, std::span<const Ssa> operands) {
  std::vector<Aval> avals;
  for (const Ssa& x : operands) avals.push_back(x.aval);
  return e.inline_program(*trace_program(f, avals).program, operands);
}

std::vector<Ssa> lower_while(Emitter& e, const FlatFn& condition, const FlatFn& body,
                             std::span<const Ssa> state) {
  std::vector<Aval> types;
  for (const Ssa& x : state) types.push_back(x.aval);
  auto region = [&](const FlatFn& f) {
    return Emitter::Region{types, [&f](Emitter& inner, std::span<const Ssa> s) {
                             return lower_composed(inner, f, s);
                           }};
  };
  const Emitter::Region regions[] = {region(condition), region(body)};
  return e.op_with_regions("stablehlo.while", state, "", regions, types);
}

Ssa broadcast_ssa(Emitter& e, const Ssa& x, const Shape& shape) {
  if (x.aval.shape() == shape) return x;
  return e.op1("stablehlo.broadcast_in_dim", {x}, "broadcast_dimensions = array<i64>",
               x.aval.with_shape(shape));
}

Ssa convert_ssa(Emitter& e, const Ssa& x, DType dtype) {
  if (x.aval.dtype() == dtype) return x;
  auto f = [dtype](std::span<const Array> v) {
    return std::vector{convert_element_type(v[0], dtype)};
  };
  return lower_composed(e, f, {&x, 1})[0];
}

}  // namespace linum::lax
