// checkify: run-time checks inside compiled programs, as errors that are values
// (jax.experimental.checkify).
//
//   auto f = [](Array x) {
//     checkify::check(np::all(np::greater(x, 0)), "{x} must be positive", arg("x", x));
//     return np::log(x);
//   };
//   auto [error, y] = jit(checkify::checkify(f))(x);
//   error.throw_error();
#pragma once

#include <optional>

#include "linum/core/format_text.h"
#include "linum/transforms/check_sites.h"
#include "linum/transforms/jit.h"

namespace linum::checkify {

// Sets of checks.
enum Checks : unsigned {
  user_checks = 1,   // checkify::check
  nan_checks = 2,    // an operation that gives a NaN
  index_checks = 4,  // slices, gathers and scatters out of bounds
  div_checks = 8,    // a division by zero
  float_checks = nan_checks | div_checks,
  automatic_checks = float_checks | index_checks,
  all_checks = automatic_checks | user_checks,
};
constexpr Checks operator|(Checks a, Checks b) {
  return static_cast<Checks>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

// The first check that failed, or none. A tree of arrays: a result of jitted functions like others.
class Error {
 public:
  Error() : code_(0) {}
  Error(Array code, CheckValues values) : code_(std::move(code)), values_(std::move(values)) {}

  // What failed, with the operation and the module; nothing where all checks held. Of a batch (vmap
  // of checkify): a line for each example that failed.
  std::optional<std::string> get() const;
  // Throws CheckError with that, if there is any; within checkify, fails the outer one.
  void throw_error() const;

  const Array& code() const { return code_; }  // i32, 0 for none; batched like the function
  const CheckValues& values() const { return values_; }
  Tree to_tree() const;
  static Error from_tree(const Tree& tree);

 private:
  Array code_;
  CheckValues values_;
};

// Gives list(error, f(args)).
Tree checkify_tree(const TreeFn& f, const Tree& args, Checks errors);

// f that gives pair(error, result) instead of throwing. Checks run in jitted functions, loops and
// branches. Of vmap inside f, the first example that fails counts; under vmap outside each example
// has its error. A derivative rule of f's own (custom_jvp, custom_vjp) is kept, without checks.
template <class F>
auto checkify(F f, Checks errors = user_checks) {
  return [f = std::move(f), errors]<class... Args>(const Args&... args) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, Args...>>;
    Tree out = checkify_tree(as_tree_fn<R, Args...>(f), Tree::list({to_tree(args)...}), errors);
    if constexpr (std::is_void_v<R>) {
      return std::pair{Error::from_tree(out[0]), Tree()};
    } else {
      return std::pair{Error::from_tree(out[0]), from_tree<R>(out[1])};
    }
  };
}

void check_args(const Array& pred, std::string_view text, const std::vector<FormatArg>& args,
                bool debug = false);
// Throws CheckError unless pred (bool, 0-d). `text` is a format string as of debug::print. In a
// compiled function it needs checkify around it.
template <class... Args>
void check(const Array& pred, std::string_view text, const Args&... args) {
  check_args(pred, text, {FormatArg(args)...});
}
// A check within checkify, nothing without.
template <class... Args>
void debug_check(const Array& pred, std::string_view text, const Args&... args) {
  check_args(pred, text, {FormatArg(args)...}, true);
}
// error.throw_error()
void check_error(const Error& error);

}  // namespace linum::checkify
