// Functions with derivative rules of their own (jax.custom_jvp, jax.custom_vjp).
#pragma once

#include "linum/transforms/autodiff.h"

namespace linum {

// Over trees. `rule` takes list(primals, tangents), both lists of arguments, and gives list(result,
// its tangent).
// With `symbolic_zeros`, tangents and cotangents that are zero are undefined Arrays, in what rules
// take and in what they may give; `forward` then takes list(arguments, whether each leaf is
// perturbed).
Tree custom_jvp_tree(const TreeFn& f, const TreeFn& rule, const Tree& args,
                     bool symbolic_zeros = false);
// `forward` gives list(result, residuals); `backward` takes list(residuals, cotangent of the
// result) and gives the list of argument cotangents.
Tree custom_vjp_tree(const TreeFn& f, const TreeFn& forward, const TreeFn& backward,
                     const Tree& args, bool symbolic_zeros = false);

// Asks for symbolic zeros: custom_jvp(f, rule, symbolic_zeros).
struct SymbolicZeros {};
inline constexpr SymbolicZeros symbolic_zeros;

// What the forward function of custom_vjp takes for an argument then.
template <class T>
struct CustomVjpPrimal {
  T value;
  std::vector<bool> perturbed;  // whether each leaf is being differentiated
  bool any_perturbed() const {
    for (bool p : perturbed)
      if (p) return true;
    return false;
  }
};

// f whose derivative is rule(primals, tangents) -> pair(f(primals), tangent), both tuples of f's
// arguments. The rule must be linear in the tangents; all modes and orders follow from it. With
// `symbolic_zeros`, tangents that are zero are undefined Arrays. Arguments that hold no arrays are
// not differentiated (nondiff_argnums): their tangents are the arguments.
template <class F, class Rule, class... Zeros>
auto custom_jvp(F f, Rule rule, Zeros...) {
  static_assert(sizeof...(Zeros) == 0 ||
                std::is_same_v<std::tuple<Zeros...>, std::tuple<SymbolicZeros>>);
  return [f, rule]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    using T = std::tuple<Args...>;
    auto derived = [rule](const T& primals, const T& tangents) -> std::pair<R, R> {
      auto [y, t] = rule(primals, tangents);
      return {y, t};
    };
    return from_tree<R>(custom_jvp_tree(as_tree_fn<R, Args...>(f),
                                        as_tree_fn<std::pair<R, R>, T, T>(derived),
                                        Tree::list({to_tree(args)...}), sizeof...(Zeros) > 0));
  };
}

// f with forward(args...) -> pair(f(args...), residuals) and backward(residuals, ct) -> tuple of
// argument cotangents, where nothing (an empty Tree) means zeros. Forward mode is refused.
// Arguments that hold no arrays are not differentiated (nondiff_argnums); keep what backward needs
// of them in the residuals.
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

namespace detail {
// The argument with the marks of its leaves, which begin at `next`.
template <class T>
CustomVjpPrimal<T> marked_primal(const Tree& t, const Tree& perturbed, std::size_t& next) {
  CustomVjpPrimal<T> out{from_tree<T>(t), {}};
  for (std::size_t n = TreeDef(t).num_leaves(); n > 0; --n)
    out.perturbed.push_back(from_tree<bool>(perturbed[next++]));
  return out;
}
template <class FR, class... Args, class Forward>
TreeFn as_marked_forward(Forward forward) {
  return [forward](const Tree& in) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      std::size_t next = 0;
      std::tuple<CustomVjpPrimal<Args>...> primals{
          marked_primal<Args>(in[0][I], in[1], next)...};  // in order
      return to_tree<FR>(forward(std::get<I>(primals)...));
    }
    (std::index_sequence_for<Args...>());
  };
}
}  // namespace detail

// With symbolic zeros: forward(CustomVjpPrimal of each argument...), and cotangents that are zero
// reach backward as undefined Arrays.
template <class F, class Forward, class Backward>
auto custom_vjp(F f, Forward forward, Backward backward, SymbolicZeros) {
  return [f, forward, backward]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    using FR = std::remove_cvref_t<std::invoke_result_t<const Forward&, CustomVjpPrimal<Args>...>>;
    using Residuals = std::tuple_element_t<1, FR>;
    using Cotangents = std::remove_cvref_t<std::invoke_result_t<const Backward&, Residuals, R>>;
    return from_tree<R>(custom_vjp_tree(
        as_tree_fn<R, Args...>(f), detail::as_marked_forward<FR, Args...>(forward),
        as_tree_fn<Cotangents, Residuals, R>(backward), Tree::list({to_tree(args)...}), true));
  };
}

}  // namespace linum
