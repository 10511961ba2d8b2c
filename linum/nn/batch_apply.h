// BatchApply: a function of one batch axis, over several (flax.linen.BatchApply).
#pragma once

#include "linum/core/pytree.h"

namespace linum::nn {

namespace detail {

// The first `num_dims` sizes of the first leaf that has so many; throws ValueError for none.
Shape leading_sizes(const Tree& args, std::int64_t num_dims);
// Every leaf with its first `num_dims` axes as one; smaller leaves as they are.
Tree merge_leading(const Tree& args, std::int64_t num_dims);
// Every leaf with its first axis as axes of these sizes.
Tree split_leading(const Tree& results, const Shape& sizes);

}  // namespace detail

// nn::BatchApply(f, 2)(x) calls f with the first two axes of x as one, and splits the first axis of
// what f gives. f is a function, or a layer where this is called within a forward. Arguments are
// arrays or trees of them.
template <class F>
class BatchApply {
 public:
  explicit BatchApply(F f, std::int64_t num_dims = 2) : f_(std::move(f)), num_dims_(num_dims) {}

  template <class... Args>
  auto operator()(const Args&... args) const {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    Tree in = Tree::list({to_tree(args)...});
    Shape sizes = detail::leading_sizes(in, num_dims_);
    Tree merged = detail::merge_leading(in, num_dims_);
    Tree out = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return to_tree<R>(f_(from_tree<Args>(merged[I])...));
    }
    (std::index_sequence_for<Args...>());
    return from_tree<R>(detail::split_leading(out, sizes));
  }

 private:
  F f_;
  std::int64_t num_dims_;
};

}  // namespace linum::nn
