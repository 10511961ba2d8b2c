// While: repeat a body as long as a condition holds (jax.lax.while_loop).
#pragma once

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/transforms/program_edit.h"

namespace linum {

// Operands: what the condition captured, what the body captured, the carry.
class While final : public Primitive {
 public:
  While(ProgramRef cond, std::size_t cond_consts, ProgramRef body, std::size_t body_consts)
      : cond_(std::move(cond)),
        body_(std::move(body)),
        cond_consts_(cond_consts),
        body_consts_(body_consts) {}
  std::string_view name() const override { return "while"; }
  void params(ParamSink& sink) const override {
    sink("cond_consts", static_cast<std::int64_t>(cond_consts_));
    sink("cond_jaxpr", *cond_);
    sink("body_consts", static_cast<std::int64_t>(body_consts_));
    sink("body_jaxpr", *body_);
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
  Effects effects() const override { return cond_->effects() | body_->effects(); }
  bool names_axis(std::string_view axis) const override {
    return program_names_axis(*cond_, axis) || program_names_axis(*body_, axis);
  }

 private:
  std::size_t num_carry() const { return body_->outputs.size(); }
  std::vector<Array> carry_state_with_condition(StateTrace&, std::span<const Array>) const;
  ProgramRef cond_, body_;
  std::size_t cond_consts_, body_consts_;
};

}  // namespace linum
