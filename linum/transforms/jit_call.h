// JitCall: a call of a compiled function inside a program (jaxpr's pjit).
#pragma once

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/transforms/call_rules.h"
#include "linum/transforms/program_edit.h"

namespace linum {

class JitCall final : public Primitive {
 public:
  JitCall(std::string function, ProgramRef program)
      : function_(std::move(function)), program_(std::move(program)) {}
  std::string_view name() const override { return "jit"; }
  void params(ParamSink& sink) const override {
    sink("name", function_);
    sink("jaxpr", *program_);
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
  Effects effects() const override { return program_->effects(); }
  bool only_transposed() const override { return program_only_transposed(*program_); }
  bool names_axis(std::string_view axis) const override {
    return program_names_axis(*program_, axis);
  }

  const Program& program() const { return *program_; }

 private:
  CallMaker call_named(std::string_view prefix) const;
  std::string function_;
  ProgramRef program_;
};

}  // namespace linum
