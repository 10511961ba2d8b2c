// optax.contrib, and transformations with arguments or states of their own kind.
#include "linum/np/np.h"
#include "linum/optim/optim.h"
#include "linum/random/random.h"
#include "linum/transforms/autodiff.h"
#include "tests/parity_testlib.h"

namespace linum::parity {
namespace {

using namespace optim;
using namespace optim::contrib;

Array loss_of(const Tree& params) {
  Array out = 0.0;
  for (const Array& x : tree::leaves(params)) {
    Array square = np::square(x);
    out = out + np::sum(np::square(square) + square);
  }
  return out;
}
ExtraArgs nothing(const Tree&) { return {}; }
ExtraArgs with_value(const Tree& params) { return {.value = loss_of(params)}; }
ExtraArgs with_function(const Tree&) { return {.value_fn = loss_of}; }

Tree at_step(const Tree& grads, std::int64_t i) {
  return tree::map([&](const Array& g) { return np::index(g, i); }, grads);
}

// The updates of all steps, stacked, and the last parameters.
Function trajectory(std::function<GradientTransformation()> make, ExtraArgs (*extra)(const Tree&)) {
  return [make, extra](const Tree& in) -> Tree {
    GradientTransformation tx = make();
    Tree params = in[0], state = tx.init(params);
    std::vector<Tree> all;
    for (std::int64_t i = 0; i < tree::leaves(in[1])[0].shape(0); ++i) {
      auto [updates, next] = tx.update(at_step(in[1], i), state, params, extra(params));
      params = apply_updates(params, updates);
      state = next;
      all.push_back(updates);
    }
    auto stack = [](std::span<const Array> u) { return np::stack({u.begin(), u.end()}); };
    return Tree::list({tree::map_n(stack, all), params});
  };
}

#define STEPS_WITH(extra, name, ...) \
  PARITY("optax." name, trajectory([]() -> GradientTransformation { return __VA_ARGS__; }, extra))
#define STEPS(name, ...) STEPS_WITH(nothing, name, __VA_ARGS__)
// 1 - b2^t cancels: the last bit of b2^t, where eager and compiled JAX differ too, is 2e-5 of it.
#define STEPS_OF_ADAM(name, ...)                      \
  PARITY_TOL("optax." name, 4e-5, "1 - b2^t cancels", \
             trajectory([]() -> GradientTransformation { return __VA_ARGS__; }, nothing))

// --- contrib ----------------------------------------------------------------------------------

STEPS_OF_ADAM("contrib.acprop", acprop(0.1));
STEPS_OF_ADAM("contrib.ademamix", ademamix(0.1));
STEPS("contrib.adopt", adopt(0.1));
STEPS("contrib.cocob", cocob());
STEPS("contrib.dadapt_adamw", dadapt_adamw(1.0, {.weight_decay = 0.01}));
STEPS("contrib.dog", dog());
STEPS("contrib.dog:distance", dog(0.5, {.init_step = {"distance", 0.1}, .weight_decay = 0.1}));
STEPS("contrib.dog:learning_rate", dog(1.0, {.init_step = {"learning_rate", 0.1}}));
STEPS("contrib.dowg", dowg());
STEPS("contrib.madgrad", madgrad(0.1, {.weight_decay = 0.01}));
STEPS("contrib.mechanize", mechanize(sgd(0.1)));
STEPS_OF_ADAM("contrib.muon", muon(0.1));
STEPS("contrib.normalize", contrib::normalize());
STEPS("contrib.prodigy", prodigy(1.0, {.weight_decay = 0.01}));
STEPS("contrib.prodigy:safeguard", prodigy(0.5, {.safeguard_warmup = true}));
STEPS("contrib.sam", sam(sgd(0.1), chain(contrib::normalize(), sgd(0.05))));
STEPS("contrib.sam:keep",
      sam(sgd(0.1), sgd(0.05, {.momentum = 0.9}), {.sync_period = 3, .reset_state = false}));
STEPS("contrib.schedule_free", schedule_free(sgd(0.1), 0.1));
STEPS_OF_ADAM("contrib.schedule_free_adamw", schedule_free_adamw(0.1, {.warmup_steps = 3}));
STEPS("contrib.schedule_free_sgd", schedule_free_sgd(0.1, {.weight_decay = 0.01}));
STEPS("contrib.simplified_ademamix", simplified_ademamix(0.1, {.alpha = 2.0}));
STEPS_OF_ADAM("contrib.scale_by_acprop", scale_by_acprop());
STEPS_OF_ADAM("contrib.scale_by_ademamix", scale_by_ademamix());
STEPS("contrib.scale_by_adopt", scale_by_adopt({.nesterov = true}));
STEPS("contrib.scale_by_cocob", scale_by_cocob());
STEPS("contrib.scale_by_madgrad", scale_by_madgrad(0.1));
STEPS("contrib.scale_by_simplified_ademamix", scale_by_simplified_ademamix());
STEPS_WITH(with_value, "contrib.reduce_on_plateau",
           reduce_on_plateau({.factor = 0.5, .patience = 2, .rtol = 0.3, .cooldown = 1}));
STEPS_WITH(with_value, "contrib.momo", momo(0.1));
STEPS_WITH(with_value, "contrib.momo:adapt",
           momo(0.1, {.weight_decay = 0.01, .adapt_lower_bound = true}));
STEPS_WITH(with_value, "contrib.momo_adam", momo_adam());
STEPS_WITH(with_value, "contrib.momo_adam:adapt",
           momo_adam(1e-2, {.weight_decay = 0.01, .adapt_lower_bound = true}));
STEPS_WITH(with_function, "contrib.sophia", sophia(0.1, {.update_interval = 2}));
STEPS_WITH(with_function, "contrib.hutchinson_estimator_diag_hessian",
           hutchinson_estimator_diag_hessian(random::PRNGKey(2)));

// --- Muon -------------------------------------------------------------------------------------

// Newton-Schulz iterations magnify small singular values, and their rounding, 3.4 times each.
#define STEPS_OF_MUON(name, ...)                                 \
  PARITY_TOL("optax." name, 2e-4, "iterations magnify rounding", \
             trajectory([]() -> GradientTransformation { return __VA_ARGS__; }, nothing))
STEPS_OF_MUON("contrib.scale_by_muon", scale_by_muon());
STEPS_OF_MUON("contrib.scale_by_muon:aol", scale_by_muon({.preconditioning = "aol"}));
STEPS_OF_MUON("contrib.scale_by_muon:schatten", scale_by_muon({.preconditioning = "schatten"}));
STEPS_OF_MUON("contrib.muon:adaptive",
              muon(0.1, {.muon = {.nesterov = false, .adaptive = true}, .consistent_rms = 0.2}));
std::optional<MuonDimensionNumbers> cube(const std::string&, const Array&) {
  return MuonDimensionNumbers{{0, 1}, {2}};
}
STEPS_OF_MUON("contrib.MuonDimensionNumbers",
              muon(0.1, {.muon = {.weight_dimension_numbers = cube}}));

// --- others -----------------------------------------------------------------------------------

Array is_even(const Array& step, const ExtraArgs&) { return step % 2 == 0; }
STEPS("conditionally_mask", conditionally_mask(sgd(0.1, {.momentum = 0.9}), is_even));
STEPS("conditionally_transform", conditionally_transform(sgd(0.1, {.momentum = 0.9}), is_even));
STEPS("inject_stateful_hyperparams",
      inject_stateful_hyperparams([](auto& h) { return sgd(h["learning_rate"]); },
                                  {{"learning_rate",
                                    WrappedSchedule(linear_schedule(0.1, 0, 4))}}));
STEPS("noisy_sgd", noisy_sgd(0.1, random::key(5)));
STEPS_OF_ADAM("optimistic_adam_v2", optimistic_adam_v2(0.1));
STEPS_WITH(with_value, "polyak_sgd", polyak_sgd());
STEPS_WITH(with_value, "scale_by_polyak", scale_by_polyak({.variant = "sps+"}));
STEPS("scale_by_distance_over_gradients", scale_by_distance_over_gradients());
STEPS("selective_transform",
      selective_transform(sgd(0.1), Tree{{"b", Array(true)}, {"w", Array(false)}}));
STEPS("stateless",
      stateless([](const Tree& u, const Tree& p) { return tree_add_scale(u, 0.1, p); }));
STEPS("stateless_with_tree_map",
      stateless_with_tree_map([](const Array& u, const Array& p) { return u - 0.1 * p; }));

PARITY("optax.contrib.schedule_free_eval_params", [](const Tree& in) {
  auto tx = schedule_free_sgd(0.1);
  auto [updates, state] = tx.update(at_step(in[1], 0), tx.init(in[0]), in[0]);
  return schedule_free_eval_params(state, in[0]);
});

PARITY("optax.lookahead", [](const Tree& in) {
  auto tx = lookahead(sgd(0.1, {.momentum = 0.9}), 2, 0.5, true);
  Tree params = LookaheadParams::init_synced(in[0]).to_tree(), state = tx.init(params);
  for (int i = 0; i < 5; ++i) {
    auto [updates, next] = tx.update(at_step(in[1], i), state, params);
    params = apply_updates(params, updates);
    state = next;
  }
  return std::pair(params["fast"], params["slow"]);
});

// The last updates and what the state then holds.
Function measured(std::function<GradientTransformation()> make) {
  return [make](const Tree& in) -> Tree {
    GradientTransformation tx = make();
    Tree state = tx.init(in[0]), updates;
    for (int i = 0; i < 5; ++i) {
      std::tie(updates, state) = tx.update(at_step(in[1], i), state, in[0]);
    }
    Tree::List leaves;
    for (const Array& x : tree::leaves(state)) leaves.push_back(x);
    return Tree::list({updates, Tree(leaves)});
  };
}
Tree norm_of(const Tree& updates) { return tree_norm(updates); }
PARITY("optax.snapshot", measured([] { return snapshot("norm", norm_of); }));
PARITY("optax.ApplyEvery", measured([] { return apply_every(2); }));
PARITY("optax.monitor", [](const Tree& in) {
  Tree out = measured([] {
    return monitor({{"ema", measure_with_ema(norm_of, 0.9)}, {"norm", Measure(norm_of)}});
  })(in);
  // Here the states come first, by name.
  const Tree& leaves = out[1];
  return Tree::list({out[0], Tree::list({leaves[2], leaves[3], leaves[0], leaves[1]})});
});

PARITY("optax.contrib.split_real_and_imaginary", [](const Tree& in) {
  auto tx = split_real_and_imaginary(adam(0.1));
  return tx.update(in[1], tx.init(in[0]), in[0]).first;
});

PARITY("optax.contrib.sam:opaque", [](const Tree& in) {
  auto tx = sam(sgd(0.1), sgd(0.05), {.sync_period = 3, .opaque_mode = true});
  auto grad_fn = [](const Tree& at, int) { return grad([](Tree p) { return loss_of(p); })(at); };
  return tx.update(at_step(in[1], 0), tx.init(in[0]), in[0], {.grad_fn = grad_fn}).first;
});

auto twice(std::function<GradientTransformation()> make) {
  return [make](const Tree& in) {
    GradientTransformation tx = make();
    auto [first, state] = tx.update(in[1], tx.init(in[0]), in[0]);
    return std::pair(first, tx.update(in[1], state, in[0]).first);
  };
}
PARITY("optax.contrib.differentially_private_aggregate",
       twice([] { return differentially_private_aggregate(2.0, 0.5, random::key(4)); }));
PARITY("optax.contrib.dpsgd",
       twice([] { return dpsgd(0.1, 2.0, 0.5, random::key(4), {.momentum = 0.9}); }));

}  // namespace
}  // namespace linum::parity
