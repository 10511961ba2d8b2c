// The two cases that every layer has (tests/oracle/layer.py).
#pragma once

#include "linum/lax/lax.h"
#include "linum/nn/nn.h"
#include "linum/np/np.h"
#include "linum/random/random.h"
#include "tests/parity_testlib.h"

namespace linum::parity {

// NAME/init and NAME/apply of a layer with one input of this shape. `tolerance` and `reason` as in
// Binding.
template <class Make>
bool bind_layer(const std::string& name, Make make, const Shape& shape, double tolerance = 0,
                const std::string& reason = "") {
  auto init = [=](const Tree& in) {
    return make().init(in[0].array(), lax::zeros(shape, DType::F32));
  };
  auto apply = [=](const Tree& in) { return make().apply(in[0], in[1].array()); };
  bind({"linen." + name + "/init", as_function(init)});
  return bind({"linen." + name + "/apply", as_function(apply), tolerance, false, reason});
}

}  // namespace linum::parity

#define LAYER_TOL(name, shape, tolerance, why, ...)                                   \
  [[maybe_unused]] static const bool LINUM_PARITY_JOIN_(parity_layer_, __COUNTER__) = \
      ::linum::parity::bind_layer(                                                    \
          name, [] { return __VA_ARGS__; }, Shape shape, tolerance, why)
#define LAYER(name, shape, ...)                                                       \
  [[maybe_unused]] static const bool LINUM_PARITY_JOIN_(parity_layer_, __COUNTER__) = \
      ::linum::parity::bind_layer(                                                    \
          name, [] { return __VA_ARGS__; }, Shape shape)
