// Five steps of every optimizer and transformation of optax.
#include "linum/np/np.h"
#include "linum/optim/optim.h"
#include "linum/random/random.h"
#include "tests/parity_testlib.h"

namespace linum::parity {
namespace {

using namespace optim;

// Inputs: parameters, and gradients with the steps in front. Gives the updates of all steps,
// stacked, and the last parameters.
Function trajectory(std::function<GradientTransformation()> make) {
  return [make](const Tree& in) -> Tree {
    GradientTransformation tx = make();
    Tree params = in[0], state = tx.init(params);
    std::vector<Tree> all;
    const std::int64_t steps = tree::leaves(in[1])[0].shape(0);
    for (std::int64_t i = 0; i < steps; ++i) {
      Tree grads = tree::map([&](const Array& g) { return np::index(g, i); }, in[1]);
      auto [updates, next] = tx.update(grads, state, params);
      params = apply_updates(params, updates);
      state = next;
      all.push_back(updates);
    }
    auto stack = [](std::span<const Array> u) { return np::stack({u.begin(), u.end()}); };
    return Tree::list({tree::map_n(stack, all), params});
  };
}

#define STEPS(name, ...) \
  PARITY("optax." name, trajectory([]() -> GradientTransformation { return __VA_ARGS__; }))

// 1 - b2^t cancels: the last bit of b2^t, where eager and compiled JAX differ too, is 2e-5 of it.
#define STEPS_OF_ADAM(name, ...)                      \
  PARITY_TOL("optax." name, 4e-5, "1 - b2^t cancels", \
             trajectory([]() -> GradientTransformation { return __VA_ARGS__; }))

const Tree kOnlyW{{"b", Array(false)}, {"w", Array(true)}};
const Tree kOnlyB{{"b", Array(true)}, {"w", Array(false)}};

// --- optimizers -------------------------------------------------------------------------------

STEPS_OF_ADAM("adabelief", adabelief(0.1));
STEPS("adadelta", adadelta(0.1));
STEPS("adafactor", adafactor(0.1));
STEPS("adagrad", adagrad(0.1));
STEPS_OF_ADAM("adam", adam(0.1));
STEPS("adamax", adamax(0.1));
STEPS("adamaxw", adamaxw(0.1));
STEPS_OF_ADAM("adamw", adamw(0.1));
STEPS("adan", adan(0.1));
STEPS_OF_ADAM("amsgrad", amsgrad(0.1));
STEPS("fromage", fromage(0.1));
STEPS("lamb", lamb(0.1));
STEPS("lars", lars(0.1));
STEPS("lion", lion(0.1));
STEPS_OF_ADAM("nadam", nadam(0.1));
STEPS_OF_ADAM("nadamw", nadamw(0.1));
STEPS("novograd", novograd(0.1));
STEPS_OF_ADAM("optimistic_adam", optimistic_adam(0.1));
STEPS("optimistic_gradient_descent", optimistic_gradient_descent(0.1));
STEPS("radam", radam(0.1));
STEPS("rmsprop", rmsprop(0.1));
STEPS("rprop", rprop(0.1));
STEPS("sgd", sgd(0.1));
STEPS("sign_sgd", sign_sgd(0.1));
STEPS("signum", signum(0.1));
STEPS("sm3", sm3(0.1));
STEPS_OF_ADAM("yogi", yogi(0.1));

STEPS_OF_ADAM("adam:nesterov", adam(0.1, {.nesterov = true}));
STEPS("adam:options", adam(0.1, {.b1 = 0.8, .b2 = 0.95, .eps = 1e-4, .eps_root = 1e-6}));
STEPS_OF_ADAM("adam:schedule", adam(exponential_decay(0.1, 2, 0.5)));
STEPS_OF_ADAM("adamw:decay", adamw(0.1, {.weight_decay = 0.1}));
STEPS_OF_ADAM("adamw:mask", adamw(0.1, {.weight_decay = 0.1, .mask = Mask(kOnlyW)}));
STEPS("sgd:momentum", sgd(0.1, {.momentum = 0.9}));
STEPS("sgd:nesterov", sgd(0.1, {.momentum = 0.9, .nesterov = true}));
STEPS("sgd:schedule", sgd(linear_schedule(0.1, 0.0, 4)));
STEPS("rmsprop:centered", rmsprop(0.1, {.centered = true, .momentum = 0.9}));

// --- transformations --------------------------------------------------------------------------

STEPS("adaptive_grad_clip", adaptive_grad_clip(0.1));
STEPS("add_decayed_weights", add_decayed_weights(0.1));
STEPS("add_noise", add_noise(0.1, 0.55, random::key(3)));
STEPS("apply_every", apply_every(2));
STEPS("apply_if_finite", apply_if_finite(sgd(0.1), 2));
STEPS("apply_if_finite:nan", apply_if_finite(sgd(0.1), 2));
STEPS("centralize", centralize());
STEPS("chain", chain(clip(0.5), trace(0.9), scale(-0.1)));
STEPS("clip", clip(0.5));
STEPS("clip_by_block_rms", clip_by_block_rms(0.5));
STEPS("clip_by_global_norm", clip_by_global_norm(1.0));
STEPS("ema", ema(0.9));
STEPS("flatten", flatten(chain(clip_by_global_norm(1.0), scale(-0.1))));
STEPS("freeze", freeze(kOnlyB));
STEPS("identity", identity());
STEPS_OF_ADAM("inject_hyperparams",
              inject_hyperparams([](auto& h) { return adam(h["learning_rate"]); },
                                 {{"learning_rate",
                                   ScalarOrSchedule(linear_schedule(0.1, 0.0, 4))}}));
STEPS("keep_params_nonnegative", keep_params_nonnegative());
STEPS("masked", masked(scale(-0.1), kOnlyW));
STEPS("MultiSteps", MultiSteps(sgd(0.1), 2));
STEPS("named_chain", named_chain({{"a", clip(0.5)}, {"b", scale(-0.1)}}));
STEPS("normalize_by_update_norm", normalize_by_update_norm());
STEPS("scale", scale(-0.1));
STEPS("scale_by_adadelta", scale_by_adadelta());
STEPS_OF_ADAM("scale_by_adam", scale_by_adam());
STEPS("scale_by_adamax", scale_by_adamax());
STEPS("scale_by_adan", scale_by_adan());
STEPS_OF_ADAM("scale_by_amsgrad", scale_by_amsgrad());
STEPS_OF_ADAM("scale_by_belief", scale_by_belief());
STEPS("scale_by_factored_rms", scale_by_factored_rms({.min_dim_size_to_factor = 2}));
STEPS("scale_by_learning_rate", scale_by_learning_rate(ScalarOrSchedule(0.1)));
STEPS("scale_by_lion", scale_by_lion());
STEPS("scale_by_novograd", scale_by_novograd());
STEPS("scale_by_optimistic_gradient", scale_by_optimistic_gradient());
STEPS("scale_by_param_block_norm", scale_by_param_block_norm());
STEPS("scale_by_param_block_rms", scale_by_param_block_rms());
STEPS("scale_by_radam", scale_by_radam());
STEPS("scale_by_rms", scale_by_rms());
STEPS("scale_by_rprop", scale_by_rprop(0.1));
STEPS("scale_by_rss", scale_by_rss());
STEPS("scale_by_schedule", scale_by_schedule(linear_schedule(1.0, 0.0, 4)));
STEPS("scale_by_sign", scale_by_sign());
STEPS("scale_by_sm3", scale_by_sm3());
STEPS("scale_by_stddev", scale_by_stddev());
STEPS("scale_by_trust_ratio", scale_by_trust_ratio());
STEPS_OF_ADAM("scale_by_yogi", scale_by_yogi());
STEPS("set_to_zero", set_to_zero());
STEPS("trace", trace(0.9, {.nesterov = true}));
STEPS("zero_nans", zero_nans());
STEPS("zero_nans:nan", chain(zero_nans(), sgd(0.1)));

std::string group_of(const std::string& path, const Array&) { return path == "b" ? "a" : "b"; }
STEPS_OF_ADAM("partition", partition({{"a", sgd(0.1)}, {"b", adam(0.1)}}, group_of));
STEPS_OF_ADAM("multi_transform", multi_transform({{"a", sgd(0.1)}, {"b", adam(0.1)}}, group_of));

// --- functions --------------------------------------------------------------------------------

PARITY("optax.apply_updates", [](const Tree& in) { return apply_updates(in[0], in[1]); });
PARITY("optax.incremental_update",
       [](const Tree& in) { return incremental_update(in[0], in[1], 0.1); });
PARITY("optax.periodic_update",
       [](const Tree& in) { return periodic_update(in[0], in[1], np::array(4), 2); });
PARITY("optax.global_norm", [](const Tree& in) { return global_norm(in[0]); });
PARITY("optax.safe_norm", [](const Tree& in) { return safe_norm(in[0], 1e-3); });
PARITY("optax.safe_increment", [](const Tree& in) { return safe_increment(in[0]); });
PARITY("optax.bias_correction",
       [](const Tree& in) { return tree_bias_correction(in[0], 0.9, np::array(3)); });
PARITY("optax.update_moment",
       [](const Tree& in) { return tree_update_moment(in[0], in[1], 0.9, 2); });

}  // namespace
}  // namespace linum::parity
