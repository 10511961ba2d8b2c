#include "linum/transforms/callback.h"

#include "linum/core/value.h"
#include "linum/transforms/callback_primitive.h"
#include "linum/transforms/program_edit.h"

namespace linum {
namespace {

std::vector<Aval> strong_avals(std::span<const Array> shapes) {
  std::vector<Aval> out;
  for (const Array& x : shapes) out.push_back(x.aval().strong());
  return out;
}

// A C++ number takes the promised dtype, as it would anywhere.
Array as_promised(const Array& x, const Aval& promised) {
  const ScalarValue* s = as_scalar(x);
  return s && x.weak() ? convert_scalar(*s, promised.dtype(), false) : x;
}

// The leaves of what the callback gave, which must be what was promised.
std::vector<Array> checked_leaves(std::string_view name, const Tree& out, const TreeDef& structure,
                                  const std::vector<Aval>& promised) {
  if (!structure.matches(out)) {
    throw TreeError(str_cat(name, ": the callback gave ", TreeDef(out).to_string(), ", but ",
                            structure.to_string(), " is promised"));
  }
  std::vector<Array> leaves = tree::leaves(out);
  for (std::size_t i = 0; i < leaves.size(); ++i) leaves[i] = as_promised(leaves[i], promised[i]);
  return leaves;
}

FlatFn flat_function(std::string_view name, const TreeFn& f, const TreeDef& in, const TreeDef& out,
                     const std::vector<Aval>& promised) {
  return [name = std::string(name), f, in, out, promised](std::span<const Array> args) {
    return checked_leaves(name, f(in.unflatten(args)), out, promised);
  };
}

Tree bind_callback(std::string_view name, CallbackSpec spec, const TreeFn& f,
                   const Tree& result_shapes, const Tree& args) {
  auto [leaves, in] = tree::flatten(args);
  auto [shapes, out] = tree::flatten(result_shapes);
  spec.results = strong_avals(shapes);
  FlatFn flat = flat_function(name, f, in, out, spec.results);
  Ref<const Primitive> callback(new Callback(spec, std::move(flat)));
  return out.unflatten(linum::bind(callback, leaves));
}

}  // namespace

Tree pure_callback_tree(const TreeFn& f, const Tree& result_shapes,
                        const PureCallbackOptions& options, const Tree& args) {
  CallbackSpec spec{.kind = CallbackKind::Pure, .vmap_method = options.vmap_method};
  return bind_callback("pure_callback", spec, f, result_shapes, args);
}

Tree io_callback_tree(const TreeFn& f, const Tree& result_shapes, const IoCallbackOptions& options,
                      const Tree& args) {
  CallbackSpec spec{.kind = CallbackKind::Io, .ordered = options.ordered};
  return bind_callback("io_callback", spec, f, result_shapes, args);
}

void debug_callback_tree(const TreeFn& f, const DebugCallbackOptions& options, const Tree& args) {
  CallbackSpec spec{.kind = CallbackKind::Debug, .ordered = options.ordered};
  auto ignore_result = [f](const Tree& x) {
    f(x);
    return Tree();
  };
  bind_callback("debug_callback", spec, ignore_result, Tree(), args);
}

void effects_barrier() { runtime::effects_barrier(); }

}  // namespace linum
