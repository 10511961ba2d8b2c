// Lifted transforms (flax.linen.transforms): scan, vmap, jit, ... of functions that use a module.
//
//   auto step = [](auto& cell, Array carry, Array x) { return cell(carry, x); };
//   auto rnn = nn::scan(step, {.variable_broadcast = "params", .split_rngs = {{"params", false}}});
//   auto [carry, ys] = rnn(cell, carry, xs);
//
// The function's first argument is the module: one that the caller holds, or *this. A transform of
// a module is a transform of its forward, and names it after both: VmapDense_0.
//   x = nn::vmap(nn::Dense{.features = 3}, {.variable_axes = {{"params", 0}},
//                                           .split_rngs = {{"params", true}}})(x);
#pragma once

#include "linum/lax/arithmetic.h"
#include "linum/lax/structure.h"
#include "linum/nn/lift.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/jit.h"

namespace linum::nn {

using lift::In;
using lift::LiftOptions;
using lift::MapOptions;
using lift::Out;
using lift::RematScanOptions;
using lift::ScanOptions;
using lift::SplitRngs;
using lift::VariableAxes;
using lift::VariableAxis;
using lift::VjpOptions;
using lift::VmapOptions;
using lift::WhileOptions;

namespace detail {

template <class F, class M, class... Args>
using LiftedResult = std::remove_cvref_t<std::invoke_result_t<F&, M&, const Args&...>>;

// f(module, ...) as a body over trees, after the module has its place.
template <class... Args, class F, class M>
lift::Body lifted_body(F& f, M& module) {
  SubmoduleAdopter::called(module);
  auto call = [&f, &module](const Args&... args) { return f(module, args...); };
  return as_tree_fn<LiftedResult<F, M, Args...>, Args...>(call);
}

// The forward of a module as a function of it.
struct CallForward {
  template <class M, class... Args>
  auto operator()(M& module, const Args&... args) const {
    return module(args...);
  }
};

// A module and a transform of its forward, as a function of the arguments.
template <class M, class Transform>
struct LiftedModule {
  M module;
  const char* prefix;  // of its class's name
  Transform transform;

