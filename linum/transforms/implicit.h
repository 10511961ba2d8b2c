// Derivatives of what is found by iteration: custom_linear_solve and custom_root (jax.lax).
#pragma once

#include "linum/core/pytree.h"
#include "linum/transforms/jit.h"

namespace linum {

// A way to solve: given a function and a value, the unknown.
using TreeSolver = std::function<Tree(const TreeFn& function, const Tree& value)>;

// `transpose_solve` may be empty: then there is no reverse mode.
Tree custom_linear_solve_tree(const TreeFn& matvec, const Tree& b, const TreeSolver& solve,
                              const TreeSolver& transpose_solve, bool symmetric);
Tree custom_root_tree(const TreeFn& f, const Tree& initial_guess, const TreeSolver& solve,
                      const TreeSolver& tangent_solve);

namespace detail {
template <class X, class S>
TreeSolver as_solver(S solve) {
  return [solve](const TreeFn& f, const Tree& value) {
    std::function<X(const X&)> function = [f](const X& x) { return from_tree<X>(f(to_tree(x))); };
    return to_tree<X>(solve(function, from_tree<X>(value)));
  };
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

// x with f(x) = 0: solve(f, initial_guess). By the implicit function theorem its derivative is
// -tangent_solve(g, .), where g is f's linearization in x: tangent_solve(g, y) gives t with g(t) =
// y.
template <class F, class X, class S, class T>
X custom_root(F f, const X& initial_guess, S solve, T tangent_solve) {
  return from_tree<X>(custom_root_tree(detail::as_endomorphism<X>(f), to_tree(initial_guess),
                                       detail::as_solver<X>(solve),
                                       detail::as_solver<X>(tangent_solve)));
}

}  // namespace lax
}  // namespace linum
