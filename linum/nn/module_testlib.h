// For the tests of modules: small layers, and trees as lists of paths.
#pragma once

#include <gtest/gtest.h>

#include "linum/base/testing.h"
#include "linum/lax/lax.h"
#include "linum/nn/linear.h"
#include "linum/np/np.h"
#include "linum/random/random.h"

namespace linum::nn {

inline Array test_key(int seed = 0) { return random::key(seed); }
inline Array two_rows() { return Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6}); }

inline std::vector<float> floats(const Array& x) { return x.to_vector<float>(); }

// "params/Dense_0/kernel", in order.
inline std::vector<std::string> paths(const Tree& tree) {
  std::vector<std::string> out;
  for (auto& [path, leaf] : tree::leaves_with_path(tree)) out.push_back(path);
  return out;
}

using Paths = std::vector<std::string>;
using Words = std::vector<std::uint32_t>;

// x * scale, with one parameter for each feature.
struct Scale : Module<Scale> {
  std::string name = {};
  Array forward(Array x) const {
    Array scale = param("scale", initializers::ones_init(), {x.shape(-1)});
    return np::multiply(x, scale);
  }
};

// Counts its calls in the collection "state".
struct Counter : Module<Counter> {
  std::string name = {};
  Array forward(Array x) const {
    Variable count = variable("state", "count", [] { return Tree(lax::full({}, 0.0f)); });
    if (!is_initializing()) count.set_value(np::add(count.value(), 1));
    return np::add(x, count.value());
  }
};

}  // namespace linum::nn
