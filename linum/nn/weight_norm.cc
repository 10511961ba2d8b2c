#include "linum/nn/weight_norm.h"

#include <algorithm>

#include "linum/lax/lax.h"
#include "linum/nn/dtypes.h"
#include "linum/nn/lift.h"
#include "linum/np/np.h"
#include "linum/random/random.h"

namespace linum::nn {
namespace {

// The value of the parameter of this name, with its layer's name in front.
using Change = std::function<Array(const std::string& variable, const Array& value)>;

// The layer of these arguments, run on changed parameters.
Array run_changed(const ModuleBase& wrapper, const Layer& layer, const Tree& args, bool is_mutable,
                  const Change& change) {
  const ModuleBase* inner = layer.module();
  if (!inner) {
    throw ValueError(str_cat("layer_instance of ", wrapper.scope()->path_text(),
                             " must be a module: functions have no weights to normalize"));
  }
  const std::string layer_name = inner->scope()->name();
  auto map_in = [&](const Tree& collections) {
    return tree::map_with_path(
        [&](const std::string& path, const Array& value) {
          return change(str_cat(layer_name, path.substr(path.find('/'))), value);
        },
        collections);
  };
  lift::MapOptions options{
      .map_in = map_in, .init = wrapper.is_initializing(), .is_mutable = is_mutable};
  auto body = [&](const Tree& in) { return layer.call(in); };
  return lift::map_variables(*inner, body, args, "params", options);
}

Array l2_normalized(const Array& x, const np::AxisArg& axes, double epsilon) {
  return x * lax::rsqrt(np::sum(x * x, {.axis = axes, .keepdims = true}) + epsilon);
}

}  // namespace

// --- WeightNorm --------------------------------------------------------------------------------

Array WeightNorm::call(const Tree& args) const {
  auto change = [&](const std::string& variable, const Array& value) {
    auto named = [&](const std::string& part) { return variable.find(part) != std::string::npos; };
    bool chosen = variable_filter.empty() ||
                  std::any_of(variable_filter.begin(), variable_filter.end(), named);
    return chosen ? normalized(variable, value) : value;
  };
  return run_changed(*this, layer_instance, args, false, change);
}

Array WeightNorm::normalized(const std::string& variable, const Array& value) const {
  Axes feature;
  if (feature_axes) feature = normalize_axes(feature_axes->values(), value.ndim(), "WeightNorm");
  std::sort(feature.begin(), feature.end());
  Axes reduced;
  Shape own, spread(static_cast<std::size_t>(value.ndim()), 1);
  for (std::int64_t i = 0; i < value.ndim(); ++i) {
    if (!contains(feature, i)) {
      reduced.push_back(i);
      continue;
    }
    own.push_back(value.shape(i));
    spread[static_cast<std::size_t>(i)] = value.shape(i);
  }
  Array y = l2_normalized(value, reduced, epsilon), scale;
  if (use_scale) {
    scale = lax::reshape(param(str_cat(variable, "/scale"), scale_init, own, param_dtype), spread);
    y = y * scale;
  }
  return np::astype(y, canonicalize_dtype({value, scale}, dtype));
}

// --- SpectralNorm ------------------------------------------------------------------------------

Array SpectralNorm::forward(const Array& x, bool update_stats) const {
  return forward(Tree::list({x}), update_stats);
}

Array SpectralNorm::forward(const Tree& args, bool update_stats) const {
  auto change = [&](const std::string& variable, const Array& value) {
    return normalized(variable, value, update_stats);
  };
  return run_changed(*this, layer_instance, args, true, change);
}

Array SpectralNorm::normalized(const std::string& path, const Array& parameter,
                               bool update_stats) const {
  if (parameter.ndim() <= 1 || n_steps < 1) return parameter;
  if (parameter.ndim() > 2 && error_on_non_matrix) {
    throw ValueError(str_cat("SpectralNorm: ", path, " has ", parameter.ndim(),
                             " axes but error_on_non_matrix is true"));
  }
  Array matrix = np::reshape(parameter, {-1, parameter.shape(-1)});
  Variable u_stat = variable(collection_name, str_cat(path, "/u"), [&] {
    return Tree(random::normal(make_rng("params"), {1, matrix.shape(1)}, param_dtype));
  });
  Variable sigma_stat = variable(collection_name, str_cat(path, "/sigma"),
                                 [&] { return Tree(lax::ones({}, param_dtype)); });
  Array u = u_stat.value(), v;
  for (std::int64_t i = 0; i < n_steps; ++i) {
    v = l2_normalized(np::matmul(u, np::transpose(matrix)), {}, epsilon);
    u = l2_normalized(np::matmul(v, matrix), {}, epsilon);
  }
  u = lax::stop_gradient(u);
  v = lax::stop_gradient(v);
  Array sigma = lax::reshape(np::matmul(np::matmul(v, matrix), np::transpose(u)), {});
  Array y = np::reshape(matrix / np::where(sigma != 0, sigma, 1), parameter.shape());
  if (update_stats) {
    u_stat.set_value(u);
    sigma_stat.set_value(sigma);
  }
  return np::astype(y, canonicalize_dtype({parameter, u, v, sigma}, dtype));
}

}  // namespace linum::nn
