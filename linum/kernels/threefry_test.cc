#include "linum/kernels/threefry.h"

#include <gmock/gmock.h>

#include "linum/lax/decompositions.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/random/random.h"
#include "linum/transforms/jit.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;
using Words = std::vector<std::uint32_t>;

// The words of numbers 0 to n - 1 under a key, by the cipher itself.
std::pair<Array, Array> words(const Array& key, std::int64_t n) {
  return lax::threefry2x32(np::index(key, 0), np::index(key, 1), np::asarray(0, uint32),
                           lax::iota(uint32, n));
}

TEST(ThreefryKernel, IsWhatTheCpuRuns) {
  auto draw = jit([](Array key) {
    auto [a, b] = random::split<2>(random::fold_in(key, 3));
    return random::bits(a, {4}) + random::bits(b, {4});
  });
  const std::string text = draw.lower(random::key(1)).as_text();
  for (const char* target : {"linum_random_bits", "linum_random_split", "linum_random_fold_in"})
    EXPECT_THAT(text, HasSubstr(target));
}

TEST(ThreefryKernel, GivesTheCiphersBitsInEveryWidth) {
  const Array key = random::key(13);
  auto [high, low] = words(key, 70001);
  const Words both = lax::bitwise_xor(high, low).to_vector<std::uint32_t>();
  EXPECT_THAT(random::bits(key, {70001}).to_vector<std::uint32_t>(), ElementsAreArray(both));
  const auto narrow = random::bits(key, {70001}, uint8).to_vector<std::uint8_t>();
  const auto wide = random::bits(key, {70001}, uint64).to_vector<std::uint64_t>();
  const Words h = high.to_vector<std::uint32_t>(), l = low.to_vector<std::uint32_t>();
  for (std::size_t i : {0UL, 1UL, 32767UL, 32768UL, 70000UL}) {
    EXPECT_EQ(narrow[i], both[i] & 0xff);
    EXPECT_EQ(wide[i], std::uint64_t{h[i]} << 32 | l[i]);
  }
}

TEST(ThreefryKernel, SplitsIntoTheCiphersWords) {
  const Array key = random::key(5);
  auto [high, low] = words(key, 3);
  const Array expected = np::stack({high, low}, 1);
  EXPECT_TRUE(np::array_equal(random::split(key, 3), expected).item<bool>());
  EXPECT_TRUE(np::array_equal(random::fold_in(key, 2), np::index(expected, 2)).item<bool>());
}

// A long result is drawn in pieces, which end inside the results of a key.
TEST(ThreefryKernel, DrawsForManyKeysAsForEach) {
  const Array keys = random::split(random::key(0), 3);
  auto draw = [](Array key) { return random::bits(key, {20011}); };
  const Array together = vmap(draw)(keys);
  const Array folded =
      vmap([](Array key, Array n) { return random::fold_in(key, n); })(keys, lax::iota(uint32, 3));
  for (std::int64_t i = 0; i < 3; ++i) {
    const Array key = np::index(keys, i);
    EXPECT_TRUE(np::array_equal(np::index(together, i), draw(key)).item<bool>());
    EXPECT_TRUE(np::array_equal(np::index(folded, i), random::fold_in(key, i)).item<bool>());
  }
}

TEST(ThreefryKernel, DrawsNothingForNoKeysAndForNoElements) {
  auto draw = [](Array key) { return random::bits(key, {2}); };
  EXPECT_EQ(vmap(draw)(np::zeros({0, 2}, uint32)).shape(), (Shape{0, 2}));
  EXPECT_EQ(random::bits(random::key(0), {0, 3}).shape(), (Shape{0, 3}));
}

// What reads the bits may want them by columns.
TEST(ThreefryKernel, KeepsItsOrderBesideMatricesByColumns) {
  auto drawn = [](Array key) { return random::normal(key, {4, 3}); };
  auto factored = jit([drawn](Array key) { return lax::linalg::geqrf(drawn(key)).a; });
  const Array key = random::key(0);
  const Array apart = lax::linalg::geqrf(drawn(key)).a;
  EXPECT_TRUE(np::allclose(factored(key), apart).item<bool>());
}

}  // namespace
}  // namespace linum
