// Parity with jax, flax and optax: binds the cases of tests/parity/<area>.safetensors, recorded by
// tests/oracle, to what Linum computes for the same inputs. A file of bindings is
// tests/parity_<area>_test.cc, and tests/parity/<area>/*.cc where one file would be too long:
//
//   PARITY("lax.add", [](const Tree& in) { return lax::add(in[0], in[1]); });
//
// `in` is the list of the case's inputs. The harness runs the function under jit, compares
// structure, shapes, dtypes and values of its results with the recorded ones and, where the case
// has cotangents, the vjp with respect to every inexact input. A case without a binding fails, and
// so does a binding without a case.
#pragma once

#include <functional>
#include <string>
#include <type_traits>

#include "linum/base/erase.h"
#include "linum/core/pytree.h"

namespace linum::parity {

using Function = std::function<Tree(const Tree& inputs)>;

struct Binding {
  std::string name;  // of the case
  Function function;
  double tolerance = 0;  // relative; 0: that of the dtype (parity_compare_testlib.h)
  bool eager = false;    // not under jit
  std::string reason;    // why the tolerance, or why not under jit
};

// Gives true, so that a static variable can hold the call.
bool bind(Binding binding);

// Anything that converts to a tree, as one.
template <class F>
Function as_function(F f) {
  return erase<Tree(const Tree&)>([f](const Tree& inputs) {
    return to_tree<std::remove_cvref_t<std::invoke_result_t<const F&, const Tree&>>>(f(inputs));
  });
}

// Runs every case of an area with its binding: the main of tests/parity_main.cc.
int run_area(const std::string& area, int argc, char** argv);

}  // namespace linum::parity

#define PARITY(name, ...) LINUM_PARITY_BIND_(name, 0, false, "", __VA_ARGS__)
// With another relative tolerance; `why` says where the numbers differ.
#define PARITY_TOL(name, tolerance, why, ...) \
  LINUM_PARITY_BIND_(name, tolerance, false, "" why, __VA_ARGS__)
// For what cannot be traced: functions that read numbers, transfer or compile by themselves.
#define PARITY_EAGER(name, why, ...) LINUM_PARITY_BIND_(name, 0, true, "" why, __VA_ARGS__)

#define LINUM_PARITY_BIND_(name, tolerance, eager, why, ...)                            \
  [[maybe_unused]] static const bool LINUM_PARITY_JOIN_(parity_binding_, __COUNTER__) = \
      ::linum::parity::bind(                                                            \
          {name, ::linum::parity::as_function(__VA_ARGS__), tolerance, eager, why})
#define LINUM_PARITY_JOIN_(a, b) LINUM_PARITY_JOIN2_(a, b)
#define LINUM_PARITY_JOIN2_(a, b) a##b
