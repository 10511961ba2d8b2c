// The laws, for functions that compilers know by name, and for branches by platform.
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/transforms/composite.h"
#include "linum/transforms/control_flow.h"

namespace linum {

using X = std::span<const Array>;
using Arrays = std::vector<Array>;

static std::vector<Law> composite_laws() {
  const auto composite = [](X x) {
    const Array& outer = x[1];
    auto f = [outer](Array v) { return lax::mul(lax::sin(v), outer); };
    return Arrays{lax::composite(f, "test.wave", {.version = 2})(x[0])};
  };
  const auto by_platform = [](X x) {
    const std::map<std::string, std::function<Array(Array, Array)>> branches{
        {"cpu", [](Array a, Array b) { return lax::mul(lax::sin(a), b); }},
        {"default", [](Array a, Array) { return lax::cos(a); }}};
    return Arrays{lax::platform_dependent(branches, x[0], x[1])};
  };
  return {law("composite", composite, {real({3}), real({3})}),
          law("platform_dependent", by_platform, {real({3}), real({3})})};
}
INSTANTIATE_TEST_SUITE_P(Composites, Laws, testing::ValuesIn(composite_laws()), law_name);

}  // namespace linum
