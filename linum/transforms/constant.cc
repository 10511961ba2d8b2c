#include "linum/transforms/constant.h"

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/value.h"
#include "linum/lax/families.h"

namespace linum {
namespace {

std::string hex(const HostArray& host) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out = "\"0x";
  for (std::size_t i = 0; i < host.byte_size(); ++i) {
    auto byte = static_cast<unsigned>(host.data()[i]);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out + "\"";
}

// An array known while tracing. Small ones only: what is large should be an argument.
class Constant final : public lax::Flat {
 public:
  explicit Constant(const Array& value)
      : host_(value.to_host()), aval_(value.aval().in_memory(MemorySpace::Device)) {}
  std::string_view name() const override { return "constant"; }
  void params(ParamSink& sink) const override {
    sink("aval", aval_.to_string());
    sink("weak", aval_.weak());
    std::string_view bytes(reinterpret_cast<const char*>(host_.data()), host_.byte_size());
    sink("value", bytes);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override { return {aval_}; }
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override {
    return {linum::bind(Ref<const Primitive>(this), {}), {kNotBatched}};
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa>,
                         std::span<const Aval> results) const override {
    const Aval& a = results[0];
    if (a.size() == 0) return {e.constant(0, a)};
    if (!is_bool(a.dtype())) return {dense(e, hex(host_), a)};
    // Bits of bool are packed in hexadecimal form; a list of words is plain.
    std::string words = "[";
    for (std::int64_t i = 0; i < a.size(); ++i)
      words += str_cat(i ? ", " : "", host_.number(i) != 0 ? "true" : "false");
    Ssa flat = dense(e, words + "]", Aval(DType::Bool, {a.size()}));
    return {e.op1("stablehlo.reshape", {flat}, "", a)};
  }

 private:
  static Ssa dense(Emitter& e, const std::string& elements, const Aval& a) {
    return e.op1("stablehlo.constant", {},
                 str_cat("value = dense<", elements, "> : ", mlir_type(a)), a);
  }
  HostArray host_;
  Aval aval_;
};

}  // namespace

ProgramRef closed_program(const TracedProgram& traced) {
  if (traced.captured.empty()) return traced.program;
  const Program& p = *traced.program;
  std::size_t n = traced.captured.size();
  Ref<Program> out(new Program);
  out->avals = p.avals;
  out->literals = p.literals;
  out->inputs.assign(p.inputs.begin() + static_cast<std::ptrdiff_t>(n), p.inputs.end());
  static const std::string no_scope;
  for (std::size_t i = 0; i < n; ++i) {
    const Array& x = traced.captured[i];
    if (x.is_traced()) {
      throw TransformError(
          str_cat("a derivative or batching rule used a value (", x.aval(),
                  ") of an enclosing transform; make it an argument or a residual"));
    }
    VarId made = p.inputs[i];
    if (x.memory() != MemorySpace::Device) {
      made = static_cast<VarId>(out->avals.size());
      out->avals.push_back(x.aval().in_memory(MemorySpace::Device));
    }
    out->equations.push_back({Ref<const Primitive>(new Constant(x)), {}, {made}, &no_scope});
    if (made == p.inputs[i]) continue;
    out->equations.push_back(
        {lax::memory_move(x.memory()), {Atom{made}}, {p.inputs[i]}, &no_scope});
  }
  out->equations.insert(out->equations.end(), p.equations.begin(), p.equations.end());
  out->outputs = p.outputs;
  return ProgramRef(out);
}

ProgramRef trace_closed(const FlatFn& f, std::span<const Aval> args) {
  return closed_program(trace_program(f, args));
}

}  // namespace linum
