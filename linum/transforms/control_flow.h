// Structured control flow inside programs (jax.lax.cond, switch, while_loop, fori_loop, scan, map).
// All of them work under every transform; reverse mode needs loops of known length.
#pragma once

#include "linum/base/erase.h"
#include "linum/core/pytree.h"
#include "linum/transforms/jit.h"

namespace linum {

using TreePredicate = std::function<Array(const Tree&)>;

struct ScanOptions {
  std::int64_t length = -1;  // needed only when xs has no arrays
  bool reverse = false;
  std::int64_t unroll = 1;  // steps per turn of the compiled loop
};

// `what` is what messages call it.
Tree switch_tree(const Array& index, const std::vector<TreeFn>& branches, const Tree& operands,
                 std::string_view what = "switch_");
// By platform names, or "default".
Tree platform_tree(const std::map<std::string, TreeFn>& branches, const Tree& operands);
Tree while_tree(const TreePredicate& cond, const TreeFn& body, const Tree& init);
// body: list(i, carry) -> carry.
Tree fori_tree(std::int64_t lower, std::int64_t upper, const TreeFn& body, const Tree& init);
Tree fori_tree(const Array& lower, const Array& upper, const TreeFn& body, const Tree& init);
// f of a list of one x, over the slices of xs, `batch_size` at a time by vmap; 0: one by one.
Tree map_tree(const TreeFn& f, const Tree& xs, std::int64_t batch_size);
// f: list(carry, x) -> list(carry, y). Gives list(carry, ys).
Tree scan_tree(const TreeFn& f, const Tree& init, const Tree& xs, const ScanOptions& options);

namespace lax {

// true_fn(operands...) where `pred` (bool, 0-d) holds, else false_fn(operands...). Both give trees
// of the same structure, shapes and dtypes.
template <class T, class F, class... Args>
auto cond(const Array& pred, T true_fn, F false_fn, const Args&... operands);

// branches[clamp(index)](operands...)
template <class F, class... Args>
auto switch_(const Array& index, const std::vector<F>& branches, const Args&... operands) {
  using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
  std::vector<TreeFn> fns;
  for (const F& f : branches) fns.push_back(as_tree_fn<R, Args...>(f));
  return from_tree<R>(switch_tree(index, fns, Tree::list({to_tree(operands)...})));
}

// branches[platform](operands...), where the platform ("cpu", "cuda", "tpu", ...) is that for which
// the program is lowered, and "default" stands for all that are not named. ValueError: neither.
template <class F, class... Args>
auto platform_dependent(const std::map<std::string, F>& branches, const Args&... operands) {
  using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
  std::map<std::string, TreeFn> fns;
  for (const auto& [platform, f] : branches) fns.emplace(platform, as_tree_fn<R, Args...>(f));
  return from_tree<R>(platform_tree(fns, Tree::list({to_tree(operands)...})));
}

// What the loops count with.
Array cond_index(const Array& pred);     // 1 where pred holds
Array loop_counter(std::int64_t start);  // a strong int32
Array next_counter(const Array& i);      // i + 1
Array counter_less(const Array& i, const Array& end);

template <class T, class F, class... Args>
auto cond(const Array& pred, T true_fn, F false_fn, const Args&... operands) {
  using R = std::remove_cvref_t<std::invoke_result_t<T&, Args...>>;
  std::vector<TreeFn> fns{as_tree_fn<R, Args...>(std::move(false_fn)),
                          as_tree_fn<R, Args...>(std::move(true_fn))};
  Tree in = Tree::list({to_tree(operands)...});
  return from_tree<R>(switch_tree(cond_index(pred), fns, in, "cond"));
}

// carry = body(carry) while cond(carry).
template <class C, class B, class Carry>
Carry while_loop(C cond, B body, const Carry& init) {
  auto test =
      erase<Array(const Tree&)>([cond](const Tree& t) { return cond(from_tree<Carry>(t)); });
  auto step = erase<Tree(const Tree&)>(
      [body](const Tree& t) { return to_tree<Carry>(body(from_tree<Carry>(t))); });
  return from_tree<Carry>(while_tree(test, step, to_tree(init)));
}

// carry, y = f(carry, x) for the slices x of xs along its first axis: pair(carry, stacked y).
template <class F, class Carry, class Xs>
auto scan(F f, const Carry& init, const Xs& xs, const ScanOptions& options = {}) {
  using R = std::remove_cvref_t<std::invoke_result_t<F&, Carry, Xs>>;
  using Y = std::tuple_element_t<1, R>;
  Tree out = scan_tree(as_tree_fn<R, Carry, Xs>(std::move(f)), to_tree(init), to_tree(xs), options);
  return std::pair<Carry, Y>{from_tree<Carry>(out[0]), from_tree<Y>(out[1])};
}

// carry = body(i, carry) for lower <= i < upper. With C++ integers the length is known and reverse
// mode works. TreeError: the body gives a carry of another type.
template <class B, class Carry>
Carry fori_loop(std::int64_t lower, std::int64_t upper, B body, const Carry& init) {
  TreeFn step = as_tree_fn<Carry, Array, Carry>(std::move(body));
  return from_tree<Carry>(fori_tree(lower, upper, step, to_tree(init)));
}
template <class B, class Carry>
Carry fori_loop(const Array& lower, const Array& upper, B body, const Carry& init) {
  TreeFn step = as_tree_fn<Carry, Array, Carry>(std::move(body));
  return from_tree<Carry>(fori_tree(lower, upper, step, to_tree(init)));
}

struct MapOptions {
  std::int64_t batch_size = 0;  // so many at a time by vmap; 0: one by one
};
// f over the slices of xs along the first axis, one after the other or in batches.
template <class F, class Xs>
auto map(F f, const Xs& xs, const MapOptions& options) {
  using Y = std::remove_cvref_t<std::invoke_result_t<F&, Xs>>;
  return from_tree<Y>(map_tree(as_tree_fn<Y, Xs>(f), to_tree(xs), options.batch_size));
}
template <class F, class Xs>
auto map(F f, const Xs& xs) {
  return map(std::move(f), xs, MapOptions());
}

}  // namespace lax
}  // namespace linum
