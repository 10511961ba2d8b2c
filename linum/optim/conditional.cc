#include "linum/optim/conditional.h"

#include "linum/np/np.h"
#include "linum/optim/numerics.h"
#include "linum/optim/tree_math.h"
#include "linum/transforms/control_flow.h"

namespace linum::optim {
namespace {

using Updated = GradientTransformation::Updated;

// inner.update where the condition holds, else `rejected` and the old state.
Updated update_if(const Array& condition, const GradientTransformation& inner, const Tree& updates,
                  const Tree& rejected, const Tree& inner_state, const Tree& params,
                  const ExtraArgs& extra) {
  auto act = [&](Tree updates, Tree, Tree state, Tree params) {
    return inner.update(updates, state, params, extra);
  };
  auto skip = [](Tree, Tree rejected, Tree state, Tree) { return Updated(rejected, state); };
  return lax::cond(condition, act, skip, updates, rejected, inner_state, params);
}

Array all_finite(const Tree& t) {
  Array out = np::array(true);
  for (const Array& x : tree::leaves(t)) out = np::logical_and(out, np::all(np::isfinite(x)));
  return out;
}

GradientTransformation conditional(GradientTransformation inner, ConditionFn condition,
                                   bool pass_rejected) {
  auto init = [inner](const Tree& params) {
    return Tree{{"inner_state", inner.init(params)}, {"step", zero_count()}};
  };
  auto update = [=](const Tree& updates, const Tree& state, const Tree& params,
                    const ExtraArgs& extra) {
    Tree rejected = pass_rejected ? updates : tree_zeros_like(updates);
    auto [out, inner_state] = update_if(condition(state["step"], extra), inner, updates, rejected,
                                        state["inner_state"], params, extra);
    return std::pair(out,
                     Tree{{"inner_state", inner_state}, {"step", safe_increment(state["step"])}});
  };
  return {init, update};
}

}  // namespace

GradientTransformation apply_if_finite(GradientTransformation inner, int max_consecutive_errors) {
  auto init = [inner](const Tree& params) {
    return Tree{{"notfinite_count", zero_count()},
                {"last_finite", np::array(true)},
                {"total_notfinite", zero_count()},
                {"inner_state", inner.init(params)}};
  };
  auto update = [=](const Tree& updates, const Tree& state, const Tree& params,
                    const ExtraArgs& extra) {
    Array finite = all_finite(updates);
    Array in_a_row = np::where(finite, zero_count(), safe_increment(state["notfinite_count"]));
    Array total = np::where(finite, state["total_notfinite"].array(),
                            safe_increment(state["total_notfinite"]));
    Array act = np::logical_or(finite, in_a_row > max_consecutive_errors);
    auto [out, inner_state] = update_if(act, inner, updates, tree_zeros_like(updates),
                                        state["inner_state"], params, extra);
    return std::pair(out, Tree{{"notfinite_count", in_a_row},
                               {"last_finite", finite},
                               {"total_notfinite", total},
                               {"inner_state", inner_state}});
  };
  return {init, update};
}

GradientTransformation conditionally_transform(GradientTransformation inner,
                                               ConditionFn condition) {
  return conditional(std::move(inner), std::move(condition), true);
}
GradientTransformation conditionally_mask(GradientTransformation inner, ConditionFn condition) {
  return conditional(std::move(inner), std::move(condition), false);
}

}  // namespace linum::optim
