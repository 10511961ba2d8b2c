// Derivatives: jvp, linearize, vjp, grad, value_and_grad (as in jax).
#pragma once

#include <functional>

#include "linum/core/program.h"
#include "linum/core/pytree.h"
#include "linum/transforms/jit.h"

namespace linum {

// --- over flat lists of arrays: the core ------------------------------------------------------

struct FlatJvp {
  std::vector<Array> primals;
  std::vector<Tangent> tangents;  // undefined: zero
};
FlatJvp jvp_flat(const FlatFn& f, std::span<const Array> primals,
                 std::span<const Tangent> tangents);

struct FlatLinearized {
  std::vector<Array> primals;
  FlatFn tangent_fn;  // linear; takes and gives one array per input and output
};
FlatLinearized linearize_flat(const FlatFn& f, std::span<const Array> primals);

struct FlatVjp {
  std::vector<Array> primals;
  // Cotangents of the outputs (undefined: zero) to those of the inputs (undefined: zero).
  std::function<std::vector<Tangent>(std::span<const Tangent>)> pull_back;
};
// `wrt[i]`: whether to differentiate input i.
FlatVjp vjp_flat(const FlatFn& f, std::span<const Array> primals, const std::vector<bool>& wrt);

// Transposes a linear program: `linear[i]` marks the inputs it is linear in; `operands` has values
// for the others. Gives one cotangent per linear input, in order (undefined: zero).
std::vector<Tangent> transpose_program(const Program&, const std::vector<bool>& linear,
                                       std::span<const Array> operands,
                                       std::span<const Tangent> cotangents);

// The program of the jvp: inputs are primals, then the nonzero tangents; outputs are primals, then
// the tangents marked in `out_nonzero` (those in `force_out` always, as zeros if need be).
struct JvpProgram {
  ProgramRef program;
  std::vector<bool> out_nonzero;
};
JvpProgram jvp_program(const Program&, const std::vector<bool>& nonzero,
                       const std::vector<bool>& force_out = {});

// --- over trees -------------------------------------------------------------------------------

struct TreeVjp {
  Tree primal;
  std::function<Tree(const Tree& cotangent)> pull_back;  // gives the list of argument cotangents
};
struct TreeGrad {
  Tree value, aux, grads;  // grads: list, one entry per differentiated argument
};
std::pair<Tree, Tree> jvp_tree(const TreeFn& f, const Tree& primals, const Tree& tangents);
TreeVjp vjp_tree(const TreeFn& f, const Tree& primals);
// `f` gives the scalar, or the list (scalar, aux) when has_aux.
TreeGrad value_and_grad_tree(const TreeFn& f, const Tree& args, std::span<const int> argnums,
                             bool has_aux);
std::pair<Tree, TreeFn> linearize_tree(const TreeFn& f, const Tree& primals);

// --- over C++ functions -----------------------------------------------------------------------

namespace detail {
template <class R>
struct Objective {  // what a function to differentiate gives: a scalar alone ...
  static constexpr bool has_aux = false;
  using Aux = std::tuple<>;
};
template <class Aux_>
struct Objective<std::pair<Array, Aux_>> {  // ... or with something it computed on the way
  static constexpr bool has_aux = true;
  using Aux = Aux_;
};
template <class Aux_>
struct Objective<std::tuple<Array, Aux_>> : Objective<std::pair<Array, Aux_>> {};
template <std::size_t I, class... Args>
using nth = std::tuple_element_t<I, std::tuple<Args...>>;
}  // namespace detail

// jax.value_and_grad. f returns a scalar Array, or a pair (scalar, aux). Gives
//   one argnum:  pair(value, gradient)            or  pair(pair(value, aux), gradient)
//   several:     pair(value, tuple of gradients)  ...
// Gradients have the types of the arguments numbered in ArgNums (default: the first).
template <std::size_t... ArgNums, class F>
auto value_and_grad(F f) {
  if constexpr (sizeof...(ArgNums) == 0) {
    return value_and_grad<0>(std::move(f));
  } else {
    return [f = std::move(f)]<class... Args>(const Args&... args) {
      using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
      using O = detail::Objective<R>;
      static constexpr int argnums[] = {static_cast<int>(ArgNums)...};
      TreeGrad out = value_and_grad_tree(as_tree_fn<R, Args...>(f), Tree::list({to_tree(args)...}),
                                         argnums, O::has_aux);
      auto grads = [&] {
        if constexpr (sizeof...(ArgNums) == 1) {
          return from_tree<detail::nth<(ArgNums + ...), Args...>>(out.grads[0]);
        } else {
          return from_tree<std::tuple<detail::nth<ArgNums, Args...>...>>(out.grads);
        }
      }();
      if constexpr (O::has_aux) {
        return std::pair{std::pair{out.value.array(), from_tree<typename O::Aux>(out.aux)}, grads};
      } else {
        return std::pair{out.value.array(), grads};
      }
    };
  }
}

// jax.grad: the gradient alone, or pair(gradient, aux).
template <std::size_t... ArgNums, class F>
auto grad(F f) {
  return [vg = value_and_grad<ArgNums...>(f)]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    auto [value, grads] = vg(args...);
    if constexpr (detail::Objective<R>::has_aux) {
      return std::pair{grads, value.second};
    } else {
      return grads;
    }
  };
}

// jax.jvp: pair(f(primals...), its derivative along the tangents). Both tuples have f's arguments.
template <class F, class... Args>
auto jvp(F f, const std::tuple<Args...>& primals, const std::tuple<Args...>& tangents) {
  using R = std::remove_cvref_t<std::invoke_result_t<F&, Args...>>;
  auto [y, t] = jvp_tree(as_tree_fn<R, Args...>(std::move(f)), to_tree(primals), to_tree(tangents));
  return std::pair{from_tree<R>(y), from_tree<R>(t)};
}

// jax.vjp: pair(f(args...), function from the cotangent to the tuple of argument cotangents).
template <class F, class... Args>
auto vjp(F f, const Args&... args) {
  using R = std::remove_cvref_t<std::invoke_result_t<F&, Args...>>;
  TreeVjp out = vjp_tree(as_tree_fn<R, Args...>(std::move(f)), Tree::list({to_tree(args)...}));
  auto pull_back = [pb = std::move(out.pull_back)](const R& ct) {
    return from_tree<std::tuple<Args...>>(pb(to_tree(ct)));
  };
  return std::pair{from_tree<R>(out.primal), std::move(pull_back)};
}

// jax.linearize: pair(f(args...), the linear function of the tangents).
template <class F, class... Args>
auto linearize(F f, const Args&... args) {
  using R = std::remove_cvref_t<std::invoke_result_t<F&, Args...>>;
  auto [y, lin] =
      linearize_tree(as_tree_fn<R, Args...>(std::move(f)), Tree::list({to_tree(args)...}));
  auto linear = [lin = std::move(lin)](const Args&... tangents) {
    return from_tree<R>(lin(Tree::list({to_tree(tangents)...})));
  };
  return std::pair{from_tree<R>(y), std::move(linear)};
}

}  // namespace linum
