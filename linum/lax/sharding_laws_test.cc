// The laws, for arrays over a mesh (of one device: tests/sharding_test.cc has more).
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/sharding.h"
#include "linum/transforms/shard_map.h"

namespace linum {

using X = std::span<const Array>;
using Arrays = std::vector<Array>;

static std::vector<Law> sharding_laws() {
  const auto constrained = [](X x) {
    const NamedSharding rows(make_mesh({1}, {"i"}), P{"i"});
    return Arrays{lax::mul(lax::with_sharding_constraint(lax::sin(x[0]), rows), x[1])};
  };
  const auto mapped = [](X x) {
    auto part = [](Array a, Array b) { return lax::mul(lax::psum(lax::sin(a), "i"), b); };
    return Arrays{shard_map(part, {make_mesh({1}, {"i"}), {P{"i"}}, {P{"i"}}})(x[0], x[1])};
  };
  return {law("sharding_constraint", constrained, {real({3}), real({3})}),
          law("shard_map", mapped, {real({3}), real({3})})};
}
INSTANTIATE_TEST_SUITE_P(Shardings, Laws, testing::ValuesIn(sharding_laws()), law_name);

}  // namespace linum
