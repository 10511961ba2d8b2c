// Derivatives of what is found by iteration: custom_linear_solve and custom_root (jax.lax).
#pragma once

#include "linum/core/pytree.h"
#include "linum/transforms/jacobian.h"
#include "linum/transforms/jit.h"

namespace linum {

// A way to solve: given a function and a value, the unknown.
using TreeSolver = std::function<Tree(const TreeFn& function, const Tree& value)>;

// `transpose_solve` may be empty: then there is no reverse mode.
// With has_aux, solvers give list(unknown, aux), and what comes is list(unknown, aux).
Tree custom_linear_solve_tree(const TreeFn& matvec, const Tree& b, const TreeSolver& solve,
                              const TreeSolver& transpose_solve, bool symmetric,
                              bool has_aux = false);
// With has_aux, `solve` gives list(unknown, aux), and what comes is list(unknown, aux).
Tree custom_root_tree(const TreeFn& f, const Tree& initial_guess, const TreeSolver& solve,
                      const TreeSolver& tangent_solve, bool has_aux = false);

namespace detail {
// What solve gives: the unknown, or pair(unknown, aux).
template <class X, class S>
using SolverResult = std::remove_cvref_t<std::invoke_result_t<S&, std::function<X(const X&)>, X>>;

template <class X, class R = X, class S>
TreeSolver as_solver(S solve) {
  return [solve](const TreeFn& f, const Tree& value) {
    std::function<X(const X&)> function = [f](const X& x) { return from_tree<X>(f(to_tree(x))); };
    return to_tree<R>(solve(function, from_tree<X>(value)));
  };
}
template <class X, class S>
TreeSolver as_solver_with_aux(S solve) {
  return as_solver<X, SolverResult<X, S>>(std::move(solve));
}
// From list(unknown, aux), aux as solve's.
template <class X, class S>
auto unknown_and_aux(const Tree& out) {
  using Aux = std::tuple_element_t<1, SolverResult<X, S>>;
  return std::pair<X, Aux>{from_tree<X>(out[0]), from_tree<Aux>(out[1])};
}
template <class X, class F>
TreeFn as_endomorphism(F f) {
  return [f](const Tree& x) { return to_tree<X>(f(from_tree<X>(x))); };
}
}  // namespace detail

namespace lax {

// x with matvec(x) = b, for a linear matvec: solve(matvec, b). Its derivatives are those of the
// solution, whatever solve does: they need the values that matvec captured, b, and (in reverse
// mode) transpose_solve(vecmat, ct). A symmetric matvec is solved by `solve` both ways.
template <class M, class X, class S, class T>
X custom_linear_solve(M matvec, const X& b, S solve, T transpose_solve, bool symmetric = false) {
  return from_tree<X>(custom_linear_solve_tree(detail::as_endomorphism<X>(matvec), to_tree(b),
                                               detail::as_solver<X>(solve),
                                               detail::as_solver<X>(transpose_solve), symmetric));
}
template <class M, class X, class S>
X custom_linear_solve(M matvec, const X& b, S solve, bool symmetric = false) {
  return from_tree<X>(custom_linear_solve_tree(detail::as_endomorphism<X>(matvec), to_tree(b),
                                               detail::as_solver<X>(solve), {}, symmetric));
}
// The same with aux: solve and transpose_solve give pair(x, something they computed on the way).
// Gives pair(x, aux of solve); aux has no derivative.
template <class M, class X, class S, class T>
auto custom_linear_solve(M matvec, const X& b, S solve, T transpose_solve, HasAux,
                         bool symmetric = false) {
  return detail::unknown_and_aux<X, S>(custom_linear_solve_tree(
      detail::as_endomorphism<X>(matvec), to_tree(b), detail::as_solver_with_aux<X>(solve),
      detail::as_solver_with_aux<X>(transpose_solve), symmetric, true));
}
template <class M, class X, class S>
auto custom_linear_solve(M matvec, const X& b, S solve, HasAux, bool symmetric = false) {
  return detail::unknown_and_aux<X, S>(
      custom_linear_solve_tree(detail::as_endomorphism<X>(matvec), to_tree(b),
                               detail::as_solver_with_aux<X>(solve), {}, symmetric, true));
}

// x with f(x) = 0: solve(f, initial_guess). By the implicit function theorem its derivative is
// -tangent_solve(g, .), where g is f's linearization in x: tangent_solve(g, y) gives t with g(t) =
// y.
template <class F, class X, class S, class T>
X custom_root(F f, const X& initial_guess, S solve, T tangent_solve) {
  return from_tree<X>(custom_root_tree(detail::as_endomorphism<X>(f), to_tree(initial_guess),
                                       detail::as_solver<X>(solve),
                                       detail::as_solver<X>(tangent_solve)));
}
// The same with aux: solve gives pair(x, something it computed on the way), and so does this; aux
// has no derivative.
template <class F, class X, class S, class T>
auto custom_root(F f, const X& initial_guess, S solve, T tangent_solve, HasAux) {
  return detail::unknown_and_aux<X, S>(custom_root_tree(
      detail::as_endomorphism<X>(f), to_tree(initial_guess), detail::as_solver_with_aux<X>(solve),
      detail::as_solver<X>(tangent_solve), true));
}

}  // namespace lax
}  // namespace linum
