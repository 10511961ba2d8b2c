// The forward and the backward pass as two compiled functions (jax.fwd_and_bwd).
#pragma once

#include "linum/transforms/jit.h"

namespace linum {

// What the forward pass keeps for the backward one, which gives a G. A tree: it goes through jit
// and other transforms, and can be stored.
template <class G>
struct VjpResiduals {
  Tree tree;
  Tree to_tree() const { return tree; }
  static VjpResiduals from_tree(const Tree& t) { return {t}; }
};

// list(f(args), residuals), for the arguments numbered in argnums.
Tree vjp_forward(const TreeFn& f, const Tree& args, std::span<const int> argnums);
// The list of their cotangents.
Tree vjp_backward(const Tree& residuals, const Tree& cotangent);

// pair(fwd, bwd), both jitted: fwd(args...) is pair(f(args...), residuals), and bwd(residuals,
// cotangent) the gradient by the argument numbered in ArgNums (default: the first), or the tuple of
// gradients by several. Unlike vjp's pull-back, bwd compiles once for all calls.
template <std::size_t... ArgNums, class F>
auto fwd_and_bwd(F f) {
  if constexpr (sizeof...(ArgNums) == 0) {
    return fwd_and_bwd<0>(std::move(f));
  } else {
    auto fwd = [f = std::move(f)]<class... Args>(const Args&... args) {
      using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
      using All = std::tuple<Args...>;
      using G =
          std::conditional_t<sizeof...(ArgNums) == 1, std::tuple_element_t<(ArgNums + ...), All>,
                             std::tuple<std::tuple_element_t<ArgNums, All>...>>;
      static constexpr int argnums[] = {static_cast<int>(ArgNums)...};
      const Tree out =
          vjp_forward(as_tree_fn<R, Args...>(f), Tree::list({to_tree(args)...}), argnums);
      return std::pair<R, VjpResiduals<G>>{from_tree<R>(out[0]), {out[1]}};
    };
    auto bwd = []<class G, class R>(const VjpResiduals<G>& residuals, const R& cotangent) {
      const Tree grads = vjp_backward(residuals.tree, to_tree(cotangent));
      return from_tree<G>(sizeof...(ArgNums) == 1 ? grads[0] : grads);
    };
    return std::pair{jit(std::move(fwd), {.name = "fwd"}), jit(std::move(bwd), {.name = "bwd"})};
  }
}

}  // namespace linum
