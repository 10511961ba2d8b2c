// Functions of the host inside programs: jax.pure_callback, jax.experimental.io_callback,
// jax.debug.callback. They run in jitted functions, loops and branches, on the plugin's threads (so
// several may run at once) and only on the CPU. Their arguments are concrete arrays. What one
// throws is thrown as CallbackError where the program's result is read, or by effects_barrier. What
// one refers to must live until it has run; effects_barrier waits for that. A program over several
// devices calls once, with whole arrays, and inside shard_map once on each device, with its parts
// (ordered ones in order on each); its call waits for them and throws what one throws. In a
// shard_map over some axes of the mesh only they are refused.
#pragma once

#include "linum/transforms/jit.h"

namespace linum {

// How a pure callback runs over a batch.
enum class VmapMethod {
  None,                // refused
  Sequential,          // once for each example, in a loop
  SequentialUnrolled,  // the same, as that many calls
  ExpandDims,          // once; batched arguments have the batch in front, others a 1 there
  BroadcastAll,        // once; all arguments have the batch in front
  LegacyVectorized,    // once; arguments that are not batched stay as they are
};
struct PureCallbackOptions {
  VmapMethod vmap_method = VmapMethod::None;
};
struct IoCallbackOptions {
  bool ordered = false;  // in program order with the other ordered callbacks
};
struct DebugCallbackOptions {
  bool ordered = false;
};

// `result_shapes`: arrays or shape_structs. `args`: the list of arguments.
Tree pure_callback_tree(const TreeFn& f, const Tree& result_shapes,
                        const PureCallbackOptions& options, const Tree& args);
Tree io_callback_tree(const TreeFn& f, const Tree& result_shapes, const IoCallbackOptions& options,
                      const Tree& args);
void debug_callback_tree(const TreeFn& f, const DebugCallbackOptions& options, const Tree& args);

namespace detail {
template <class F, class... Args>
TreeFn as_callback(F f) {
  using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
  return as_tree_fn<R, Args...>(std::move(f));
}
}  // namespace detail

// f(args...), a function without effects: it may be called more often, less often or not at all,
// as results are needed. `result_shapes` has the structure, shapes and dtypes of what f gives
// (shape_struct makes them). It has no derivative of its own: wrap it in custom_jvp or custom_vjp.
//   Array y = pure_callback(f, shape_struct({3}, float32), {.vmap_method = VmapMethod::Sequential},
//   x);
template <class F, class R, class... Args>
R pure_callback(F f, const R& result_shapes, const PureCallbackOptions& options,
                const Args&... args) {
  return from_tree<R>(pure_callback_tree(detail::as_callback<F, Args...>(std::move(f)),
                                         to_tree(result_shapes), options,
                                         Tree::list({to_tree(args)...})));
}
template <class F, class R, class... Args>
R pure_callback(F f, const R& result_shapes, const Args&... args) {
  return pure_callback(std::move(f), result_shapes, PureCallbackOptions{}, args...);
}

// f(args...), a function with effects, called exactly once each time the program comes by. No
// derivative; over a batch once for each example, unless ordered, which vmap refuses.
template <class F, class R, class... Args>
R io_callback(F f, const R& result_shapes, const IoCallbackOptions& options, const Args&... args) {
  return from_tree<R>(io_callback_tree(detail::as_callback<F, Args...>(std::move(f)),
                                       to_tree(result_shapes), options,
                                       Tree::list({to_tree(args)...})));
}
template <class F, class R, class... Args>
R io_callback(F f, const R& result_shapes, const Args&... args) {
  return io_callback(std::move(f), result_shapes, IoCallbackOptions{}, args...);
}

namespace debug {

// Calls f(args...) and gives nothing. Under derivatives it sees the primal values, over a batch
// it is called for each example.
template <class F, class... Args>
void callback(F f, const DebugCallbackOptions& options, const Args&... args) {
  debug_callback_tree(detail::as_callback<F, Args...>(std::move(f)), options,
                      Tree::list({to_tree(args)...}));
}
template <class F, class... Args>
void callback(F f, const Args&... args) {
  callback(std::move(f), DebugCallbackOptions{}, args...);
}

}  // namespace debug

// Waits for all programs with callbacks that were started, also those whose results nobody reads.
// Throws CallbackError for one that failed, unless that was thrown before (jax.effects_barrier).
void effects_barrier();

}  // namespace linum
