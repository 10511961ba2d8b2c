// jax.random: drawing from given things.
#include "linum/random/random.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

PARITY("random.categorical", [](const Tree& in) { return random::categorical(in[0], in[1]); });
PARITY("random.categorical:axis",
       [](const Tree& in) { return random::categorical(in[0], in[1], 0); });
PARITY("random.categorical:shape", [](const Tree& in) {
  return random::categorical(in[0], in[1], -1, {.shape = {4, 3}});
});
PARITY("random.permutation", [](const Tree& in) { return random::permutation(in[0], 10); });
PARITY("random.permutation:rows", [](const Tree& in) { return random::permutation(in[0], in[1]); });
PARITY("random.permutation:independent",
       [](const Tree& in) { return random::permutation(in[0], in[1], 0, true); });
PARITY("random.choice", [](const Tree& in) { return random::choice(in[0], 10, {4}); });
PARITY("random.choice:without_replacement",
       [](const Tree& in) { return random::choice(in[0], 10, {4}, {.replace = false}); });
PARITY("random.choice:weights",
       [](const Tree& in) { return random::choice(in[0], 4, {6}, {.p = in[1]}); });
PARITY("random.choice:weights_without_replacement", [](const Tree& in) {
  return random::choice(in[0], 4, {3}, {.replace = false, .p = in[1]});
});
PARITY("random.choice:rows", [](const Tree& in) { return random::choice(in[0], in[1], {3}); });

}  // namespace
}  // namespace linum
