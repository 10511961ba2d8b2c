// Functions over trees: what transforms make of the functions that they are given.
#pragma once

#include <functional>
#include <type_traits>

#include "linum/base/erase.h"
#include "linum/core/pytree.h"

namespace linum {

// From one tree (the list of arguments) to another.
using TreeFn = std::function<Tree(const Tree&)>;

namespace detail {
template <class Numbers, class F, class R, class... Args>
class OverTrees;
template <std::size_t... I, class F, class R, class... Args>
class OverTrees<std::index_sequence<I...>, F, R, Args...> final
    : public Callable<Tree(const Tree&)> {
 public:
  explicit OverTrees(F&& f) : f_(std::move(f)) {}
  Tree call(const Tree& args) override {
    if constexpr (std::is_void_v<R>) {
      f_(from_tree<Args>(args[I])...);
      return Tree();
    } else {
      return to_tree<R>(f_(from_tree<Args>(args[I])...));
    }
  }

 private:
  F f_;
};
TreeFn shared_tree_fn(std::unique_ptr<Callable<Tree(const Tree&)>> f);
}  // namespace detail

// Calls f with the arguments in the list `args`. Copies share f.
template <class R, class... Args, class F>
TreeFn as_tree_fn(F f) {
  using Made = detail::OverTrees<std::index_sequence_for<Args...>, F, R, Args...>;
  return detail::shared_tree_fn(
      std::unique_ptr<Callable<Tree(const Tree&)>>(new Made(std::move(f))));
}

}  // namespace linum
