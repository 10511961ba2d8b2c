#include "linum/lax/lapack.h"

#include <algorithm>

#include "linum/lax/custom_call.h"
#include "linum/runtime/ffi.h"
#include "linum/runtime/plugin.h"

namespace linum::lax {

static bool is_lapack(DType d) {
  return d == DType::F32 || d == DType::F64 || d == DType::C64 || d == DType::C128;
}
const Accepts kLapack{is_lapack, "float32, float64, complex64 or complex128"};

// --- rules ------------------------------------------------------------------------------------

std::vector<Array> MatrixPrimitive::again(std::span<const Array> operands) const {
  return linum::bind(Ref<const Primitive>(this), operands);
}

JvpResult MatrixPrimitive::jvp(std::span<const Array>, std::span<const Tangent>) const {
  throw TransformError(str_cat(name(),
                               " is not differentiable. Fix: differentiate eigh, svd, lu or "
                               "qr instead, or give the function a rule with custom_jvp."));
}

std::vector<Tangent> MatrixPrimitive::transpose(std::span<const Tangent>,
                                                std::span<const Operand>) const {
  return refuse_transpose(*this);
}

Batched MatrixPrimitive::batch(const BatchAxis& axis, std::span<const Array> x,
                               std::span<const std::int64_t> dims) const {
  std::vector<Array> operands;
  for (std::size_t i = 0; i < x.size(); ++i) {
    operands.push_back(move_batch_axis(x[i], axis.size, dims[i], 0));
  }
  std::vector<Array> out = again(operands);
  std::vector<std::int64_t> front(out.size(), 0);
  return {std::move(out), std::move(front)};
}

std::vector<Ssa> MatrixPrimitive::lower(Emitter& e, std::span<const Ssa> operands,
                                        std::span<const Aval> results) const {
  return emit_lapack(*this, e, operands, results);
}

// --- the custom call --------------------------------------------------------------------------

namespace {

// Parameters as the attributes of a custom call.
class AttributeSink final : public ParamSink {
 public:
  void boolean(std::string_view name, bool v) override { add(name, v ? "true" : "false"); }
  void integer(std::string_view name, std::int64_t v) override { add(name, str_cat(v, " : i64")); }
  void number(std::string_view name, double) override { refuse(name); }
  void text(std::string_view name, std::string_view) override { refuse(name); }
  void integers(std::string_view name, const std::vector<std::int64_t>&) override { refuse(name); }
  void program(std::string_view name, const Program&) override { refuse(name); }
  void identity(std::string_view, const void*) override {}
  const std::string& attributes() const { return text_; }

 private:
  void add(std::string_view name, std::string_view value) {
    text_ += str_cat(text_.empty() ? "" : ", ", name, " = ", value);
  }
  [[noreturn]] static void refuse(std::string_view name) {
    throw InternalError(str_cat("no custom call takes the parameter ", name, " of this kind"));
  }
  std::string text_;
};

void check_platform(const Primitive& primitive, std::string_view platform) {
  if (platform != "cpu") {
    throw PluginError(str_cat(primitive.name(),
                              " is computed by LAPACK, on the CPU alone, and this "
                              "program is for the platform '",
                              platform, "'. Fix: run this part with the CPU plugin."));
  }
  if (!can_call_lapack()) {
    throw PluginError(str_cat(primitive.name(),
                              " is computed by LAPACK, which this plugin cannot "
                              "call: it lacks the FFI extension of PJRT. Fix: "
                              "use the plugin that scripts/fetch.sh downloads."));
  }
}

}  // namespace

bool can_call_lapack() { return runtime::supports_ffi(runtime::default_client().plugin()); }

std::vector<Ssa> emit_lapack(const Primitive& primitive, Emitter& e, std::span<const Ssa> operands,
                             std::span<const Aval> results) {
  check_platform(primitive, e.platform());
  std::int64_t matrix_rank = 2;
  for (const Ssa& x : operands) matrix_rank = std::max(matrix_rank, x.aval.rank());
  AttributeSink sink;
  primitive.params(sink);
  return emit_custom_call(e, {str_cat("linum_", primitive.name()), sink.attributes(), matrix_rank},
                          operands, results);
}

// --- checks -----------------------------------------------------------------------------------

void check_matrices(const Primitive& primitive, std::span<const Aval> operands, bool square) {
  check_arity(primitive, operands, 1);
  const Aval& x = operands[0];
  if (!kLapack.test(x.dtype())) refuse_dtype(primitive, x, kLapack.words);
  if (x.rank() >= 2 && (!square || x.dim(x.rank() - 1) == x.dim(x.rank() - 2))) return;
  throw ShapeError(str_cat(primitive.name(), " needs ", square ? "square " : "",
                           "matrices in the last two axes, got ", x));
}

PartOfValues part_of(std::string_view what, const PartOfValues& range, std::int64_t n) {
  if (!range || *range == std::pair<std::int64_t, std::int64_t>(0, n)) return {};
  if (0 <= range->first && range->first <= range->second && range->second <= n) return range;
  throw ValueError(str_cat(what, ": subset_by_index (", range->first, ", ", range->second,
                           ") is no range of ", n, " values"));
}

void sink_part(ParamSink& sink, const PartOfValues& part) {
  if (part) sink("subset_by_index", Shape{part->first, part->second});
}

void refuse_part(const Primitive& primitive, const PartOfValues& part) {
  if (!part) return;
  throw PluginError(
      str_cat(primitive.name(), ": subset_by_index (", part->first, ", ", part->second,
              ") is not supported: LAPACK gives all values here. Fix: compute all and "
              "slice them."));
}

Shape with_last(const Aval& x, std::size_t count, const Shape& last) {
  return joined_shape({x.shape().begin(), x.shape().end() - static_cast<std::ptrdiff_t>(count)},
                      last);
}

}  // namespace linum::lax
