#include "linum/transforms/callback_primitive.h"

#include "linum/core/value.h"
#include "linum/lax/custom_call.h"
#include "linum/lax/families.h"
#include "linum/lax/lax.h"
#include "linum/runtime/ffi.h"
#include "linum/runtime/plugin.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/state_trace.h"

namespace linum {
namespace {

std::string_view name_of(VmapMethod method) {
  constexpr std::string_view names[] = {"none",        "sequential",    "sequential_unrolled",
                                        "expand_dims", "broadcast_all", "legacy_vectorized"};
  return names[static_cast<std::size_t>(method)];
}

// How a compiled program calls f. One with effects takes and gives a token in front.
runtime::HostCallback::Function on_host(const FlatFn& f, bool effects) {
  return [f, effects](std::vector<HostArray> args) {
    std::vector<Array> in;
    for (std::size_t i = effects ? 1 : 0; i < args.size(); ++i)
      in.push_back(Array::from_host(args[i]));
    std::vector<HostArray> out;
    if (effects) out.push_back(std::move(args[0]));
    for (const Array& y : f(in)) out.push_back(y.to_host());
    return out;
  };
}

}  // namespace

Callback::Callback(CallbackSpec spec, FlatFn f) : spec_(std::move(spec)), f_(std::move(f)) {
  host_ = runtime::HostCallback::make(std::string(name()), on_host(f_, has_effects()));
}
Callback::Callback(CallbackSpec spec, const Callback& same_function)
    : spec_(std::move(spec)), f_(same_function.f_), host_(same_function.host_) {}

std::string_view Callback::name() const {
  switch (spec_.kind) {
    case CallbackKind::Pure:
      return "pure_callback";
    case CallbackKind::Io:
      return "io_callback";
    default:
      return "debug_callback";
  }
}

void Callback::params(ParamSink& sink) const {
  sink("callback", host_->id());
  if (spec_.kind != CallbackKind::Pure) sink("ordered", spec_.ordered);
  if (spec_.kind == CallbackKind::Pure) sink("vmap_method", name_of(spec_.vmap_method));
  if (spec_.kind != CallbackKind::Debug) sink("result_avals", to_text(spec_.results));
  if (has_token_) sink("token", true);
}

const Aval& Callback::token_aval() {
  static const Aval aval(DType::U8, {});
  return aval;
}

std::vector<Aval> Callback::infer(std::span<const Aval>) const {
  std::vector<Aval> out = spec_.results;
  if (has_token_) out.insert(out.begin(), token_aval());
  return out;
}

Effects Callback::effects() const {
  if (spec_.kind == CallbackKind::Pure) return 0;
  return (spec_.kind == CallbackKind::Io ? kIoEffect : kDebugEffect) |
         (spec_.ordered ? kOrderedEffect : 0);
}

Ref<const Primitive> Callback::with_token() const {
  Ref<Callback> out(new Callback(spec_, *this));
  out->has_token_ = true;
  return Ref<const Primitive>(out);
}

// --- derivatives -----------------------------------------------------------------------------

JvpResult Callback::jvp(std::span<const Array> primals, std::span<const Tangent>) const {
  if (spec_.kind == CallbackKind::Debug)
    return {linum::bind(Ref<const Primitive>(this), primals), {}};
  if (spec_.kind == CallbackKind::Io) {
    throw TransformError(
        "io_callback has no derivative; give it values through stop_gradient, or wrap it in "
        "custom_jvp or custom_vjp");
  }
  throw TransformError(
      "pure_callback has no derivative: what the function computes is not known. Wrap it in "
      "custom_jvp or custom_vjp");
}

std::vector<Tangent> Callback::transpose(std::span<const Tangent>,
                                         std::span<const Operand> operands) const {
  if (spec_.kind == CallbackKind::Debug) return std::vector<Tangent>(operands.size());
  return lax::refuse_transpose(*this);
}

// --- batching --------------------------------------------------------------------------------

Batched Callback::batch(const BatchAxis& axis, std::span<const Array> x,
                        std::span<const std::int64_t> dims) const {
  if (spec_.kind == CallbackKind::Debug) return batch_each(axis, x, dims);
  if (spec_.ordered) {
    throw TransformError(
        "vmap of an ordered io_callback: the examples of a batch have no order; use lax::map, or "
        "ordered = false");
  }
  switch (spec_.kind == CallbackKind::Io ? VmapMethod::Sequential : spec_.vmap_method) {
    case VmapMethod::None:
      throw TransformError(
          "vmap of a pure_callback without a vmap_method: give PureCallbackOptions one of "
          "Sequential, SequentialUnrolled, ExpandDims, BroadcastAll, LegacyVectorized");
    case VmapMethod::Sequential:
    case VmapMethod::SequentialUnrolled:
      return batch_in_turn(axis, x, dims);
    default:
      return batch_at_once(axis, x, dims);
  }
}

Batched Callback::batch_each(const BatchAxis& axis, std::span<const Array> x,
                             std::span<const std::int64_t> dims) const {
  for (std::int64_t i = 0; i < axis.size; ++i) {
    std::vector<Array> example;
    for (std::size_t k = 0; k < x.size(); ++k)
      example.push_back(dims[k] == kNotBatched ? x[k] : lax::index_in_dim(x[k], i, dims[k], false));
    linum::bind(Ref<const Primitive>(this), example);
  }
  return {};
}

Batched Callback::batch_in_turn(const BatchAxis& axis, std::span<const Array> x,
                                std::span<const std::int64_t> dims) const {
  std::vector<Array> batched;
  for (std::size_t k = 0; k < x.size(); ++k)
    if (dims[k] != kNotBatched)
      batched.push_back(lax::move_batch_axis(x[k], axis.size, dims[k], 0));
  auto step = [&](const Tree& none, const std::vector<Array>& row) {
    std::vector<Array> example;
    for (std::size_t k = 0, next = 0; k < x.size(); ++k)
      example.push_back(dims[k] == kNotBatched ? x[k] : row[next++]);
    return std::pair{none, linum::bind(Ref<const Primitive>(this), example)};
  };
  bool unrolled = spec_.vmap_method == VmapMethod::SequentialUnrolled;
  std::vector<Array> results =
      lax::scan(step, Tree(), batched,
                {.unroll = unrolled ? std::max<std::int64_t>(axis.size, 1) : 1})
          .second;
  return {results, std::vector<std::int64_t>(results.size(), 0)};
}

Batched Callback::batch_at_once(const BatchAxis& axis, std::span<const Array> x,
                                std::span<const std::int64_t> dims) const {
  const bool all = spec_.vmap_method == VmapMethod::BroadcastAll;
  std::vector<Array> args;
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (dims[k] != kNotBatched || all)
      args.push_back(lax::move_batch_axis(x[k], axis.size, dims[k], 0));
    else if (spec_.vmap_method == VmapMethod::ExpandDims)
      args.push_back(lax::expand_dims(x[k], {0}));
    else
      args.push_back(x[k]);
  }
  CallbackSpec over_batch = spec_;
  for (Aval& a : over_batch.results) {
    Shape shape = a.shape();
    shape.insert(shape.begin(), axis.size);
    a = a.with_shape(std::move(shape));
  }
  Ref<const Primitive> callback(new Callback(std::move(over_batch), *this));
  std::vector<Array> out = linum::bind(callback, args);
  return {out, std::vector<std::int64_t>(out.size(), 0)};
}

