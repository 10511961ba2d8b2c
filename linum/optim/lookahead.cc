#include "linum/optim/lookahead.h"

#include "linum/np/np.h"
#include "linum/optim/numerics.h"
#include "linum/optim/tree_math.h"

namespace linum::optim {
namespace {

bool is_pair(const Tree& t) {
  return t.is_dict() && t.size() == 2 && t.contains("fast") && t.contains("slow");
}

const Tree& fast_of(const Tree& params) {
  if (is_pair(params)) return params["fast"];
  throw TreeError(
      str_cat("lookahead updates a pair of parameters, {'fast', 'slow'}; start from "
              "LookaheadParams::init_synced(params).to_tree(), got ",
              params.to_string()));
}

Tree meet(const Tree& updates, const Array& sync, const Tree& params, const Scalar& step_size) {
  Tree distance =
      tree::map([](const Array& f, const Array& u, const Array& s) { return f + u - s; },
                params["fast"], updates, params["slow"]);
  Tree slow = tree::map([&](const Array& d) { return step_size * sync * d; }, distance);
  Tree fast =
      tree::map([&](const Array& u, const Array& d) { return u - sync * (1 - step_size) * d; },
                updates, distance);
  return {{"fast", fast}, {"slow", slow}};
}

}  // namespace

GradientTransformation lookahead(GradientTransformation fast_optimizer, int sync_period,
                                 Scalar slow_step_size, bool reset_state) {
  if (sync_period < 1) {
    throw ValueError(str_cat("lookahead needs a sync_period of 1 or more, got ", sync_period));
  }
  auto init = [fast_optimizer](const Tree& params) {
    const Tree& fast = is_pair(params) ? params["fast"] : params;
    return Tree{{"fast_state", fast_optimizer.init(fast)}, {"steps_since_sync", zero_count()}};
  };
  auto update = [=](const Tree& updates, const Tree& state, const Tree& params,
                    const ExtraArgs& extra) {
    const Tree& fast = fast_of(params);
    auto [step, fast_state] = fast_optimizer.update(updates, state["fast_state"], fast, extra);
    Array since = state["steps_since_sync"];
    Array sync = since == sync_period - 1;
    if (reset_state) {
      fast_state = tree_where(sync, fast_optimizer.init(fast), fast_state);
    }
    Tree next{{"fast_state", fast_state}, {"steps_since_sync", (since + 1) % sync_period}};
    return std::pair(meet(step, sync, params, slow_step_size), next);
  };
  return {init, update};
}

}  // namespace linum::optim
