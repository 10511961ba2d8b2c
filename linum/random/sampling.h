// What the samplers of jax.random share.
#pragma once

#include <span>
#include <string_view>
#include <utility>

#include "linum/random/arguments.h"
#include "linum/transforms/jit.h"

namespace linum::random {

// Throws unless `key` is one key: uint32 of shape (2,).
void check_key(std::string_view what, const Array& key);
// Throw DTypeError unless the results' dtype is of this kind.
void check_floating(std::string_view what, DType dtype);
void check_integer(std::string_view what, DType dtype);
// The asked shape, which the parameters must broadcast to, or the one they broadcast to.
Shape result_shape(std::string_view what, const ShapeArg& asked,
                   std::initializer_list<Array> params);

// random::split<2>, written in place.
std::pair<Array, Array> split_pair(const Array& key);

// Entry `i` of the leading axis.
Array entry(const Array& x, std::int64_t i);

// The static part of a sampler's program.
struct Form {
  Shape shape;
  DType dtype;
  bool operator==(const Form&) const = default;
};
// The form of floating-point results from one key.
Form checked_form(std::string_view what, const Array& key, const ShapeArg& shape, DType dtype,
                  std::initializer_list<Array> params = {});

// The compiled form of `body`, one for the process: a sampler called eagerly is one executable,
// and a shared function of the programs that call it.
template <auto body>
const auto& compiled(const char* name) {
  static const auto& program = *new auto(jit(body, {.name = name}));
  return program;
}

}  // namespace linum::random
