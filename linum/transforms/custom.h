// Functions with derivative rules of their own (jax.custom_jvp, jax.custom_vjp).
#pragma once

#include "linum/transforms/autodiff.h"

namespace linum {

// Over trees. `rule` takes list(primals, tangents), both lists of arguments, and gives list(result,
// its tangent).
Tree custom_jvp_tree(const TreeFn& f, const TreeFn& rule, const Tree& args);
// `forward` gives list(result, residuals); `backward` takes list(residuals, cotangent of the
// result) and gives the list of argument cotangents.
Tree custom_vjp_tree(const TreeFn& f, const TreeFn& forward, const TreeFn& backward,
                     const Tree& args);

// f whose derivative is rule(primals, tangents) -> pair(f(primals), tangent), both tuples of f's
// arguments. The rule must be linear in the tangents; all modes and orders follow from it.
template <class F, class Rule>
auto custom_jvp(F f, Rule rule) {
  return [f, rule]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    using T = std::tuple<Args...>;
    auto derived = [rule](const T& primals, const T& tangents) -> std::pair<R, R> {
      auto [y, t] = rule(primals, tangents);
      return {y, t};
    };
    return from_tree<R>(custom_jvp_tree(as_tree_fn<R, Args...>(f),
                                        as_tree_fn<std::pair<R, R>, T, T>(derived),
                                        Tree::list({to_tree(args)...})));
  };
}

// f with forward(args...) -> pair(f(args...), residuals) and backward(residuals, ct) -> tuple of
// argument cotangents, where nothing (an empty Tree) means zeros. Forward mode is refused.
template <class F, class Forward, class Backward>
auto custom_vjp(F f, Forward forward, Backward backward) {
  return [f, forward, backward]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    using FR = std::remove_cvref_t<std::invoke_result_t<const Forward&, Args...>>;
    using Residuals = std::tuple_element_t<1, FR>;
    using Cotangents = std::remove_cvref_t<std::invoke_result_t<const Backward&, Residuals, R>>;
    return from_tree<R>(custom_vjp_tree(as_tree_fn<R, Args...>(f), as_tree_fn<FR, Args...>(forward),
                                        as_tree_fn<Cotangents, Residuals, R>(backward),
                                        Tree::list({to_tree(args)...})));
  };
}

}  // namespace linum
