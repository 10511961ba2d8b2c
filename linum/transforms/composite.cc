#include "linum/transforms/composite.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "linum/lowering/mlir_text.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/jit_call.h"

namespace linum::lax {
namespace {

// --- attributes as MLIR -----------------------------------------------------------------------

std::string number_text(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17e", v);
  return text;
}

std::string attribute_text(bool v) { return v ? "true" : "false"; }
std::string attribute_text(std::int64_t v) { return str_cat(v, " : i64"); }
std::string attribute_text(double v) { return number_text(v) + " : f64"; }
std::string attribute_text(const std::string& v) { return mlir_string(v); }
std::string attribute_text(const std::vector<std::int64_t>& v) { return mlir_i64_array(v); }
std::string attribute_text(const std::vector<double>& v) {
  std::string out;
  for (double x : v) out += (out.empty() ? ": " : ", ") + number_text(x);
  return str_cat("array<f64", out, ">");
}

std::string dictionary(const CompositeOptions& options) {
  std::string out;
  for (const auto& [key, value] : options.attributes) {
    const std::string text = std::visit([](const auto& v) { return attribute_text(v); }, value);
    out += str_cat(out.empty() ? "" : ", ", mlir_string(key), " = ", text);
  }
  return "{" + out + "}";
}

// "namespace.operation", as StableHLO wants it.
void check_name(const std::string& name) {
  const auto is_word = [](std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
      return std::isalnum(c) || c == '_';
    });
  };
  std::string_view rest = name;
  bool good = !name.empty() && std::isalpha(static_cast<unsigned char>(name[0]));
  std::size_t words = 0;
  for (bool more = true; good && more; ++words) {
    const std::size_t dot = rest.find('.');
    good = is_word(rest.substr(0, dot));
    more = dot != rest.npos;
    if (more) rest.remove_prefix(dot + 1);
  }
  if (good && words > 1) return;
  throw ValueError(
      str_cat("composite: the name '", name,
              "' must be words of letters, digits and '_' with dots between them, such "
              "as 'my.operation'"));
}

// --- the operation ----------------------------------------------------------------------------

class Composite final : public Primitive {
 public:
  Composite(std::string function, int version, std::string attributes, ProgramRef program)
      : function_(std::move(function)),
        version_(version),
        attributes_(std::move(attributes)),
        program_(std::move(program)) {}
  std::string_view name() const override { return "composite"; }
  void params(ParamSink& sink) const override {
    sink("name", function_);
    sink("version", version_);
    sink("attributes", attributes_);
    sink("jaxpr", *program_);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override { return program_->output_avals(); }
  bool stays_in_memory() const override { return false; }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    return jvp_call(*program_, primals, tangents, derived("jvp_"));
  }
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand> operands) const override {
    return transpose_call(*program_, cts, operands, derived("transpose_"));
  }
  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    return batch_call(*program_, axis, operands, dims, derived("vmap_"));
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    const std::string body = e.function_for(function_, *program_);
    return e.op("stablehlo.composite", operands,
                str_cat("name = ", mlir_string(function_), ", composite_attributes = ", attributes_,
                        ", decomposition = @", body, ", version = ", version_, " : i32"),
                results);
  }
  std::vector<Array> carry_state(StateTrace& trace, std::span<const Array> args) const override {
    return carry_state_call(*this, *program_, trace, args, derived("state_"));
  }
  Effects effects() const override { return program_->effects(); }
  bool only_transposed() const override { return program_only_transposed(*program_); }
  bool names_axis(std::string_view axis) const override {
    return program_names_axis(*program_, axis);
  }

 private:
  // What becomes of it under a transform is no composite that a compiler would know.
  CallMaker derived(std::string_view prefix) const {
    return [name = str_cat(prefix, function_)](ProgramRef p) {
      return Ref<const Primitive>(new JitCall(name, std::move(p)));
    };
  }
  std::string function_;
  int version_;
  std::string attributes_;
  ProgramRef program_;
};

}  // namespace

Tree composite_tree(const TreeFn& f, const std::string& name, const CompositeOptions& options,
                    const Tree& args) {
  check_name(name);
  TreeDef out;
  const TreeFn noting = [&](const Tree& x) {
    Tree y = f(x);
    out = TreeDef(y);
    return y;
  };
  TracedProgram traced = make_program_tree(noting, args);
  std::vector<Array> operands = std::move(traced.captured);
  tree::append_leaves(args, operands);
  const Ref<const Primitive> op(
      new Composite(name, options.version, dictionary(options), traced.program));
  return out.unflatten(linum::bind(op, operands));
}

}  // namespace linum::lax
