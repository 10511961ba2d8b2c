#include "linum/nn/softmax.h"

#include "linum/nn/layer_test.h"
#include "linum/transforms/autodiff.h"

namespace linum::nn {
namespace {

TEST(Softmax, SumsToOneWithoutOverflow) {
  expect_values(softmax(np::array({1000.0, 1000.0})), {0.5, 0.5});
  Array x = np::array({{0.0, 5.0}, {0.0, 5.0}});
  expect_values(softmax(x, 0), {2, 2}, {0.5, 0.5, 0.5, 0.5});
  expect_values(softmax(np::zeros({2, 2}), std::nullopt), {2, 2}, {0.25, 0.25, 0.25, 0.25});
}

TEST(Softmax, LeavesOutWhatIsMasked) {
  Array where = np::array({true, false, true});
  expect_values(softmax(np::array({1.0, 9.0, 1.0}), -1, where), {0.5, 0, 0.5});
}

TEST(Softmax, IsDifferentiableToAnyOrder) {
  auto f = [](const Array& x) { return np::sum(softmax(x) * np::array({1.0, 0.0})); };
  Array x = np::array({0.0, 0.0});
  expect_values(linum::grad(f)(x), {0.25, -0.25});
  auto slope = [f](const Array& x) { return np::sum(linum::grad(f)(x) * np::array({1.0, 0.0})); };
  expect_values(linum::grad(slope)(np::array({std::log(2.0), 0.0})), {-2.0f / 27, 2.0f / 27});
}

TEST(LogSoftmax, GivesMinusInfinityWhereMasked) {
  Array where = np::array({true, false, true});
  expect_values(log_softmax(np::array({1.0, 9.0, 1.0}), -1, where),
                {-std::log(2.0f), -INFINITY, -std::log(2.0f)});
}

TEST(Logsumexp, AddsWeightedExponentials) {
  Array x = np::array({0.0, 0.0});
  expect_values(logsumexp(x), {}, {std::log(2.0f)});
  expect_values(logsumexp(x, {.b = np::array({3.0, 5.0})}), {}, {std::log(8.0f)});
  expect_values(logsumexp(x, {.b = np::array({3.0, -5.0})}), {}, {NAN});
  auto [log, sign] = logsumexp_and_sign(x, {.b = np::array({3.0, -5.0})});
  expect_values(log, {}, {std::log(2.0f)});
  expect_values(sign, {}, {-1});
}

TEST(Logsumexp, OfNothingIsMinusInfinity) {
  Array x = np::array({-INFINITY, -INFINITY});
  expect_values(logsumexp(x), {}, {-INFINITY});
}

TEST(Logmeanexp, CountsWhatIsNotMasked) {
  Array where = np::array({true, true, false});
  expect_values(logmeanexp(np::array({2.0, 2.0, 9.0}), {.where = where}), {}, {2});
}

}  // namespace
}  // namespace linum::nn
