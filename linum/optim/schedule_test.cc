#include "linum/optim/schedule.h"

#include "linum/base/testing.h"
#include "linum/np/np.h"

namespace linum::optim {
namespace {

std::vector<float> at(const Schedule& schedule, const std::vector<int>& steps) {
  std::vector<float> out;
  for (int step : steps) out.push_back(schedule(np::array(step)).item<float>());
  return out;
}

void expect_near(const std::vector<float>& actual, const std::vector<float>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-6);
}

TEST(Schedule, ConstantStays) { expect_near(at(constant_schedule(0.3), {0, 100}), {0.3f, 0.3f}); }

TEST(Schedule, LinearGoesFromBeginToEnd) {
  expect_near(at(linear_schedule(1.0, 0.0, 4, 2), {0, 2, 3, 6, 9}), {1, 1, 0.75, 0, 0});
}

TEST(Schedule, ExponentialDecaysSmoothlyOrInStairs) {
  expect_near(at(exponential_decay(1.0, 2, 0.25), {0, 1, 2}), {1, 0.5, 0.25});
  expect_near(at(exponential_decay(1.0, 2, 0.25, {.staircase = true}), {1, 2, 3}), {1, 0.25, 0.25});
  expect_near(at(exponential_decay(1.0, 1, 0.5, {.end_value = 0.2}), {1, 5}), {0.5, 0.2f});
}

TEST(Schedule, CosineEndsAtAlpha) {
  expect_near(at(cosine_decay_schedule(2.0, 10, 0.1), {0, 5, 10, 20}), {2, 1.1f, 0.2f, 0.2f});
}

TEST(Schedule, PiecewiseConstantMultiplies) {
  expect_near(at(piecewise_constant_schedule(1.0, {{2, 0.5}, {4, 0.1}}), {1, 2, 3, 5}),
              {1, 0.5, 0.5, 0.05f});
}

TEST(Schedule, WarmupCosineRisesThenFalls) {
  Schedule s = warmup_cosine_decay_schedule(0.0, 1.0, 2, 6, 0.5);
  expect_near(at(s, {0, 1, 2, 4, 6}), {0, 0.5, 1, 0.75, 0.5});
}

TEST(Schedule, JoinedOnesCountFromTheirOwnStart) {
  Schedule s = join_schedules({constant_schedule(1.0), linear_schedule(1.0, 0.0, 2)}, {3});
  expect_near(at(s, {2, 3, 4, 5}), {1, 1, 0.5, 0});
}

TEST(Schedule, ErrorsNameTheSchedule) {
  EXPECT_ERROR(piecewise_constant_schedule(1.0, {{2, -0.5}}), ValueError, "non-negative scales");
  EXPECT_ERROR(cosine_decay_schedule(1.0, 0), ValueError, "cosine_decay_schedule");
  EXPECT_ERROR(piecewise_interpolate_schedule("cubic", 1.0), ValueError, "cubic");
}

}  // namespace
}  // namespace linum::optim
