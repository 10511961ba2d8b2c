#include "linum/optim/constraints.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/tree_math.h"

namespace linum::optim {

GradientTransformation keep_params_nonnegative() {
  return stateless([](const Tree& updates, const Tree& params) {
    require_params(params, "keep_params_nonnegative");
    return tree::map([](const Array& u, const Array& p) { return np::where(p + u < 0.0, -p, u); },
                     updates, params);
  });
}

GradientTransformation zero_nans() {
  auto init = [](const Tree& params) {
    return Tree{{"found_nan", tree::map([](const Array&) { return np::array(false); }, params)}};
  };
  auto update = [](const Tree& updates, const Tree&, const Tree&, const ExtraArgs&) {
    auto found = [](const Array& u) { return np::any(np::isnan(u)); };
    auto without = [](const Array& u) { return np::where(np::isnan(u), lax::zeros_like(u), u); };
    return std::pair(tree::map(without, updates), Tree{{"found_nan", tree::map(found, updates)}});
  };
  return {init, update};
}

static Tree as_vector(const Tree& t) { return t.is_none() ? t : Tree(tree_to_vector(t)); }

GradientTransformation flatten(GradientTransformation inner) {
  auto init = [inner](const Tree& params) { return inner.init(as_vector(params)); };
  auto update = [inner](const Tree& updates, const Tree& state, const Tree& params,
                        const ExtraArgs& extra) {
    auto [out, next] = inner.update(as_vector(updates), state, as_vector(params), extra);
    return std::pair(tree_from_vector(out, updates), next);
  };
  return {init, update};
}

}  // namespace linum::optim
