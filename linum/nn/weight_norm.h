// Layers whose weights are normalized before use (flax.linen.SpectralNorm, WeightNorm).
//
//   Array y = nn::WeightNorm{.layer_instance = nn::Dense{.features = 4}}(x);
//
// The layer keeps its own parameters and its place: a member, "layer_instance", or Dense_0 of the
// forward that makes and calls both. What the wrapper adds is named after it, with slashes in one
// name: "Dense_0/kernel/scale".
#pragma once

#include <set>

#include "linum/nn/combinators.h"
#include "linum/nn/sizes.h"

namespace linum::nn {

// Parameters w as g w / |w|, the norm over all axes but feature_axes (std::nullopt: over all), and
// g learned (use_scale). Salimans and Kingma 2016. Throws ValueError for a layer that is no module.
struct WeightNorm : Module<WeightNorm> {
  Layer layer_instance;
  double epsilon = 1e-12;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  bool use_scale = true;
  Initializer scale_init = initializers::ones;
  std::optional<Sizes> feature_axes = Sizes(-1);
  std::set<std::string> variable_filter = {"kernel"};  // parts of names; empty: all parameters
  std::string name = {};
  LINUM_SUBMODULES(layer_instance)

  template <std::convertible_to<Array>... Args>
  Array forward(const Args&... args) const {
    return call(Tree::list({Tree(Array(args))...}));
  }

 private:
  Array call(const Tree& args) const;
  Array normalized(const std::string& path, const Array& value) const;
};

// Parameters of two axes and more, as matrices (everything, features), divided by their greatest
// singular value, which n_steps of power iteration find: collection batch_stats keeps the vector u
// they start from, and sigma, when the call says update_stats. Miyato et al. 2018. Throws
// ValueError for a layer that is no module or, if asked to, a parameter of more than two axes.
struct SpectralNorm : Module<SpectralNorm> {
  Layer layer_instance;
  std::int64_t n_steps = 1;
  double epsilon = 1e-12;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  bool error_on_non_matrix = false;
  std::string collection_name = "batch_stats";
  std::string name = {};
  LINUM_SUBMODULES(layer_instance)

  Array forward(const Array& x, bool update_stats) const;
  // For a layer of several arguments: a list of them.
  Array forward(const Tree& args, bool update_stats) const;

 private:
  Array normalized(const std::string& path, const Array& parameter, bool update_stats) const;
};

}  // namespace linum::nn
