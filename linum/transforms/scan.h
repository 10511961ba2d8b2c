// Scan: a loop of known length that carries a state and stacks what each step gives (jax.lax.scan).
#pragma once

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/recompute.h"

namespace linum {

struct ScanShape {
  std::int64_t length = 0;
  bool reverse = false;
  std::int64_t unroll = 1;
  std::size_t num_consts = 0, num_carry = 0;
};

// Operands: constants, initial carry, stacked inputs. Body: constants, carry, one slice of each
// stacked input -> carry, one slice of each stacked result. Results: final carry, stacked results.
class Scan final : public Primitive, public Divisible {
 public:
  Scan(ScanShape shape, ProgramRef body) : shape_(shape), body_(std::move(body)) {}
  std::string_view name() const override { return "scan"; }
  void params(ParamSink& sink) const override {
    sink("length", shape_.length);
    sink("reverse", shape_.reverse);
    sink("unroll", shape_.unroll);
    sink("num_consts", static_cast<std::int64_t>(shape_.num_consts));
    sink("num_carry", static_cast<std::int64_t>(shape_.num_carry));
    sink("jaxpr", *body_);
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
  Effects effects() const override { return body_->effects(); }
  bool only_transposed() const override { return program_only_transposed(*body_); }
  bool names_axis(std::string_view axis) const override { return program_names_axis(*body_, axis); }

 private:
  std::size_t num_xs() const { return body_->inputs.size() - shape_.num_consts - shape_.num_carry; }
  std::size_t num_ys() const { return body_->outputs.size() - shape_.num_carry; }
  // Adds to `wanted` the states that the steps of a loop read which gives the wanted results.
  bool add_states_read(const Recomputation& step, std::vector<bool>& wanted) const;
  std::vector<Ssa> lower_step(Emitter&, std::span<const Ssa> consts, std::span<const Ssa> state,
                              std::span<const Ssa> xs, const Ssa& step) const;
  ScanShape shape_;
  ProgramRef body_;
};

}  // namespace linum
