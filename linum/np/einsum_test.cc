#include "linum/np/einsum.h"

#include <gmock/gmock.h>

#include "linum/lax/ramp_test.h"
#include "linum/np/expect_test.h"
#include "linum/transforms/eval_shape.h"

namespace linum {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Einsum, MultipliesMatrices) {
  const Array a = ramp({2, 3}), b = ramp({3, 4});
  expect_array(np::einsum("ij,jk->ik", a, b), np::matmul(a, b));
  expect_array(np::einsum("ij,jk", a, b), np::matmul(a, b));
  expect_array(np::einsum(" ij , jk -> ki ", a, b), np::transpose(np::matmul(a, b)));
}

TEST(Einsum, SumsWhatTheOutputLacks) {
  const Array a = ramp({2, 3});
  expect_array(np::einsum("ij->", a), np::sum(a));
  expect_array(np::einsum("ij->j", a), np::sum(a, 0));
  expect_array(np::einsum("ij,kl->k", a, np::ones({2, 2})), np::array({30., 30.}));
}

TEST(Einsum, TransposesInAlphabeticalOrderWithoutAnArrow) {
  const Array a = ramp({2, 3});
  expect_array(np::einsum("ba", a), np::transpose(a));
}

TEST(Einsum, RepeatedLettersAreDiagonals) {
  const Array a = ramp({3, 3});
  expect_array(np::einsum("ii->i", a), np::diagonal(a));
  expect_array(np::einsum("ii", a), np::trace(a));
  expect_array(np::einsum("iij->ij", ramp({2, 2, 2})), np::array({{0., 1.}, {6., 7.}}));
  expect_array(np::einsum("ii,i->i", a, np::array({1., 2., 3.})), np::array({0., 8., 24.}));
}

TEST(Einsum, EllipsesBroadcast) {
  const Array a = ramp({2, 1, 3, 4}), b = ramp({5, 4, 2});
  expect_array(np::einsum("...ij,...jk->...ik", a, b), np::matmul(a, b));
  EXPECT_EQ(np::einsum("i...,j...->ij...", ramp({2, 3}), ramp({4, 3})).shape(), (Shape{2, 4, 3}));
  EXPECT_EQ(np::einsum("...a", ramp({2, 3})).shape(), (Shape{2, 3}));
  EXPECT_EQ(np::einsum("a...->a", ramp({2, 3, 4})).shape(), (Shape{2}));
}

TEST(Einsum, AxesOfSizeOneBroadcast) {
  expect_array(np::einsum("ij,ij->i", np::ones({2, 1}), ramp({2, 3})), np::array({3., 12.}));
}

TEST(Einsum, TakesAxisNumbersForLetters) {
  const Array a = ramp({2, 3}), b = ramp({3, 4});
  expect_array(np::einsum({{a, {0, 1}}, {b, {1, 2}}}, {2, 0}), np::einsum("ij,jk->ki", a, b));
}

TEST(Einsum, SumsInThePreferredType) {
  const Array a = np::ones({2, 3}, bfloat16);
  EXPECT_EQ(np::einsum("ij,kj->ik", {a, a}, {.preferred_element_type = float32}).dtype(), float32);
  EXPECT_EQ(np::einsum("ij,kj->ik", a, np::ones({2, 3}, int32)).dtype(), bfloat16);
}

// A batched product is one dot_general, with batch dimensions and without transposes.
TEST(Einsum, LowersToOneDotGeneral) {
  const ProgramRef p =
      make_program([](const Array& q, const Array& k) { return np::einsum("bqd,bkd->bqk", q, k); },
                   shape_struct({2, 3, 4}, float32), shape_struct({2, 5, 4}, float32));
  EXPECT_EQ(p->equations.size(), 1u) << p->to_string();
}

TEST(EinsumPath, ContractsWhatIsCheapFirst) {
  const Array a = np::ones({10, 20}), b = np::ones({20, 30}), v = np::ones({30});
  const auto plan = np::einsum_path("ij,jk,k->i", {a, b, v});
  EXPECT_EQ(plan.path, (std::vector<Axes>{{1, 2}, {0, 1}}));
  EXPECT_EQ(plan.cost, 2 * 20 * 30 + 2 * 10 * 20);
  EXPECT_EQ(plan.naive_cost, 3 * 10 * 20 * 30);
  EXPECT_EQ(plan.largest_intermediate, 20);
}

TEST(EinsumPath, AllOrdersGiveTheSame) {
  const std::vector<Array> x{ramp({2, 3}), ramp({3, 4}), ramp({4, 2}), ramp({2})};
  const Array want = np::einsum("ij,jk,kl,l->i", x, {.optimize = "none"});
  expect_array(np::einsum("ij,jk,kl,l->i", x), want);
  expect_array(np::einsum("ij,jk,kl,l->i", x, {.optimize = "greedy"}), want);
  expect_array(np::einsum("ij,jk,kl,l->i", x, {.path = {{2, 3}, {1, 2}, {0, 1}}}), want);
}

TEST(EinsumPath, GreedyTakesManyOperands) {
  const std::vector<Array> chain(10, np::ones({2, 2}));
  expect_array(np::einsum("ab,bc,cd,de,ef,fg,gh,hi,ij,jk->ak", chain), np::full({2, 2}, 512.));
}

TEST(EinsumErrors, QuoteTheSubscripts) {
  const Array a = ramp({2, 3});
  const auto error = [](auto... args) { return message_of<Error>([&] { np::einsum(args...); }); };
  EXPECT_THAT(error("ij,jk->ik", a, a),
              AllOf(HasSubstr("einsum \"ij,jk->ik\": 'j' has size 3 in operand 0 of shape (2, 3)"),
                    HasSubstr("but 2 in operand 1 of shape (2, 3)")));
  EXPECT_THAT(error("ijk->i", a), HasSubstr("the term \"ijk\" has 3 letters, but operand 0 has "
                                            "shape (2, 3)"));
  EXPECT_THAT(error("ij->ik", a), HasSubstr("the output has 'k', which no operand has"));
  EXPECT_THAT(error("ij->ii", a), HasSubstr("the output has 'i' twice"));
  EXPECT_THAT(error("ij,jk->ik", a), HasSubstr("it has 2 terms, but 1 operands were given"));
  EXPECT_THAT(error("i1->i", a), HasSubstr("'1' is no letter"));
}

TEST(EinsumErrors, OfPaths) {
  const Array a = ramp({2, 2});
  EXPECT_THAT(message_of<ValueError>([&] {
                np::einsum("ij,jk", {a, a}, {.optimize = "best"});
              }),
              HasSubstr("optimize must be \"auto\", \"optimal\", \"greedy\" or \"none\""));
  EXPECT_THAT(message_of<ValueError>([&] {
                np::einsum("ij,jk,kl", {a, a, a}, {.path = {{0, 1}}});
              }),
              HasSubstr("the path leaves 2 of 3 operands"));
}

}  // namespace
}  // namespace linum