  template <class... Args>
  auto operator()(const Args&... args) {
    SubmoduleAdopter::called(module, prefix);
    return transform(module, args...);
  }
};

}  // namespace detail

// pair(carry, stacked results) of the function's pair(carry, result), over slices of the arguments
// after the carry. jax.lax.scan.
template <class F>
requires(!IsModule<F>) auto scan(F fn, ScanOptions options = {}) {
  return [fn, options]<class M, class Carry, class... Xs>(M& module, const Carry& carry,
                                                          const Xs&... xs) mutable {
    using R = detail::LiftedResult<F, M, Carry, Xs...>;
    using Y = std::tuple_element_t<1, R>;
    lift::Body body = detail::lifted_body<Carry, Xs...>(fn, module);
    Tree out = lift::scan(module, body, Tree::list({to_tree(carry), to_tree(xs)...}), options);
    return std::pair<Carry, Y>{from_tree<Carry>(out[0]), from_tree<Y>(out[1])};
  };
}
template <IsModule M>
auto scan(M module, ScanOptions options = {}) {
  auto transform = nn::scan(detail::CallForward{}, std::move(options));
  return detail::LiftedModule<M, decltype(transform)>{std::move(module), "Scan", transform};
}

// The function over a batch axis of its arguments and, where variable_axes say so, of variables.
template <class F>
requires(!IsModule<F>) auto vmap(F fn, VmapOptions options = {}) {
  return [fn, options]<class M, class... Args>(M& module, const Args&... args) mutable {
    lift::Body body = detail::lifted_body<Args...>(fn, module);
    return from_tree<detail::LiftedResult<F, M, Args...>>(
        lift::vmap(module, body, Tree::list({to_tree(args)...}), options));
  };
}
template <IsModule M>
auto vmap(M module, VmapOptions options = {}) {
  auto transform = nn::vmap(detail::CallForward{}, std::move(options));
  return detail::LiftedModule<M, decltype(transform)>{std::move(module), "Vmap", transform};
}

// The function as a program of its own inside the model's.
template <class F>
requires(!IsModule<F>) auto jit(F fn, LiftOptions options = {}) {
  return [fn, options]<class M, class... Args>(M& module, const Args&... args) mutable {
    lift::Body body = detail::lifted_body<Args...>(fn, module);
    return from_tree<detail::LiftedResult<F, M, Args...>>(lift::jit(
        module, body, Tree::list({to_tree(args)...}), options, class_name_of<std::decay_t<M>>()));
  };
}
template <IsModule M>
auto jit(M module, LiftOptions options = {}) {
  auto transform = nn::jit(detail::CallForward{}, std::move(options));
  return detail::LiftedModule<M, decltype(transform)>{std::move(module), "Jit", transform};
}

// The function, whose derivative computes again what the policy does not let it keep:
//   nn::remat(nn::Dense{.features = 3}, {.prevent_cse = false})(x)
template <class F>
requires(!IsModule<F>) auto checkpoint(F fn, CheckpointOptions keeps = {},
                                       LiftOptions options = {}) {
  return [fn, keeps, options]<class M, class... Args>(M& module, const Args&... args) mutable {
    lift::Body body = detail::lifted_body<Args...>(fn, module);
    return from_tree<detail::LiftedResult<F, M, Args...>>(
        lift::checkpoint(module, body, Tree::list({to_tree(args)...}), options, keeps));
  };
}
template <IsModule M>
auto checkpoint(M module, CheckpointOptions keeps = {}, LiftOptions options = {}) {
  auto transform = nn::checkpoint(detail::CallForward{}, std::move(keeps), std::move(options));
  return detail::LiftedModule<M, decltype(transform)>{std::move(module), "Checkpoint", transform};
}
template <class F>
auto remat(F fn, CheckpointOptions keeps = {}, LiftOptions options = {}) {
  return nn::checkpoint(std::move(fn), std::move(keeps), std::move(options));
}

// The function, applied to its own result again and again: nn::remat_scan(layer, {10, 10})(x) is
// 100 layers whose derivative keeps about 20 results.
template <class F>
requires(!IsModule<F>) auto remat_scan(F fn, std::vector<std::int64_t> lengths,
                                       RematScanOptions options = {}) {
  return [fn, lengths, options]<class M, class Carry>(M& module, const Carry& carry) mutable {
    lift::Body body = detail::lifted_body<Carry>(fn, module);
    return from_tree<Carry>(lift::remat_scan(module, body, to_tree(carry), lengths, options));
  };
}
template <IsModule M>
auto remat_scan(M module, std::vector<std::int64_t> lengths, RematScanOptions options = {}) {
  auto transform = nn::remat_scan(detail::CallForward{}, std::move(lengths), std::move(options));
  return detail::LiftedModule<M, decltype(transform)>{std::move(module), "Remat_scan", transform};
}

// The function with random keys of its own, drawn once at its call.
template <class F>
requires(!IsModule<F>) auto fold_rngs(F fn, LiftOptions options = {}) {
  return [fn, options]<class M, class... Args>(M& module, const Args&... args) mutable {
    lift::Body body = detail::lifted_body<Args...>(fn, module);
    return from_tree<detail::LiftedResult<F, M, Args...>>(
        lift::fold_rngs(module, body, Tree::list({to_tree(args)...}), options));
  };
}
template <IsModule M>
auto fold_rngs(M module, LiftOptions options = {}) {
  auto transform = nn::fold_rngs(detail::CallForward{}, std::move(options));
  return detail::LiftedModule<M, decltype(transform)>{std::move(module), "Fold_rngs", transform};
}

// branches[clamp(index)](module, args...): they declare the same variables and give results of one
// type.
template <class F, class M, class... Args>
auto switch_(const Array& index, std::vector<F> branches, M& module, const Args&... args) {
  std::vector<lift::Body> bodies;
  for (F& f : branches) bodies.push_back(detail::lifted_body<Args...>(f, module));
  return from_tree<detail::LiftedResult<F, M, Args...>>(
      lift::switch_(module, index, bodies, Tree::list({to_tree(args)...}), {}));
}
// true_fn(module, args...) where `pred` holds, else false_fn(module, args...).
template <class T, class F, class M, class... Args>
auto cond(const Array& pred, T true_fn, F false_fn, M& module, const Args&... args) {
  // The true branch first, as Flax traces them: both draw from one stream.
  std::vector<lift::Body> bodies{detail::lifted_body<Args...>(true_fn, module),
                                 detail::lifted_body<Args...>(false_fn, module)};
  Array index = lax::sub(1, lax::cond_index(pred));
  return from_tree<detail::LiftedResult<T, M, Args...>>(
      lift::switch_(module, index, bodies, Tree::list({to_tree(args)...}), {}, "cond"));
}

// carry = body(module, carry) while condition(module, carry). Variables must exist before.
template <class C, class B, class M, class Carry>
Carry while_loop(C condition, B body, M& module, const Carry& init, WhileOptions options = {}) {
  lift::Body step = detail::lifted_body<Carry>(body, module);
  auto test = [&](const Tree& t) { return Array(condition(module, from_tree<Carry>(t))); };
  return from_tree<Carry>(lift::while_loop(module, test, step, to_tree(init), options));
}

// pair(fn(module, args...), function from its cotangent to tuple(of the variables, of each
// argument)). jax.vjp.
template <class F, class M, class... Args>
auto vjp(F fn, M& module, const std::tuple<Args...>& args, VjpOptions options = {}) {
  using R = detail::LiftedResult<F, M, Args...>;
  lift::Vjp out =
      lift::vjp(module, detail::lifted_body<Args...>(fn, module), to_tree(args), options);
  auto pull_back = [pb = out.pull_back](const R& ct) {
    return from_tree<std::tuple<Tree, Args...>>(pb(to_tree(ct)));
  };
  return std::pair{from_tree<R>(out.primal), pull_back};
}

// pair(value, tuple of its gradients by the arguments); variables get none. jax.value_and_grad.
template <class F, class M, class... Args>
auto value_and_grad(F fn, M& module, const Args&... args) {
  lift::Vjp out = lift::vjp(module, detail::lifted_body<Args...>(fn, module),
                            Tree::list({to_tree(args)...}), {.vjp_variables = false});
  Tree::List grads = out.pull_back(lax::ones({}, out.primal.array().dtype())).as_list();
  grads.erase(grads.begin());
  return std::pair{out.primal.array(), from_tree<std::tuple<Args...>>(Tree(std::move(grads)))};
}
template <class F, class M, class... Args>
auto grad(F fn, M& module, const Args&... args) {
  return nn::value_and_grad(std::move(fn), module, args...).second;
}

// pair(fn(module, args...), its derivative along the tangents of the arguments and of variables, by
// collection). jax.jvp.
template <class F, class M, class... Args>
auto jvp(F fn, M& module, const std::tuple<Args...>& args, const std::tuple<Args...>& tangents,
         const Tree& variable_tangents = Tree::empty_dict(), LiftOptions options = {}) {
  using R = detail::LiftedResult<F, M, Args...>;
  Tree out = lift::jvp(module, detail::lifted_body<Args...>(fn, module), to_tree(args),
                       to_tree(tangents), variable_tangents, options);
  return std::pair{from_tree<R>(out[0]), from_tree<R>(out[1])};
}

// The function with a derivative of its own: forward(module, args...) -> pair(result, residuals)
// and backward(residuals, cotangent) -> tuple(of the grad_vars, of each argument). jax.custom_vjp.
template <class F, class Forward, class Backward>
auto custom_vjp(F fn, Forward forward, Backward backward, Filter grad_vars = "params") {
  return [fn, forward, backward, grad_vars]<class M, class... Args>(M& module,
                                                                    const Args&... args) mutable {
    using R = detail::LiftedResult<F, M, Args...>;
    using Residuals = std::tuple_element_t<1, detail::LiftedResult<Forward, M, Args...>>;
    lift::Body body = detail::lifted_body<Args...>(fn, module);
    lift::Body with_residuals = detail::lifted_body<Args...>(forward, module);
    TreeFn pull_back = as_tree_fn<std::tuple<Tree, Args...>, Residuals, R>(backward);
    return from_tree<R>(lift::custom_vjp(module, body, with_residuals, pull_back,
                                         Tree::list({to_tree(args)...}), grad_vars));
  };
}

// The function with some collections seen through map_in:
//   nn::map_variables(fn, "params", {.map_in = transposed, .map_out = transposed, .init = true})
template <class F>
requires(!IsModule<F>) auto map_variables(F fn, Filter mapped_collections,
                                          MapOptions options = {}) {
  return [fn, mapped_collections, options]<class M, class... Args>(M& module,
                                                                   const Args&... args) mutable {
    lift::Body body = detail::lifted_body<Args...>(fn, module);
    return from_tree<detail::LiftedResult<F, M, Args...>>(lift::map_variables(
        module, body, Tree::list({to_tree(args)...}), mapped_collections, options));
  };
}
template <IsModule M>
auto map_variables(M module, Filter mapped_collections, MapOptions options = {}) {
  auto transform = nn::map_variables(detail::CallForward{}, mapped_collections, std::move(options));
  return detail::LiftedModule<M, decltype(transform)>{std::move(module), "Map_variables",
                                                      transform};
}

}  // namespace linum::nn
