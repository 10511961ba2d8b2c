// Functions that compilers may know by name (jax.lax.composite).
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "linum/transforms/jit.h"

namespace linum::lax {

// Settings of a composite that its compiler may read; the function itself captures them.
using CompositeAttribute = std::variant<bool, std::int64_t, double, std::string,
                                        std::vector<std::int64_t>, std::vector<double>>;
struct CompositeOptions {
  int version = 0;
  std::map<std::string, CompositeAttribute> attributes = {};
};

// f's results on the arguments in the list `args`, as the operation `name`.
Tree composite_tree(const TreeFn& f, const std::string& name, const CompositeOptions& options,
                    const Tree& args);

// f, written into programs as a stablehlo.composite of this name: compilers that know it may put
// something faster in its place, others compile f. Derivatives and batches are those of f. Names
// are words with dots between them ("my.operation"), else ValueError.
template <class F>
auto composite(F f, std::string name, CompositeOptions options = {}) {
  return [f = std::move(f), name = std::move(name),
          options = std::move(options)]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    return from_tree<R>(
        composite_tree(as_tree_fn<R, Args...>(f), name, options, Tree::list({to_tree(args)...})));
  };
}

}  // namespace linum::lax
