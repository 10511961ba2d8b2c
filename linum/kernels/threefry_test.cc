#include "linum/lax/threefry.h"

#include <gtest/gtest.h>

#include "linum/lax/decompositions.h"
#include "linum/lax/lax.h"
#include "linum/lowering/lower.h"
#include "linum/np/np.h"
#include "linum/random/random.h"
#include "linum/runtime/ffi.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

Array words(const Shape& shape, std::int64_t seed) {
  Array counts = lax::reshape(lax::iota(uint32, element_count(shape)), shape);
  return lax::add(lax::mul(counts, np::asarray(2654435761, uint32)), np::asarray(seed, uint32));
}

auto jitted() {
  return jit(
      [](Array k0, Array k1, Array x0, Array x1) { return lax::threefry2x32(k0, k1, x0, x1); });
}

TEST(ThreefryKernel, IsWhatTheCpuRuns) {
  Array key = np::asarray(1, uint32);
  std::string text = jitted().lower(key, key, words({4}, 0), words({4}, 1)).as_text();
  EXPECT_NE(text.find("linum_threefry2x32"), std::string::npos) << text;
}

TEST(ThreefryKernel, SplitsLongArraysWithoutChangingABit) {
  Array k0 = np::asarray(13, uint32), k1 = np::asarray(17, uint32);
  Array x0 = words({3, 40001}, 5), x1 = words({3, 40001}, 9);
  auto [whole0, whole1] = jitted()(k0, k1, x0, x1);
  for (std::int64_t row : {0, 2}) {
    Array a = np::index(x0, {row, np::Slice{39000, 39010}}),
          b = np::index(x1, {row, np::Slice{39000, 39010}});
    auto [part0, part1] = jitted()(k0, k1, a, b);
    EXPECT_TRUE(
        np::array_equal(part0, np::index(whole0, {row, np::Slice{39000, 39010}})).item<bool>());
    EXPECT_TRUE(
        np::array_equal(part1, np::index(whole1, {row, np::Slice{39000, 39010}})).item<bool>());
  }
}

// What reads the bits may want them by columns.
TEST(ThreefryKernel, KeepsItsOrderBesideMatricesByColumns) {
  auto drawn = [](Array key) { return random::normal(key, {4, 3}); };
  auto factored = jit([drawn](Array key) { return lax::linalg::geqrf(drawn(key)).a; });
  const Array key = random::key(0);
  const Array apart = lax::linalg::geqrf(drawn(key)).a;
  EXPECT_TRUE(np::allclose(factored(key), apart).item<bool>());
}

TEST(ThreefryKernel, TakesAKeyForEachCounter) {
  Array k0 = words({5}, 1), k1 = words({5}, 2), x0 = words({5}, 3), x1 = words({5}, 4);
  auto [all0, all1] = jitted()(k0, k1, x0, x1);
  for (std::int64_t i = 0; i < 5; ++i) {
    auto [one0, one1] =
        jitted()(np::index(k0, i), np::index(k1, i), np::index(x0, i), np::index(x1, i));
    EXPECT_TRUE(np::array_equal(one0, np::index(all0, i)).item<bool>());
    EXPECT_TRUE(np::array_equal(one1, np::index(all1, i)).item<bool>());
  }
}

}  // namespace
}  // namespace linum
