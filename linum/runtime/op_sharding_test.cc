#include "linum/runtime/op_sharding.h"

#include <gmock/gmock.h>

#include "linum/base/error.h"
#include "linum/base/testing.h"

namespace linum::runtime {
namespace {

using testing::ElementsAre;

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (int v : values) out += static_cast<char>(v);
  return out;
}

TEST(OpSharding, OfWholeResults) {
  EXPECT_TRUE(parse_op_sharding(bytes({}), 4)->parts.empty());
  EXPECT_TRUE(parse_op_sharding(bytes({0x08, 0}), 4)->parts.empty());
}

TEST(OpSharding, OfListedDevices) {
  // type: OTHER, tile dimensions [2, 1], devices [1, 0]
  auto s = parse_op_sharding(bytes({0x08, 3, 0x1a, 2, 2, 1, 0x22, 2, 1, 0}), 2);
  EXPECT_THAT(s->parts, ElementsAre(2, 1));
  EXPECT_THAT(s->place, ElementsAre(ElementsAre(1, 0), ElementsAre(0, 0)));
}

TEST(OpSharding, OfAnOrderOfAxesAndReplicas) {
  // tile dimensions [2, 2], the last over replicas, devices iota(2, 2) transposed
  auto s =
      parse_op_sharding(bytes({0x08, 3, 0x1a, 2, 2, 2, 0x30, 1, 0x4a, 2, 2, 2, 0x52, 2, 1, 0}), 4);
  EXPECT_THAT(s->parts, ElementsAre(2));
  EXPECT_THAT(s->place,
              ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(0), ElementsAre(1)));
}

TEST(OpSharding, GivesNothingForOtherKinds) {
  EXPECT_FALSE(parse_op_sharding(bytes({0x08, 4}), 2).has_value());
  EXPECT_FALSE(parse_op_sharding(bytes({0x08, 3, 0x1a, 1, 3, 0x22, 2, 0, 1}), 2).has_value());
}

TEST(OpSharding, RefusesBrokenBytes) {
  EXPECT_ERROR(parse_op_sharding(bytes({0x1a, 9, 1}), 2), PluginError, "ends early");
  EXPECT_ERROR(parse_op_sharding(bytes({0x08, 3, 0x1a, 1, 2, 0x4a, 1, 2, 0x52, 1, 7}), 2),
               PluginError, "a wrong axis order");
}

}  // namespace
}  // namespace linum::runtime
