// closure_convert: captured values as arguments, for functions that are given to custom
// derivatives.
#pragma once

#include "linum/core/pytree.h"
#include "linum/transforms/jit.h"

namespace linum {

struct ClosureConverted {
  TreeFn fn;                   // takes the list of arguments with the list of captured values last
  std::vector<Array> hoisted;  // those captured values that a derivative may be asked for
};
ClosureConverted closure_convert_tree(const TreeFn& f, const Tree& args);

// jax.closure_convert: pair(g, hoisted) with g(args..., hoisted) = f(args...), for arguments of
// these types. `hoisted` are the traced real or complex values that f captured; custom_vjp refuses
// to differentiate through a capture, so g takes them as an argument. f must be pure.
template <class F, class... Args>
auto closure_convert(F f, const Args&... args) {
  using R = std::remove_cvref_t<std::invoke_result_t<F&, Args...>>;
  ClosureConverted out =
      closure_convert_tree(as_tree_fn<R, Args...>(std::move(f)), Tree::list({to_tree(args)...}));
  auto converted = [fn = std::move(out.fn)](const Args&... x, const std::vector<Array>& hoisted) {
    return from_tree<R>(fn(Tree::list({to_tree(x)..., to_tree(hoisted)})));
  };
  return std::pair{std::move(converted), std::move(out.hoisted)};
}

}  // namespace linum