// --- running ---------------------------------------------------------------------------------

std::optional<std::vector<Array>> Callback::run(std::span<const Array> args) const {
  if (spec_.ordered) runtime::await_ordered_effects();
  try {
    std::vector<Array> out = f_(args);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const Aval &got = out[i].aval(), &promised = spec_.results[i];
      if (got.dtype() == promised.dtype() && got.shape() == promised.shape()) continue;
      throw ShapeError(str_cat(name(), ": result ", i, " of the callback is ", got, ", but ",
                               promised, " is promised"));
    }
    return out;
  } catch (const std::exception& e) {
    throw CallbackError(e.what());
  }
}

static void require_host(const Emitter& e, std::string_view name) {
  if (e.platform() == "cpu" && runtime::supports_ffi(runtime::default_client().plugin())) return;
  throw PluginError(str_cat(name,
                            ": compiled programs can call functions of the host only on the "
                            "CPU, with a plugin that has custom calls; this one is for ",
                            e.platform()));
}

// There the compiler splits what is a device's own: it would call once for each piece or copy.
static void refuse_partly_manual(const Emitter& e, std::string_view name) {
  if (e.manual_mesh().empty() || e.is_fully_manual()) return;
  throw TransformError(str_cat(name, " inside a shard_map over some axes only (",
                               join(e.manual_axes(), ", "),
                               "): let it be over all axes of the mesh, or call outside of it"));
}

std::vector<Ssa> Callback::lower(Emitter& e, std::span<const Ssa> operands,
                                 std::span<const Aval> results) const {
  require_host(e, name());
  refuse_partly_manual(e, name());
  std::vector<Ssa> in(operands.begin(), operands.end());
  std::vector<Aval> out(results.begin(), results.end());
  const bool adds_token = has_effects() && !has_token_;
  if (adds_token) {
    in.insert(in.begin(), e.integer_constant(0, token_aval()));
    out.insert(out.begin(), token_aval());
  }
  e.keep(host_);
  std::vector<Ssa> values = lax::emit_custom_call(
      e,
      {.target = runtime::kCallbackTarget,
       .attributes = runtime::callback_attributes(*host_, e.on_many_devices()),
       .has_side_effect = has_effects(),
       .on_first_device = true},
      in, out);
  if (adds_token) values.erase(values.begin());
  return values;
}

// --- order -----------------------------------------------------------------------------------

namespace {

class TokenTrace final : public StateTrace {
 public:
  using StateTrace::StateTrace;
  std::string_view kind() const override { return "token"; }
  std::vector<Array> apply(const Ref<const Primitive>& p, std::span<const Array> args) override {
    auto* callback = dynamic_cast<const Callback*>(p.get());
    if (!callback || !callback->ordered()) return linum::bind(p, args);
    return bind_with_state(callback->with_token(), args);
  }
  bool concerns(const Program& body) const override { return body.effects() & kOrderedEffect; }
  void merge_devices() override { state_[0] = lax::index_in_dim(state_[0], 0, 0, false); }
  Ref<StateTrace> inside(std::vector<Array> state) const override {
    return Ref<StateTrace>(new TokenTrace(current_trace(), std::move(state)));
  }
};

}  // namespace

ProgramRef with_tokens(const Program& program) {
  auto run = [&](std::span<const Array> in) {
    std::vector<Array> token{make_integer_scalar(0, DType::U8)};
    return Ref<TokenTrace>(new TokenTrace(current_trace(), token))->run(program, in);
  };
  return trace_program(run, program.input_avals()).program;
}

}  // namespace linum
