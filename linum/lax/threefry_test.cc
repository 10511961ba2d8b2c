#include "linum/lax/threefry.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "linum/core/value.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/ramp_test.h"
#include "linum/lowering/lower.h"

namespace linum {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;

// This folder's tests are of the plain lowerings; kernels/ has its own.
[[maybe_unused]] const int kernels_off = setenv("LINUM_KERNELS", "off", 1);

Array word(std::uint32_t value) { return make_integer_scalar(value, DType::U32); }

std::vector<std::uint32_t> hash(std::uint32_t k0, std::uint32_t k1, std::uint32_t x0,
                                std::uint32_t x1) {
  const auto [a, b] = lax::threefry2x32(word(k0), word(k1), word(x0), word(x1));
  return {a.to_vector<std::uint32_t>()[0], b.to_vector<std::uint32_t>()[0]};
}

FlatFn hash_of_counters() {
  return [](X x) {
    const auto [a, b] = lax::threefry2x32(x[0], word(7), x[1], word(1));
    return Arrays{a, b};
  };
}

// The known answers of the Random123 library.
TEST(Threefry, GivesTheKnownAnswers) {
  EXPECT_THAT(hash(0, 0, 0, 0), ElementsAre(0x6b200159, 0x99ba4efe));
  const std::uint32_t ones = 0xffffffff;
  EXPECT_THAT(hash(ones, ones, ones, ones), ElementsAre(0x1cb996fc, 0xbb002be7));
  EXPECT_THAT(hash(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3),
              ElementsAre(0xc4923a9c, 0x483df7a0));
}

// CPUs run the rounds as a loop, accelerators in a row: the same bits.
TEST(Threefry, IsTheSameOnAllPlatforms) {
  const Aval types[] = {Aval(DType::U32, {}), Aval(DType::U32, {3})};
  const ProgramRef program = trace_program(hash_of_counters(), types).program;
  EXPECT_THAT(lower_to_text(*program, {.platform = "cpu"}), HasSubstr("stablehlo.while"));
  EXPECT_THAT(lower_to_text(*program, {.platform = "tpu"}), Not(HasSubstr("stablehlo.while")));
  const Array operands[] = {word(42), Array::of<std::uint32_t>({3}, {0, 1, 2})};
  const Arrays rolled = compile_program(*program, {.platform = "cpu"}).run(operands);
  const Arrays unrolled = compile_program(*program, {.platform = "tpu"}).run(operands);
  expect_close(unrolled[0], rolled[0], 0);
  expect_close(unrolled[1], rolled[1], 0);
}

TEST(Threefry, ExplainsWrongOperands) {
  const Array x = Array::of<std::uint32_t>({3}, {0, 1, 2});
  EXPECT_THAT(message_of<DTypeError>([&] { lax::threefry2x32(0, word(0), x, x); }),
              HasSubstr("threefry2x32 takes uint32 keys and counters, got int32"));
  EXPECT_THAT(message_of<ShapeError>([&] {
                lax::threefry2x32(word(0), word(0), x, Array::of<std::uint32_t>({2}, {0, 1}));
              }),
              HasSubstr("operands of one shape, got (3,) and (2,)"));
}

std::vector<Law> threefry_laws() {
  return {law("threefry2x32", hash_of_counters(),
              {integers({}, 0, 1e9, DType::U32), integers({3}, 0, 1e9, DType::U32)})};
}
INSTANTIATE_TEST_SUITE_P(Threefry, Laws, testing::ValuesIn(threefry_laws()), law_name);

}  // namespace
}  // namespace linum
