// Check: an operation that throws when its error code is not 0.
#pragma once

#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/transforms/check_sites.h"

namespace linum {

// Operands: the code (i32, 0-d; 0 for no error, else the number of a site), then the values by
// signature.
class Check final : public Primitive {
 public:
  struct Options {
    bool debug = false;     // nothing outside of checkify
    bool rethrown = false;  // by check_error: concerns every set of checks
    friend bool operator==(const Options&, const Options&) = default;
  };
  using Layout = std::map<std::string, std::vector<Aval>>;  // types of the values
  Check(Layout layout, Options options) : layout_(std::move(layout)), options_(options) {}
  std::string_view name() const override { return "check"; }
  void params(ParamSink& sink) const override;
  std::vector<Aval> infer(std::span<const Aval>) const override { return {}; }
  bool stays_in_memory() const override { return false; }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;
  std::optional<std::vector<Array>> run(std::span<const Array>) const override;
  Effects effects() const override { return kCheckEffect; }

  const Options& options() const { return options_; }
  const Layout& layout() const { return layout_; }
  // Operands behind the code, as values by signature.
  CheckValues values(std::span<const Array> operands) const;

 private:
  Layout layout_;
  Options options_;
};

void bind_check(const Array& code, const CheckValues& values, Check::Options options);
// For batched errors: those of the first example that failed along axis 0 (where `batched`).
std::vector<Array> first_failure(std::span<const Array> code_and_values,
                                 const std::vector<bool>& batched);

}  // namespace linum
