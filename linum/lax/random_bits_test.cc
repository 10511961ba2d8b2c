#include "linum/lax/random_bits.h"

#include <gmock/gmock.h>

#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/lowering/lower.h"

namespace linum {
namespace {

using testing::HasSubstr;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;

Array keys_of(const Shape& shape) {
  std::vector<std::uint32_t> words(static_cast<std::size_t>(element_count(shape)), 0);
  for (std::size_t i = 0; i < words.size(); ++i)
    words[i] = static_cast<std::uint32_t>(2654435761U * (i + 1));
  return Array::of<std::uint32_t>(shape, words);
}

FlatFn bits_of(int width, const Shape& shape) {
  return [width, shape](X x) { return Arrays{lax::random_bits(x[0], width, shape)}; };
}
FlatFn split_of(const Shape& shape) {
  return [shape](X x) { return Arrays{lax::random_split(x[0], shape)}; };
}
Arrays fold_in(X x) { return {lax::random_fold_in(x[0], x[1])}; }

TEST(RandomBits, GivesOneResultForEachKey) {
  const Array keys = keys_of({3, 2});
  EXPECT_EQ(lax::random_bits(keys, 16, {4, 5}).aval(), Aval(uint16, {3, 4, 5}));
  EXPECT_EQ(lax::random_split(keys, {4}).aval(), Aval(uint32, {3, 4, 2}));
  EXPECT_EQ(lax::random_fold_in(keys, lax::iota(uint32, 3)).aval(), Aval(uint32, {3, 2}));
}

// The words of elements beyond 2^32 have a high counter that is not 0.
TEST(RandomBits, CountsInTwoWords) {
  const Aval key(uint32, {2});
  const auto text = [&](std::int64_t rows) {
    return lower_to_text(*trace_program(bits_of(8, {rows, 1 << 20}), {&key, 1}).program, {});
  };
  EXPECT_THAT(text(1 << 13), HasSubstr("ui64"));
  EXPECT_THAT(text(1 << 12), testing::Not(HasSubstr("ui64")));
}

TEST(RandomBits, ExplainsWrongOperands) {
  const Array one = Array::of<std::uint32_t>({1}, {0});
  EXPECT_THAT(message_of<DTypeError>([&] { lax::random_bits(one, 32, {3}); }),
              HasSubstr("random_bits takes keys, uint32 of shape (..., 2), got u32[1]"));
  EXPECT_THAT(message_of<DTypeError>([&] { lax::random_split(one, {3}); }),
              HasSubstr("random_split takes keys"));
  EXPECT_THAT(message_of<ShapeError>([&] {
                lax::random_fold_in(keys_of({3, 2}), one);
              }),
              HasSubstr("one uint32 number for each key, got u32[1] for keys u32[3,2]"));
}

std::vector<Law> random_bits_laws() {
  const auto key = integers({2}, 0, 1e9, DType::U32), keys = integers({3, 2}, 0, 1e9, DType::U32);
  return {law("random_bits", bits_of(32, {2, 3}), {key}),
          law("random_bits_8", bits_of(8, {4}), {keys}),
          law("random_bits_64", bits_of(64, {}), {keys}),
          law("random_split", split_of({2}), {key}),
          law("random_split_keys", split_of({2, 1}), {keys}),
          law("random_fold_in", fold_in, {key, integers({}, 0, 1e9, DType::U32)}),
          law("random_fold_in_keys", fold_in, {keys, integers({3}, 0, 1e9, DType::U32)})};
}
INSTANTIATE_TEST_SUITE_P(RandomBits, Laws, testing::ValuesIn(random_bits_laws()), law_name);

}  // namespace
}  // namespace linum
