// Transformations made of others (optax/transforms/_combining.py).
#pragma once

#include <string>
#include <vector>

#include "linum/optim/transformation.h"

namespace linum::optim {

// One after the other; the state is the list of their states.
GradientTransformation chain(std::vector<GradientTransformation> transforms);
template <class... Rest>
GradientTransformation chain(const GradientTransformation& first, const Rest&... rest) {
  return chain(std::vector<GradientTransformation>{first, rest...});
}

// The same with a name for each part: the state is a dictionary.
GradientTransformation named_chain(
    std::vector<std::pair<std::string, GradientTransformation>> transforms);

// One after the other, the state {"inner_states": {name: ...}}: what partition() is made of.
GradientTransformation grouped(std::map<std::string, GradientTransformation> transforms);

// The group of a parameter, from its path ("Dense_0/kernel") or type.
using ParamLabels = std::function<std::string(const std::string& path, const Array& leaf)>;

// Each group of parameters under its own transformation. State: {"inner_states": {group: ...}}.
GradientTransformation partition(std::map<std::string, GradientTransformation> transforms,
                                 ParamLabels labels);
inline GradientTransformation multi_transform(
    std::map<std::string, GradientTransformation> transforms, ParamLabels labels) {
  return partition(std::move(transforms), std::move(labels));
}

}  // namespace linum::optim
