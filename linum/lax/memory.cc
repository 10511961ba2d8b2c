#include "linum/lax/memory.h"

#include "linum/core/value.h"
#include "linum/lax/families.h"

namespace linum {
namespace {

class MemoryMove final : public lax::LinearUnary {
 public:
  explicit MemoryMove(MemorySpace to) : to_(to) {}
  std::string_view name() const override { return "device_put"; }
  void params(ParamSink& sink) const override { sink("memory", memory_kind(to_)); }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    lax::check_arity(*this, operands, 1);
    return {operands[0].in_memory(to_)};
  }
  bool stays_in_memory() const override { return false; }
  // The CPU's memories are one: what its results are said to lie in suffices.
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (e.platform() == "cpu") return {operands[0]};
    const std::string attributes =
        str_cat("call_target_name = \"annotate_device_placement\", has_side_effect = true, ",
                "mhlo.frontend_attributes = {_xla_buffer_placement = \"", memory_kind(to_), "\"}");
    return e.op("stablehlo.custom_call", operands, attributes, results);
  }
  std::optional<std::vector<Array>> run(std::span<const Array> operands) const override {
    return {{move_to_memory(operands[0], to_)}};
  }

 protected:
  const lax::Accepts& accepts() const override { return lax::kAnyDType; }
  std::string_view stablehlo() const override { return ""; }
  Tangent pull_back(const Tangent& ct, const Aval& operand) const override {
    return device_put(ct, operand.memory());
  }

 private:
  MemorySpace to_;
};

}  // namespace

Ref<const Primitive> lax::memory_move(MemorySpace to) {
  return Ref<const Primitive>(new MemoryMove(to));
}

Array device_put(const Array& x, MemorySpace memory) {
  return x.memory() == memory ? x : bind1<MemoryMove>({x}, memory);
}

}  // namespace linum
