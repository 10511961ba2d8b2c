// Whole derivative matrices (jax.jacfwd, jacrev, jacobian, hessian) and linear_transpose.
#pragma once

#include "linum/transforms/autodiff.h"

namespace linum {

// The derivative of every result element along every element of argument `argnum`: for each result
// a tree like the argument, with leaves of shape result.shape + leaf.shape. Throws DTypeError for
// an argument (forward) or result (reverse) that is not floating.
// With has_aux, f gives list(result, aux), and what comes is list(derivative, aux).
Tree jacfwd_tree(const TreeFn& f, const Tree& args, std::size_t argnum, bool has_aux = false);
Tree jacrev_tree(const TreeFn& f, const Tree& args, std::size_t argnum, bool has_aux = false);

// Says that f gives pair(result, something it computed on the way): jacrev(f, has_aux).
struct HasAux {};
inline constexpr HasAux has_aux;

namespace detail {
using JacobianFn = Tree (*)(const TreeFn&, const Tree&, std::size_t, bool);
// The derivative of a result of type R along an argument of type Arg.
template <class R, class Arg>
auto typed_jacobian(const Tree& out) {
  if constexpr (std::is_same_v<R, Array>) {
    return from_tree<Arg>(out);
  } else {
    return out;
  }
}
template <std::size_t ArgNum, JacobianFn Jacobian, class F>
auto jacobian_of(F f) {
  return [f = std::move(f)]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    return typed_jacobian<R, nth<ArgNum, Args...>>(
        Jacobian(as_tree_fn<R, Args...>(f), Tree::list({to_tree(args)...}), ArgNum, false));
  };
}
template <std::size_t ArgNum, JacobianFn Jacobian, class F>
auto jacobian_with_aux(F f) {
  return [f = std::move(f)]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    using Y = std::tuple_element_t<0, R>;
    using Aux = std::tuple_element_t<1, R>;
    Tree out = Jacobian(as_tree_fn<R, Args...>(f), Tree::list({to_tree(args)...}), ArgNum, true);
    return std::pair{typed_jacobian<Y, nth<ArgNum, Args...>>(out[0]), from_tree<Aux>(out[1])};
  };
}
}  // namespace detail

// Of a function with an Array as result: a value of the argument's type. Otherwise: a tree of the
// result's structure with trees of the argument's structure for leaves.
template <std::size_t ArgNum = 0, class F>
auto jacfwd(F f) {  // column by column: for few inputs
  return detail::jacobian_of<ArgNum, jacfwd_tree>(std::move(f));
}
template <std::size_t ArgNum = 0, class F>
auto jacrev(F f) {  // row by row: for few results
  return detail::jacobian_of<ArgNum, jacrev_tree>(std::move(f));
}
template <std::size_t ArgNum = 0, class F>
auto jacobian(F f) {
  return jacrev<ArgNum>(std::move(f));
}
// The second derivative of a function with a scalar result.
template <std::size_t ArgNum = 0, class F>
auto hessian(F f) {
  return jacfwd<ArgNum>(jacrev<ArgNum>(std::move(f)));
}

// The same with aux: a function that gives pair(derivative, aux).
template <std::size_t ArgNum = 0, class F>
auto jacfwd(F f, HasAux) {
  return detail::jacobian_with_aux<ArgNum, jacfwd_tree>(std::move(f));
}
template <std::size_t ArgNum = 0, class F>
auto jacrev(F f, HasAux) {
  return detail::jacobian_with_aux<ArgNum, jacrev_tree>(std::move(f));
}
template <std::size_t ArgNum = 0, class F>
auto jacobian(F f, HasAux) {
  return jacrev<ArgNum>(std::move(f), has_aux);
}
template <std::size_t ArgNum = 0, class F>
auto hessian(F f, HasAux) {
  return jacfwd<ArgNum>(jacrev<ArgNum>(std::move(f), has_aux), has_aux);
}

// From the cotangent of f's result to those of its arguments (a list), for a linear f. Arguments
// tell types only: shape_struct() will do.
TreeFn linear_transpose_tree(const TreeFn& f, const Tree& args);

// jax.linear_transpose: a function from the cotangent to the tuple of argument cotangents. Throws
// TransformError naming the operation that is not linear.
template <class F, class... Args>
auto linear_transpose(F f, const Args&... args) {
  using R = std::remove_cvref_t<std::invoke_result_t<F&, Args...>>;
  TreeFn back =
      linear_transpose_tree(as_tree_fn<R, Args...>(std::move(f)), Tree::list({to_tree(args)...}));
  return [back](const R& ct) { return from_tree<std::tuple<Args...>>(back(to_tree(ct))); };
}

}  // namespace linum
