#include "linum/runtime/callback.h"

#include <gmock/gmock.h>

#include "linum/base/error.h"
#include "linum/base/testing.h"

namespace linum::runtime {
namespace {

using testing::ElementsAre;

Ref<Executable> calling(const HostCallback& callback) {
  std::string attributes =
      str_cat("call_target_name = \"", kCallbackTarget, "\", api_version = 4 : i32, ",
              "backend_config = {", callback_attributes(callback, false), "}");
  return default_client().compile(
      R"(module @m { func.func public @main(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "stablehlo.custom_call"(%a) {)" +
          attributes + R"(} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32> } })",
      {});
}

HostArray call(Executable& e, const Callbacks& callbacks) {
  std::vector<float> values{1, 2};
  Ref<Buffer> x = default_client().to_device(
      HostArray::of<float>({2}, std::span<const float>(values)), default_device());
  Buffer* args[] = {x.get()};
  return execute_with_callbacks(e, args, callbacks, false)[0]->to_host();
}

std::vector<HostArray> doubled(std::vector<HostArray> x) {
  for (float& v : x[0].as<float>()) v *= 2;
  return x;
}

TEST(HostCallback, IsCalledByItsNumber) {
  auto f = HostCallback::make("twice", doubled), g = HostCallback::make("twice", doubled);
  EXPECT_NE(f->id(), g->id());
  HostArray y = call(*calling(*f), {f});
  EXPECT_THAT(std::vector<float>(y.as<float>().begin(), y.as<float>().end()), ElementsAre(2, 4));
  effects_barrier();
}

TEST(HostCallback, KnowsWhenItRuns) {
  bool inside = false;
  auto f = HostCallback::make("see", [&](std::vector<HostArray> x) {
    inside = in_callback();
    return x;
  });
  call(*calling(*f), {f});
  effects_barrier();
  EXPECT_TRUE(inside);
  EXPECT_FALSE(in_callback());
}

TEST(HostCallback, ThatIsGoneIsAnError) {
  Ref<Executable> e = calling(*HostCallback::make("twice", doubled));
  EXPECT_ERROR(call(*e, {}), CallbackError, "of a program is gone");
}

TEST(HostCallback, MustGiveWhatTheProgramExpects) {
  auto none = HostCallback::make("none", [](auto) { return std::vector<HostArray>(); });
  EXPECT_ERROR(call(*calling(*none), {none}), CallbackError,
               "none: the callback gave 0 arrays where 1 are promised");
  auto wide = HostCallback::make(
      "wide", [](auto) { return std::vector<HostArray>{HostArray(DType::F64, {2})}; });
  EXPECT_ERROR(call(*calling(*wide), {wide}), CallbackError,
               "wide: result 0 of the callback is float64(2,), but float32(2,) is promised");
}

TEST(HostCallback, TellsOnlyItsOwnErrors) { EXPECT_EQ(take_callback_error("out of memory"), ""); }

}  // namespace
}  // namespace linum::runtime
