#include "linum/transforms/memory_move.h"

#include "linum/core/trace.h"
#include "linum/lax/families.h"

namespace linum {
namespace {

class MemoryMove final : public lax::LinearUnary {
 public:
  MemoryMove(std::string src, std::string dst) : src_(std::move(src)), dst_(std::move(dst)) {}
  std::string_view name() const override { return "device_put"; }
  void params(ParamSink& sink) const override {
    sink("src", src_);
    sink("dst", dst_);
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (e.platform() == "cpu") return {operands[0]};
    const std::string attributes =
        concat("call_target_name = \"annotate_device_placement\", has_side_effect = true, ",
               "mhlo.frontend_attributes = {_xla_buffer_placement = \"", dst_, "\"}");
    return e.op("stablehlo.custom_call", operands, attributes, results);
  }

 protected:
  const lax::Accepts& accepts() const override { return lax::kAnyDType; }
  std::string_view stablehlo() const override { return ""; }
  Tangent pull_back(const Tangent& ct, const Aval&) const override {
    return move_to_memory(ct, dst_, src_);
  }

 private:
  std::string src_, dst_;
};

}  // namespace

Array move_to_memory(const Array& x, const std::string& src, const std::string& dst) {
  return evaluating() ? x : bind1<MemoryMove>({x}, src, dst);
}

}  // namespace linum
