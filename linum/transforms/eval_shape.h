// Looking at a function without running it: eval_shape and make_program (jax.make_jaxpr).
#pragma once

#include "linum/transforms/jit.h"

namespace linum {

// The program of f on arguments of these types, arrays or shape_struct()s.
TracedProgram make_program_tree(const TreeFn& f, const Tree& args);
// f's results as arrays without data: aval() works, reading throws.
Tree eval_shape_tree(const TreeFn& f, const Tree& args);

// An array without data, for eval_shape, make_program and jit(...).lower (jax.ShapeDtypeStruct).
Array shape_struct(Shape shape, DType dtype);

template <class F, class... Args>
ProgramRef make_program(F f, const Args&... args) {
  using R = std::remove_cvref_t<std::invoke_result_t<F&, Args...>>;
  return make_program_tree(as_tree_fn<R, Args...>(std::move(f)), Tree::list({to_tree(args)...}))
      .program;
}
template <class F, class... Args>
auto eval_shape(F f, const Args&... args) {
  using R = std::remove_cvref_t<std::invoke_result_t<F&, Args...>>;
  return from_tree<R>(
      eval_shape_tree(as_tree_fn<R, Args...>(std::move(f)), Tree::list({to_tree(args)...})));
}

}  // namespace linum
