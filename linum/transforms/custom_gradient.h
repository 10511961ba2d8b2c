// custom_gradient: a function that gives its result together with its pull-back.
#pragma once

#include "linum/transforms/custom.h"

namespace linum {

using TreePullBack = std::function<std::pair<Tree, TreeFn>(const Tree& args)>;
// The pull-back takes the result's cotangent to the list of argument cotangents.
Tree custom_gradient_tree(const TreePullBack& f, const Tree& args);

// jax.custom_gradient: f(args...) -> pair(result, function of the cotangent that gives the
// argument's cotangent, for several arguments the tuple of them).
template <class F>
auto custom_gradient(F f) {
  return [f]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<typename std::invoke_result_t<const F&, Args...>::first_type>;
    TreePullBack both = [f](const Tree& in) -> std::pair<Tree, TreeFn> {
      auto [y, back] = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return f(from_tree<Args>(in[I])...);
      }
      (std::index_sequence_for<Args...>());
      TreeFn pull = [back = back](const Tree& ct) {
        if constexpr (sizeof...(Args) == 1) {
          return Tree::list({to_tree<Args...>(back(from_tree<R>(ct)))});
        } else {
          return to_tree<std::tuple<Args...>>(back(from_tree<R>(ct)));
        }
      };
      return {to_tree<R>(y), pull};
    };
    return from_tree<R>(custom_gradient_tree(both, Tree::list({to_tree(args)...})));
  };
}

}  // namespace linum
