#include "linum/lax/rng.h"

#include <gmock/gmock.h>

#include "linum/core/value.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

using lax::RandomAlgorithm;
using testing::HasSubstr;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;

Array key_of(const std::vector<std::uint32_t>& words) {
  return Array::of<std::uint32_t>({static_cast<std::int64_t>(words.size())}, words);
}

TEST(RngBitGenerator, GivesTheSameBitsForTheSameKey) {
  const Array key = key_of({1, 2, 3, 4});
  for (const auto algorithm : {RandomAlgorithm::RNG_DEFAULT, RandomAlgorithm::RNG_THREE_FRY,
                               RandomAlgorithm::RNG_PHILOX}) {
    const auto [next, bits] = lax::rng_bit_generator(key, {100}, uint32, algorithm);
    EXPECT_EQ(next.aval(), key.aval());
    EXPECT_NE(next.to_vector<std::uint32_t>(), key.to_vector<std::uint32_t>());
    const Array again = lax::rng_bit_generator(key, {100}, uint32, algorithm).second;
    EXPECT_EQ(bits.to_vector<std::uint32_t>(), again.to_vector<std::uint32_t>());
    const Array later = lax::rng_bit_generator(next, {100}, uint32, algorithm).second;
    EXPECT_NE(bits.to_vector<std::uint32_t>(), later.to_vector<std::uint32_t>());
  }
}

TEST(RngBitGenerator, GivesEveryUnsignedDType) {
  const Array wide_key =
      lax::bitcast_convert_type(lax::reshape(key_of({1, 2, 3, 4}), {2, 2}), uint64);
  for (DType d : {uint8, uint16, uint32, uint64}) {
    EXPECT_EQ(lax::rng_bit_generator(wide_key, {2, 3}, d).second.aval(), Aval(d, {2, 3}));
  }
}

TEST(RngBitGenerator, ExplainsWrongOperands) {
  EXPECT_THAT(message_of<ShapeError>([] {
                lax::rng_bit_generator(key_of({1, 2}), {3});
              }),
              HasSubstr("rng_bit_generator takes a key of type u32[4] or u64[2], got u32[2]"));
  EXPECT_THAT(message_of<DTypeError>([] {
                lax::rng_bit_generator(key_of({1, 2, 3, 4}), {3}, int32);
              }),
              HasSubstr("unsupported dtype int32"));
}

TEST(RngUniform, DrawsFromItsInterval) {
  const Array x = jit([] { return lax::rng_uniform(Array(2.f), Array(3.f), {1000}); })();
  EXPECT_EQ(x.aval().strong(), Aval(float32, {1000}));
  double sum = 0;
  for (float v : x.to_vector<float>()) {
    EXPECT_GE(v, 2);
    EXPECT_LT(v, 3);
    sum += v;
  }
  EXPECT_NEAR(sum / 1000, 2.5, 0.1);
  EXPECT_EQ(lax::rng_uniform(Array(0), Array(7), {}).aval().strong(), Aval(int32, {}));
}

TEST(RngUniform, ExplainsWrongBounds) {
  const Array strong = make_scalar(1.0, float32);
  EXPECT_THAT(
      message_of<DTypeError>([&] { lax::rng_uniform(make_integer_scalar(0, int32), strong, {2}); }),
      HasSubstr("rng_uniform takes bounds of one dtype, got int32 and float32"));
  EXPECT_THAT(message_of<ShapeError>([&] { lax::rng_uniform(ramp({2}), ramp({2}), {2}); }),
              HasSubstr("rng_uniform takes scalar bounds, got f32[2] and f32[2]"));
}

std::vector<Law> rng_laws() {
  const auto bits = [](X x) {
    const auto [key, drawn] = lax::rng_bit_generator(x[0], {2, 3}, uint16);
    return Arrays{key, drawn};
  };
  const auto in_bounds = [](X x) {
    const Array drawn = lax::rng_uniform(x[0], x[1], {3});
    return Arrays{lax::bitwise_and(lax::ge(drawn, x[0]), lax::lt(drawn, x[1]))};
  };
  return {law("rng_bit_generator", bits, {integers({4}, 0, 1e9, DType::U32)}),
          law("rng_uniform", in_bounds, {real({}, -2, -1), real({}, 1, 2)}).in_double()};
}
INSTANTIATE_TEST_SUITE_P(Rng, Laws, testing::ValuesIn(rng_laws()), law_name);

}  // namespace
}  // namespace linum
