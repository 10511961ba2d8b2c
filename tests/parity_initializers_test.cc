// flax.linen.initializers: the parameters of a key.
#include "linum/nn/initializers.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

namespace init = nn::initializers;

// With default arguments, a matrix and a convolution's kernel.
#define PLAIN(name)                                                   \
  PARITY("initializers." #name, [](const Tree& in) {                  \
    nn::Initializer made = init::name();                              \
    return std::pair{made(in[0], {5, 4}), made(in[0], {3, 3, 2, 4})}; \
  })
PLAIN(glorot_normal);
PLAIN(glorot_uniform);
PLAIN(he_normal);
PLAIN(he_uniform);
PLAIN(kaiming_normal);
PLAIN(kaiming_uniform);
PLAIN(lecun_normal);
PLAIN(lecun_uniform);
PLAIN(normal);
PLAIN(ones_init);
PLAIN(orthogonal);
PLAIN(truncated_normal);
PLAIN(uniform);
PLAIN(xavier_normal);
PLAIN(xavier_uniform);
PLAIN(zeros_init);

PARITY("initializers.ones", [](const Tree& in) { return init::ones(in[0], {2, 3}); });
PARITY("initializers.zeros", [](const Tree& in) { return init::zeros(in[0], {2, 3}); });
PARITY("initializers.ones_init:linen",
       [](const Tree& in) { return init::ones_init()(in[0], {2}); });
PARITY("initializers.zeros_init:linen",
       [](const Tree& in) { return init::zeros_init()(in[0], {2}); });
PARITY("initializers.constant", [](const Tree& in) { return init::constant(0.3)(in[0], {2, 3}); });
PARITY("initializers.normal:stddev", [](const Tree& in) {
  return init::normal(0.02)(in[0], {4, 3});
});
PARITY("initializers.uniform:scale", [](const Tree& in) {
  return init::uniform(0.5)(in[0], {4, 3});
});
PARITY("initializers.truncated_normal:bounds", [](const Tree& in) {
  return init::truncated_normal(0.5, float32, -1.0, 1.5)(in[0], {4, 3});
});

#define SCALED(mode, distribution)                                                    \
  PARITY("initializers.variance_scaling:" mode "_" distribution, [](const Tree& in) { \
    return init::variance_scaling(2.0, mode, distribution)(in[0], {3, 2, 4});         \
  })
#define SCALED_BY(mode)             \
  SCALED(mode, "normal");           \
  SCALED(mode, "truncated_normal"); \
  SCALED(mode, "uniform")
SCALED_BY("fan_in");
SCALED_BY("fan_out");
SCALED_BY("fan_avg");
SCALED_BY("fan_geo_avg");
PARITY("initializers.variance_scaling:axes", [](const Tree& in) {
  init::FanAxes axes{.in_axis = {0, 1}, .out_axis = {-1}, .batch_axis = {2}};
  return init::variance_scaling(1.0, "fan_in", "normal", axes)(in[0], {2, 3, 2, 4});
});

PARITY("initializers.orthogonal:scale", [](const Tree& in) {
  return init::orthogonal(2.0, 0)(in[0], {3, 5});
});
PARITY("initializers.delta_orthogonal", [](const Tree& in) {
  return init::delta_orthogonal()(in[0], {3, 3, 2, 4});
});
PARITY("initializers.lecun_normal:bfloat16", [](const Tree& in) {
  return init::lecun_normal()(in[0], {5, 4}, bfloat16);
});

}  // namespace
}  // namespace linum
