// ApplyFn: a model's apply without the model's type, so that a train state can carry it.
#pragma once

#include <functional>
#include <memory>
#include <tuple>

#include "linum/nn/module.h"

namespace linum::train {

// A value; copies are equal, so a state that carries one does not make jit compile again.
class ApplyFn {
 public:
  // Takes the arguments as a list; gives the result and the mutable collections.
  using Fn = std::function<std::pair<Tree, Tree>(
      const Tree& variables, const nn::ApplyOptions& options, const Tree& args)>;

  ApplyFn() = default;  // calling it throws
  explicit ApplyFn(Fn fn) : fn_(std::make_shared<const Fn>(std::move(fn))) {}
  // model.apply for a forward of one signature; nothing for a template or an overload set.
  template <nn::IsModule M>
  static ApplyFn of(const M& model);

  bool defined() const { return fn_ != nullptr; }

  // apply_fn({{"params", params}}, x): the output, as a tree; a single array reads as Array.
  // Throws ValueError for another number of arguments than forward takes, TreeError for another
  // type.
  template <class... Args>
  Tree operator()(const Tree& variables, const Args&... args) const {
    return call(variables, {}, Tree::list({to_tree(args)...})).first;
  }
  // The output and the mutable collections.
  template <class... Args>
  std::pair<Tree, Tree> operator()(const Tree& variables, const nn::ApplyOptions& options,
                                   const Args&... args) const {
    return call(variables, options, Tree::list({to_tree(args)...}));
  }

  friend bool operator==(const ApplyFn&, const ApplyFn&) = default;

 private:
  std::pair<Tree, Tree> call(const Tree& variables, const nn::ApplyOptions& options,
                             const Tree& args) const;

  std::shared_ptr<const Fn> fn_;
};

namespace detail {

// Throws ValueError unless there are as many arguments as forward takes.
void check_argument_count(const Tree& args, std::size_t wanted);

template <class R, class M, class... Args>
ApplyFn::Fn erase_apply(const M& model) {
  return [model](const Tree& variables, const nn::ApplyOptions& options, const Tree& args) {
    check_argument_count(args, sizeof...(Args));
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      auto [out, updated] = model.apply(variables, options, from_tree<Args>(args[I])...);
      return std::pair<Tree, Tree>(to_tree<R>(out), std::move(updated));
    }
    (std::index_sequence_for<Args...>());
  };
}
template <class M, class R, class Base, class... Args>
ApplyFn::Fn erase(const M& model, R (Base::*)(Args...)) {
  return erase_apply<std::decay_t<R>, M, std::decay_t<Args>...>(model);
}
template <class M, class R, class Base, class... Args>
ApplyFn::Fn erase(const M& model, R (Base::*)(Args...) const) {
  return erase_apply<std::decay_t<R>, M, std::decay_t<Args>...>(model);
}

}  // namespace detail

template <nn::IsModule M>
ApplyFn ApplyFn::of(const M& model) {
  if constexpr (requires { &M::forward; }) {
    return ApplyFn(detail::erase(model, &M::forward));
  } else {
    return {};
  }
}

}  // namespace linum::train
