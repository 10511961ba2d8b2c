// Scopes that find mistakes: NaNs, leaked tracers, compilations that nobody wanted. Each holds for
// its thread until it ends, and can be given false to switch an outer one off.
//
//   DebugNans guard;  // from here on, the operation that makes a NaN throws
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "linum/core/array.h"

namespace linum {

struct DebugFlags {
  bool nans = false, infs = false, tracer_leaks = false, no_tracing = false, no_execution = false;
};
const DebugFlags& debug_flags();

namespace detail {
DebugFlags& mutable_debug_flags();
}

template <bool DebugFlags::*flag>
class DebugScope {
 public:
  explicit DebugScope(bool on = true) : previous_(detail::mutable_debug_flags().*flag) {
    detail::mutable_debug_flags().*flag = on;
  }
  ~DebugScope() { detail::mutable_debug_flags().*flag = previous_; }
  DebugScope(const DebugScope&) = delete;

 private:
  bool previous_;
};

// An operation or a jitted function whose result has a NaN throws FloatingPointError, which names
// the operation and its module (jax.debug_nans). Each result is waited for and read.
using DebugNans = DebugScope<&DebugFlags::nans>;
// The same for infinities (jax.debug_infs).
using DebugInfs = DebugScope<&DebugFlags::infs>;
// A transform that ends while something still holds a value of it throws LeakedTracerError, which
// lists the values (jax.checking_leaks, jax.check_tracer_leaks).
using CheckTracerLeaks = DebugScope<&DebugFlags::tracer_leaks>;
using CheckingLeaks = CheckTracerLeaks;
// A jitted function that must be traced, as its arguments are of new types, throws GuardError
// (jax.no_tracing).
using NoTracing = DebugScope<&DebugFlags::no_tracing>;
// An operation or a jitted function that would run throws GuardError (jax.no_execution).
using NoExecution = DebugScope<&DebugFlags::no_execution>;

// Throws GuardError under NoExecution.
void check_may_execute(std::string_view name);
// An operation and the path of its module.
struct OperationPlace {
  std::string operation = {}, scope = {};
};
// True under DebugNans or DebugInfs.
inline bool numbers_are_checked() { return debug_flags().nans || debug_flags().infs; }
// Throws FloatingPointError when DebugNans or DebugInfs forbids a number of `results`, those of
// `what`. `find` gives the operation inside it that made the number, or nothing.
void check_numbers(std::span<const Array> results, const OperationPlace& what,
                   const std::function<OperationPlace()>& find);
// Throws GuardError under NoTracing.
void check_may_trace(std::string_view name);

}  // namespace linum
