// Callback: a function of the host inside a program.
#pragma once

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/transforms/callback.h"

namespace linum {

enum class CallbackKind { Pure, Io, Debug };

struct CallbackSpec {
  CallbackKind kind = CallbackKind::Pure;
  std::vector<Aval> results = {};
  VmapMethod vmap_method = VmapMethod::None;  // of pure ones
  bool ordered = false;
};

class Callback final : public Primitive {
 public:
  // f takes and gives concrete arrays.
  Callback(CallbackSpec spec, FlatFn f);
  Callback(CallbackSpec spec, const Callback& same_function);
  std::string_view name() const override;
  void params(ParamSink& sink) const override;
  std::vector<Aval> infer(std::span<const Aval>) const override;
  bool stays_in_memory() const override { return false; }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;
  std::optional<std::vector<Array>> run(std::span<const Array>) const override;
  Effects effects() const override;

  bool ordered() const { return spec_.ordered; }
  // The same, with a token as first operand and first result.
  Ref<const Primitive> with_token() const;
  static const Aval& token_aval();

 private:
  Batched batch_each(const BatchAxis&, std::span<const Array>, std::span<const std::int64_t>) const;
  Batched batch_in_turn(const BatchAxis&, std::span<const Array>,
                        std::span<const std::int64_t>) const;
  Batched batch_at_once(const BatchAxis&, std::span<const Array>,
                        std::span<const std::int64_t>) const;
  CallbackSpec spec_;
  FlatFn f_;
  std::shared_ptr<const runtime::HostCallback> host_;
  bool has_token_ = false;
};

}  // namespace linum
