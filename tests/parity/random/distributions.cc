// jax.random: distributions.
#include <limits>

#include "linum/core/value.h"
#include "linum/random/random.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

const Shape kShape = {3, 5};
constexpr double kInfinity = std::numeric_limits<double>::infinity();

#define SAMPLE(name, ...)                                                          \
  PARITY_TOL("random." name, 1e-6, "closer than float32 operations usually agree", \
             [](const Tree& in) { return random::__VA_ARGS__; })

SAMPLE("uniform", uniform(in[0], kShape));
SAMPLE("uniform:range", uniform(in[0], kShape, float32, -2.0, 3.0));
PARITY("random.uniform:float16",
       [](const Tree& in) { return random::uniform(in[0], {5}, float16); });
PARITY("random.uniform:bfloat16",
       [](const Tree& in) { return random::uniform(in[0], {5}, bfloat16); });
PARITY("random.uniform:float64",
       [](const Tree& in) { return random::uniform(in[0], {3}, float64); });
SAMPLE("normal", normal(in[0], kShape));
SAMPLE("normal:complex", normal(in[0], {3}, complex64));
PARITY("random.normal:float16", [](const Tree& in) { return random::normal(in[0], {5}, float16); });
PARITY("random.normal:bfloat16",
       [](const Tree& in) { return random::normal(in[0], {5}, bfloat16); });
PARITY("random.normal:float64", [](const Tree& in) { return random::normal(in[0], {3}, float64); });
SAMPLE("truncated_normal", truncated_normal(in[0], -2.0, 2.0, kShape));
SAMPLE("truncated_normal:one_sided", truncated_normal(in[0], 0.5, kInfinity, kShape));
SAMPLE("gumbel", gumbel(in[0], kShape));
SAMPLE("exponential", exponential(in[0], kShape));
SAMPLE("laplace", laplace(in[0], kShape));
SAMPLE("logistic", logistic(in[0], kShape));
SAMPLE("cauchy", cauchy(in[0], kShape));
SAMPLE("rayleigh", rayleigh(in[0], 1.5, kShape));
SAMPLE("maxwell", maxwell(in[0], kShape));
SAMPLE("double_sided_maxwell", double_sided_maxwell(in[0], 0.5, 2.0, kShape));
SAMPLE("pareto", pareto(in[0], 2.0, kShape));
SAMPLE("weibull_min", weibull_min(in[0], 1.5, 2.0, kShape));
SAMPLE("lognormal", lognormal(in[0], 0.5, kShape));
SAMPLE("triangular", triangular(in[0], -1.0, 0.5, 2.0, kShape));
SAMPLE("wald", wald(in[0], 1.5, kShape));
SAMPLE("gamma", gamma(in[0], 2.5, kShape));
SAMPLE("gamma:grad", gamma(in[0], in[1]));
SAMPLE("loggamma", loggamma(in[0], 0.7, kShape));
SAMPLE("beta", beta(in[0], 2.0, 0.7, kShape));
SAMPLE("chisquare", chisquare(in[0], 3.0, kShape));
SAMPLE("t", t(in[0], 4.0, kShape));
SAMPLE("f", f(in[0], 3.0, 5.0, kShape));
SAMPLE("generalized_normal", generalized_normal(in[0], 1.5, kShape));
SAMPLE("dirichlet", dirichlet(in[0], in[1], {2}));
SAMPLE("ball", ball(in[0], 3, 2.0, {4}));
SAMPLE("multivariate_normal",
       multivariate_normal(in[0], in[1], Array::of<float>({2, 2}, {2.0f, 0.5f, 0.5f, 1.0f}), {3}));
PARITY("random.orthogonal", [](const Tree& in) { return random::orthogonal(in[0], 3); });

PARITY("random.bernoulli", [](const Tree& in) { return random::bernoulli(in[0], 0.3, kShape); });
PARITY("random.bernoulli:array", [](const Tree& in) { return random::bernoulli(in[0], in[1]); });
PARITY("random.rademacher", [](const Tree& in) { return random::rademacher(in[0], kShape); });
PARITY("random.randint", [](const Tree& in) { return random::randint(in[0], kShape, -5, 17); });
PARITY("random.randint:int8",
       [](const Tree& in) { return random::randint(in[0], {6}, 0, 100, int8); });
PARITY("random.randint:uint32", [](const Tree& in) {
  return random::randint(in[0], {6}, 0, make_integer_scalar(4'000'000'000, uint32), uint32);
});
PARITY("random.geometric", [](const Tree& in) { return random::geometric(in[0], 0.3, kShape); });
PARITY("random.poisson", [](const Tree& in) { return random::poisson(in[0], 3.5, kShape); });
PARITY("random.binomial",
       [](const Tree& in) { return random::binomial(in[0], 10.0, 0.3, kShape); });
PARITY("random.multinomial", [](const Tree& in) {
  return random::multinomial(in[0], 20, Array::of<float>({3}, {0.2f, 0.3f, 0.5f}), {2, 3});
});

}  // namespace
}  // namespace linum
