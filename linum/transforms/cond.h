// Cond: one of several programs, chosen at run time (jax.lax.cond, switch).
#pragma once

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"

namespace linum {

// Operands: the branch's index (i32, 0-d), then what every branch takes.
class Cond final : public Primitive {
 public:
  explicit Cond(std::vector<ProgramRef> branches) : branches_(std::move(branches)) {}
  std::string_view name() const override { return "cond"; }
  void params(ParamSink& sink) const override {
    for (const ProgramRef& b : branches_) sink("branch", *b);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;
  std::vector<Array> partial_eval(PartialTrace&, std::span<const Array>) const override;
  std::vector<Array> carry_state(StateTrace&, std::span<const Array>) const override;
  Effects effects() const override;
  bool only_transposed() const override;
  bool names_axis(std::string_view axis) const override;

 private:
  Batched batch_by_select(const BatchAxis&, std::span<const Array>,
                          std::span<const std::int64_t>) const;
  std::vector<ProgramRef> branches_;
};

}  // namespace linum
