// Cond: one of several programs, chosen at run time (jax.lax.cond, switch).
#pragma once

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/transforms/recompute.h"

namespace linum {

// Operands: the branch's index (i32, 0-d), then what every branch takes. With `platforms`, one name
// for each branch ("default" for all others), the platform chooses when the program is lowered, and
// the index is not read.
class Cond final : public Primitive, public Divisible {
 public:
  explicit Cond(std::vector<ProgramRef> branches, std::vector<std::string> platforms = {})
      : branches_(std::move(branches)), platforms_(std::move(platforms)) {}
  std::string_view name() const override { return "cond"; }
  void params(ParamSink& sink) const override {
    for (const std::string& p : platforms_) sink("platform", p);
    for (const ProgramRef& b : branches_) sink("branch", *b);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  bool stays_in_memory() const override { return false; }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;
  std::vector<Array> partial_eval(PartialTrace&, std::span<const Array>) const override;
  std::vector<Array> carry_state(StateTrace&, std::span<const Array>) const override;
  Division divide(std::vector<bool> wanted, const CheckpointPolicy&) const override;
  Effects effects() const override;
  bool only_transposed() const override;
  bool names_axis(std::string_view axis) const override;

 private:
  // The same choice among other programs.
  Ref<const Primitive> among(std::vector<ProgramRef> branches) const {
    return Ref<const Primitive>(new Cond(std::move(branches), platforms_));
  }
  Batched batch_by_select(const BatchAxis&, std::span<const Array>,
                          std::span<const std::int64_t>) const;
  std::vector<ProgramRef> branches_;
  std::vector<std::string> platforms_;
};

// The place of a platform in such a list; throws ValueError where there is none, nor "default".
std::size_t branch_of_platform(std::span<const std::string> platforms, std::string_view platform);

}  // namespace linum
