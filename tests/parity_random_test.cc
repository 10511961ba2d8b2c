// jax.random: bits exactly, floats within 1e-6. Distributions and sampling are in parity/random.
#include "linum/random/random.h"
#include "linum/transforms/vmap.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

PARITY("random.PRNGKey", [](const Tree&) { return random::PRNGKey(42); });
PARITY("random.PRNGKey:negative", [](const Tree&) { return random::PRNGKey(-7); });
PARITY("random.key", [](const Tree&) { return random::key(42); });
PARITY("random.key_data", [](const Tree&) { return random::key_data(random::key(3)); });
PARITY("random.wrap_key_data", [](const Tree& in) { return random::wrap_key_data(in[0]); });
PARITY("random.clone", [](const Tree& in) { return random::clone(in[0]); });
PARITY("random.key_impl", [](const Tree& in) {
  std::string_view name = random::key_impl(in[0]);
  return Array::of<std::uint8_t>({static_cast<std::int64_t>(name.size())},
                                 std::vector<std::uint8_t>(name.begin(), name.end()));
});
PARITY("random.split", [](const Tree& in) { return random::split(in[0]); });
PARITY("random.split:many", [](const Tree& in) { return random::split(in[0], 5); });
PARITY("random.split:shape", [](const Tree& in) { return random::split(in[0], {2, 3}); });
PARITY("random.split:vmap", [](const Tree& in) {
  return vmap([](const Array& key) { return random::split(key); })(random::split(in[0], 3));
});
PARITY("random.fold_in", [](const Tree& in) { return random::fold_in(in[0], 7); });
PARITY("random.fold_in:large",
       [](const Tree& in) { return random::fold_in(in[0], (std::int64_t{1} << 32) - 5); });

PARITY("random.bits:uint8", [](const Tree& in) { return random::bits(in[0], {7}, uint8); });
PARITY("random.bits:uint16", [](const Tree& in) { return random::bits(in[0], {7}, uint16); });
PARITY("random.bits:uint32", [](const Tree& in) { return random::bits(in[0], {7}, uint32); });
PARITY("random.bits:uint64", [](const Tree& in) { return random::bits(in[0], {3}, uint64); });
PARITY("random.bits:matrix", [](const Tree& in) { return random::bits(in[0], {2, 3}); });
PARITY("random.bits:scalar", [](const Tree& in) { return random::bits(in[0]); });
PARITY("random.bits:vmap", [](const Tree& in) {
  return vmap([](const Array& key) { return random::bits(key, {3}); })(random::split(in[0], 2));
});

}  // namespace
}  // namespace linum
