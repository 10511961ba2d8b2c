#include "linum/optim/factored.h"

#include <algorithm>
#include <numeric>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/accumulation.h"
#include "linum/optim/clipping.h"
#include "linum/optim/combine.h"
#include "linum/optim/numerics.h"
#include "linum/optim/scaling.h"
#include "linum/optim/tree_math.h"
#include "linum/optim/tree_state.h"

namespace linum::optim {
namespace {

// --- factored second moments -----------------------------------------------------------------

Shape without(const Shape& shape, std::int64_t axis) {
  Shape out = shape;
  out.erase(out.begin() + axis);
  return out;
}

struct FactoredRms {
  FactoredRmsOptions options;

  // The second largest axis and the largest, if this leaf is factored.
  std::optional<std::pair<std::int64_t, std::int64_t>> axes(const Shape& shape) const {
    if (!options.factored || shape.size() < 2) return std::nullopt;
    Axes order = iota_axes(static_cast<std::int64_t>(shape.size()));
    auto size = [&](std::int64_t axis) { return shape[static_cast<std::size_t>(axis)]; };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return size(a) < size(b); });
    std::int64_t largest = order.back(), second = order[order.size() - 2];
    if (size(second) < options.min_dim_size_to_factor) return std::nullopt;
    return std::pair(second, largest);
  }

  Tree init(const Tree& params) const {
    auto unused = [](const Array& p) { return lax::zeros({1}, p.dtype()); };
    auto row = [&](const Array& p) {
      auto d = axes(p.shape());
      return d ? lax::zeros(without(p.shape(), d->second), p.dtype()) : unused(p);
    };
    auto column = [&](const Array& p) {
      auto d = axes(p.shape());
      return d ? lax::zeros(without(p.shape(), d->first), p.dtype()) : unused(p);
    };
    auto whole = [&](const Array& p) { return axes(p.shape()) ? unused(p) : lax::zeros_like(p); };
    return {{"count", zero_count()},
            {"v_row", tree::map(row, params)},
            {"v_col", tree::map(column, params)},
            {"v", tree::map(whole, params)}};
  }

  Array decay_at(const Array& step) const {
    if (options.decay_rate_fn) return options.decay_rate_fn(step, options.decay_rate);
    Array t = lax::convert_element_type(step + 1, DType::F32);
    return 1.0 - np::power(t, -options.decay_rate);
  }

  // Of one leaf.
  struct Leaf {
    Array update, v_row, v_col, v;
  };
  Leaf update_leaf(const Array& g, Leaf leaf, const Array& param, const Array& decay) const {
    Array squared = abs_sq(g) + options.epsilon;
    auto decayed = [&](const Array& old, const Array& fresh) {
      return lax::convert_element_type(decay * old + (1.0 - decay) * fresh, param.dtype());
    };
    auto d = axes(param.shape());
    if (!d) {
      leaf.v = decayed(leaf.v, squared);
      leaf.update = g * np::power(leaf.v, -0.5);
      return leaf;
    }
    auto [second, largest] = *d;
    leaf.v_row = decayed(leaf.v_row, np::mean(squared, largest));
    leaf.v_col = decayed(leaf.v_col, np::mean(squared, second));
    std::int64_t axis_in_row = second > largest ? second - 1 : second;
    Array row_mean = np::mean(leaf.v_row, {.axis = axis_in_row, .keepdims = true});
    Array row_factor = np::power(leaf.v_row / row_mean, -0.5);
    Array column_factor = np::power(leaf.v_col, -0.5);
    leaf.update = g * np::expand_dims(row_factor, largest) * np::expand_dims(column_factor, second);
    return leaf;
  }

  GradientTransformation::Updated update(const Tree& updates, const Tree& state,
                                         const Tree& params) const {
    require_params(params, "scale_by_factored_rms");
    tree::check_same_structure(params, updates, "scale_by_factored_rms");
    Array decay = decay_at(state["count"].array() - options.step_offset);
    auto g = tree::leaves(updates), p = tree::leaves(params), v = tree::leaves(state["v"]),
         rows = tree::leaves(state["v_row"]), columns = tree::leaves(state["v_col"]);
    std::vector<Array> out(g.size());
    for (std::size_t i = 0; i < g.size(); ++i) {
      Leaf next = update_leaf(g[i], {{}, rows[i], columns[i], v[i]}, p[i], decay);
      out[i] = next.update, rows[i] = next.v_row, columns[i] = next.v_col, v[i] = next.v;
    }
    TreeDef def(updates);
    Tree next{{"count", safe_increment(state["count"])},
              {"v_row", def.unflatten(rows)},
              {"v_col", def.unflatten(columns)},
              {"v", def.unflatten(v)}};
    return {def.unflatten(out), next};
  }
};

}  // namespace

