#include "linum/lax/custom_call.h"

#include <algorithm>

namespace linum::lax {

// The axes from the fastest to the slowest.
static std::string layout_of(const Aval& x, std::int64_t rank_by_columns) {
  Axes order = iota_axes(x.rank());
  std::reverse(order.begin(), order.end());
  if (x.rank() == rank_by_columns) std::swap(order[0], order[1]);
  if (order.empty()) return "dense<> : tensor<0xindex>";
  return str_cat("dense<", mlir_list(order), "> : tensor<", order.size(), "xindex>");
}

static std::string layouts_of(std::span<const Aval> values, std::int64_t rank_by_columns) {
  std::string out;
  for (const Aval& v : values) {
    out += str_cat(out.empty() ? "" : ", ", layout_of(v, rank_by_columns));
  }
  return str_cat("[", out, "]");
}

std::vector<Ssa> emit_custom_call(Emitter& e, const CustomCall& call, std::span<const Ssa> operands,
                                  std::span<const Aval> results) {
  std::vector<Aval> types;
  for (const Ssa& x : operands) types.push_back(x.aval);
  std::string attributes =
      str_cat("call_target_name = \"", call.target, "\", api_version = 4 : i32, backend_config = {",
              call.attributes, "}", call.has_side_effect ? ", has_side_effect = true" : "",
              ", operand_layouts = ", layouts_of(types, call.rank_by_columns),
              ", result_layouts = ", layouts_of(results, call.rank_by_columns));
  if (call.on_first_device && e.on_many_devices() && e.manual_mesh().empty())
    attributes += ", sdy.sharding = " + e.on_first_device(results.size());
  return e.op("stablehlo.custom_call", operands, attributes, results);
}

}  // namespace linum::lax