GradientTransformation scale_by_factored_rms(FactoredRmsOptions options) {
  auto rms = std::make_shared<const FactoredRms>(FactoredRms{std::move(options)});
  return {[rms](const Tree& params) { return rms->init(params); },
          [rms](const Tree& updates, const Tree& state, const Tree& params, const ExtraArgs&) {
            return rms->update(updates, state, params);
          }};
}

GradientTransformation adafactor(std::optional<ScalarOrSchedule> learning_rate,
                                 AdafactorOptions o) {
  std::vector<GradientTransformation> parts{
      scale_by_factored_rms({.factored = o.factored,
                             .decay_rate = o.decay_rate,
                             .step_offset = o.decay_offset,
                             .min_dim_size_to_factor = o.min_dim_size_to_factor,
                             .epsilon = o.eps})};
  if (o.clipping_threshold) parts.push_back(clip_by_block_rms(*o.clipping_threshold));
  if (learning_rate) parts.push_back(scale_by_learning_rate(std::move(learning_rate), false));
  if (o.multiply_by_parameter_scale) parts.push_back(scale_by_param_block_rms());
  if (o.momentum) {
    parts.push_back(ema(*o.momentum, {.debias = false, .accumulator_dtype = o.dtype_momentum}));
  }
  if (o.weight_decay_rate) {
    parts.push_back(add_decayed_weights(*o.weight_decay_rate, o.weight_decay_mask));
  }
  parts.push_back(scale(-1));
  return chain(std::move(parts));
}

// --- SM3 -------------------------------------------------------------------------------------

namespace {

Tree sm3_zeros(const Array& p) {
  if (is_complex(p.dtype())) {
    throw DTypeError(str_cat("scale_by_sm3 has no rule for complex parameters, got ", p.aval()));
  }
  Tree::List out;
  for (std::int64_t size : p.shape()) out.push_back(lax::zeros({size}, p.dtype()));
  return Tree(std::move(out));
}

// The least of the axes' vectors, element by element, plus g^2.
Array sm3_accumulate(const Array& g, const Tree& vectors, const Scalar& b2) {
  Array least;
  for (std::int64_t i = 0; i < g.ndim(); ++i) {
    Shape spread(static_cast<std::size_t>(g.ndim()), 1);
    spread[static_cast<std::size_t>(i)] = g.shape(i);
    Array along = np::reshape(vectors[static_cast<std::size_t>(i)], spread);
    least = least.defined() ? np::minimum(least, along) : along;
  }
  Scalar fresh = b2.is(1.0) ? Scalar(1.0) : 1.0 - b2;
  return fresh * np::square(g) + b2 * least;
}

// The greatest element at each place of each axis.
Tree sm3_cover(const Array& accumulated) {
  if (accumulated.ndim() < 2) return Tree::list({accumulated});
  Tree::List out;
  for (std::int64_t i = 0; i < accumulated.ndim(); ++i) {
    Axes others = iota_axes(accumulated.ndim());
    others.erase(others.begin() + i);
    out.push_back(np::max(accumulated, {.axis = others}));
  }
  return Tree(std::move(out));
}

}  // namespace

GradientTransformation scale_by_sm3(Sm3Options o) {
  auto init = [](const Tree& params) {
    auto zeros = [](const Array& p, const Tree&) { return sm3_zeros(p); };
    return Tree{{"mu", tree_map_subtrees(zeros, params, params)}, {"nu", tree_zeros_like(params)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    auto accumulate = [&](const Array& g, const Tree& vectors) -> Tree {
      return g.ndim() == 0 ? Tree(np::square(g)) : Tree(sm3_accumulate(g, vectors, o.b2));
    };
    Tree sum = tree_map_subtrees(accumulate, updates, state["mu"]);
    Tree scaled =
        tree::map([&](const Array& g,
                      const Array& a) { return g * np::where(a > 0, lax::rsqrt(a + o.eps), 0.0); },
                  updates, sum);
    Tree nu = tree_update_moment(scaled, state["nu"], o.b1, 1);
    auto cover = [](const Array& a, const Tree&) -> Tree {
      return a.ndim() == 0 ? Tree::list({}) : sm3_cover(a);
    };
    return std::pair(nu, Tree{{"mu", tree_map_subtrees(cover, sum, sum)}, {"nu", nu}});
  };
  return {init, update};
}

GradientTransformation sm3(Scalar learning_rate, Scalar momentum) {
  return chain(scale_by_sm3({.b1 = momentum}), scale(-learning_rate));
}

}  // namespace linum::optim
