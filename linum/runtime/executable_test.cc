#include <gmock/gmock.h>

#include "linum/base/error.h"
#include "linum/base/testing.h"
#include "linum/runtime/client.h"
#include "linum/runtime/plugin.h"

namespace linum::runtime {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

Ref<Buffer> floats(std::vector<float> values, Device& device = *default_client().devices()[0]) {
  auto n = static_cast<std::int64_t>(values.size());
  return device.client().to_device(HostArray::of<float>({n}, std::span<const float>(values)),
                                   device);
}
std::vector<float> numbers(const Ref<Buffer>& b) {
  HostArray host = b->to_host();
  auto view = host.as<float>();
  return {view.begin(), view.end()};
}
std::vector<Ref<Buffer>> run(const Ref<Executable>& e, const std::vector<Ref<Buffer>>& args) {
  std::vector<Buffer*> pointers;
  for (const Ref<Buffer>& a : args) pointers.push_back(a.get());
  return e->execute(pointers);
}

constexpr const char* kSumAndProduct = R"(module @m {
  func.func public @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %0 = stablehlo.add %a, %b : tensor<4xf32>
    %1 = stablehlo.multiply %a, %b : tensor<4xf32>
    return %0, %1 : tensor<4xf32>, tensor<4xf32>
  }
})";

TEST(Executable, RunsAProgram) {
  Ref<Executable> e = default_client().compile(kSumAndProduct, {});
  EXPECT_EQ(e->num_outputs(), 2);
  EXPECT_THAT(e->devices(), ElementsAre(default_client().devices()[0]));
  auto out = run(e, {floats({1, 2, 3, 4}), floats({2, 2, 2, 2})});
  EXPECT_EQ(out[0]->shape(), Shape{4});
  EXPECT_THAT(numbers(out[0]), ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(numbers(out[1]), ElementsAre(2, 4, 6, 8));
}

TEST(Executable, FeedsResultsOnBeforeTheyAreReady) {
  Ref<Executable> e = default_client().compile(kSumAndProduct, {});
  Ref<Buffer> x = floats({0, 0, 0, 0}), one = floats({1, 1, 1, 1});
  for (int i = 0; i < 100; ++i) x = run(e, {x, one})[0];
  EXPECT_THAT(numbers(x), Each(100));
}

TEST(Executable, TakesManyArguments) {
  std::string head = "module @m { func.func public @main(", body, sum = "%a0";
  std::vector<Ref<Buffer>> args;
  for (int i = 0; i < 40; ++i) {
    head += str_cat(i ? ", " : "", "%a", i, ": tensor<1xf32>");
    args.push_back(floats({static_cast<float>(i)}));
    if (i) body += str_cat("%s", i, " = stablehlo.add ", sum, ", %a", i, " : tensor<1xf32>\n");
    if (i) sum = str_cat("%s", i);
  }
  Ref<Executable> e = default_client().compile(
      head + ") -> tensor<1xf32> {\n" + body + "return " + sum + " : tensor<1xf32> } }", {});
  EXPECT_THAT(numbers(run(e, args)[0]), ElementsAre(780));
}

// --- refusals --------------------------------------------------------------------------------

TEST(Compile, NamesTheLineThatIsWrong) {
  constexpr const char* kWrong = R"(module @m {
  func.func public @main(%a: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.add %a, %a : tensor<4xf32>
    %1 = stablehlo.add %0, %b : tensor<4xf32>
    return %1 : tensor<4xf32>
  }
})";
  EXPECT_ERROR(default_client().compile(kWrong, {}), PluginError, "compiling a program");
  EXPECT_ERROR(default_client().compile(kWrong, {}), PluginError,
               "use of undeclared SSA value name");
  EXPECT_ERROR(default_client().compile(kWrong, {}), PluginError,
               "\n  line 4:     %1 = stablehlo.add %0, %b : tensor<4xf32>");
  EXPECT_ERROR(default_client().compile("no program at all", {}), PluginError,
               "line 1: no program at all");
}

TEST(Execute, RefusesAWrongCountOfArguments) {
  Ref<Executable> e = default_client().compile(kSumAndProduct, {});
  EXPECT_ERROR(run(e, {floats({1, 2, 3, 4})}), PluginError, "running a program:");
}

TEST(Execute, RefusesAnArgumentOfAnotherClient) {
  Ref<Client> other = make_client(Plugin::load(find_plugin()));
  Ref<Executable> e = default_client().compile(kSumAndProduct, {});
  Ref<Buffer> foreign = floats({1, 2, 3, 4}, *other->devices()[0]);
  EXPECT_ERROR(run(e, {floats({1, 2, 3, 4}), foreign}), ValueError,
               "an argument (float32(4,)) lies on a device of another client");
}

TEST(Execute, NamesTheArgumentThatIsGone) {
  Ref<Executable> e = default_client().compile(kSumAndProduct, {});
  Ref<Buffer> gone = floats({1, 2, 3, 4});
  gone->free();
  EXPECT_ERROR(run(e, {floats({1, 2, 3, 4}), gone}), DeletedBufferError,
               "argument 1 (float32(4,)) was donated to an earlier call or freed; use that call's "
               "result instead");
}

// --- donation --------------------------------------------------------------------------------

constexpr const char* kDonating = R"(module @m {
  func.func public @main(%a: tensor<4xf32> {tf.aliasing_output = 0 : i32}, %b: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.add %a, %b : tensor<4xf32>
    return %0 : tensor<4xf32>
  }
})";

TEST(Donation, GivesTheArgumentsMemoryToTheResult) {
  Ref<Executable> e = default_client().compile(kDonating, {});
  EXPECT_EQ(e->memory_stats().alias_bytes, 16);
  Ref<Buffer> a = floats({1, 2, 3, 4}), b = floats({1, 1, 1, 1});
  auto out = run(e, {a, b});
  EXPECT_THAT(numbers(out[0]), ElementsAre(2, 3, 4, 5));
  EXPECT_TRUE(a->is_deleted());
  EXPECT_FALSE(b->is_deleted());
  EXPECT_ERROR(a->to_host(), DeletedBufferError, "it was donated to a jitted function");
  EXPECT_ERROR(run(e, {a, b}), DeletedBufferError, "argument 0 (float32(4,)) was donated");
}

TEST(Donation, IsRefusedForAnArgumentGivenTwice) {
  Ref<Executable> e = default_client().compile(kDonating, {});
  Ref<Buffer> a = floats({1, 2, 3, 4});
  EXPECT_ERROR(run(e, {a, a}), PluginError, "running a program:");
}

// --- serialization ---------------------------------------------------------------------------

TEST(Serialization, GivesTheProgramBack) {
  std::string bytes = default_client().compile(kSumAndProduct, {})->serialize();
  Ref<Executable> e = default_client().deserialize(bytes, {});
  EXPECT_THAT(numbers(run(e, {floats({1, 2, 3, 4}), floats({1, 1, 1, 1})})[0]),
              ElementsAre(2, 3, 4, 5));
}

TEST(Serialization, RefusesOtherBytes) {
  EXPECT_ERROR(default_client().deserialize("no program", {}), PluginError,
               "loading a compiled program:");
}

// --- what a program needs --------------------------------------------------------------------

TEST(Executable, TellsItsMemory) {
  MemoryStats stats = default_client().compile(kSumAndProduct, {})->memory_stats();
  EXPECT_EQ(stats.argument_bytes, 32);
  EXPECT_GE(stats.output_bytes, 32);
  EXPECT_EQ(stats.alias_bytes, 0);
}

TEST(Executable, ShowsItsOptimizedProgram) {
  EXPECT_THAT(default_client().compile(kSumAndProduct, {})->optimized_text(),
              HasSubstr("multiply"));
}

TEST(Executable, SaysWhereThePluginKnowsNoCost) {
  Ref<Executable> e = default_client().compile(kSumAndProduct, {});
  try {
    EXPECT_GT(e->cost_analysis().size(), 0u);
  } catch (const PluginError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("reading a program's cost (not every plugin has it; this is /"));
  }
}

TEST(CompileOptions, GiveTheSameBytesForTheSameOptions) {
  CompileOptions a, b;
  EXPECT_EQ(a.to_proto(), b.to_proto());
  b.num_partitions = 2;
  EXPECT_NE(a.to_proto(), b.to_proto());
  b = a;
  b.overrides.emplace_back("xla_cpu_enable_fast_math", true);
  EXPECT_NE(a.to_proto(), b.to_proto());
}

TEST(CompileOptions, PassesOverridesToThePlugin) {
  CompileOptions options;
  options.overrides.emplace_back("xla_no_such_flag", true);
  EXPECT_ERROR(default_client().compile(kSumAndProduct, options), PluginError, "xla_no_such_flag");
  options.overrides = {{"xla_cpu_enable_fast_math", true}};
  EXPECT_EQ(default_client().compile(kSumAndProduct, options)->num_outputs(), 2);
}

// --- many devices ----------------------------------------------------------------------------

class EightDevices : public testing::Test {
 protected:
  Ref<Client> client_ =
      make_client(Plugin::load(find_plugin()), {{"cpu_device_count", std::int64_t{8}}});
  Ref<Executable> compile() {
    CompileOptions options;
    options.num_partitions = 8;
    return client_->compile(R"(module @m attributes {mhlo.num_partitions = 8 : i32} {
  sdy.mesh @mesh = <["x"=8]>
  func.func public @main(%a: tensor<16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>})
      -> (tensor<16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}]>},
          tensor<f32> {sdy.sharding = #sdy.sharding<@mesh, []>}) {
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %double = stablehlo.add %a, %a : tensor<16xf32>
    %sum = stablehlo.reduce(%a init: %zero) applies stablehlo.add across dimensions = [0]
        : (tensor<16xf32>, tensor<f32>) -> tensor<f32>
    return %double, %sum : tensor<16xf32>, tensor<f32>
  }
})",
                            options);
  }
  std::vector<Ref<Buffer>> shards() {
    std::vector<Ref<Buffer>> out;
    for (std::size_t d = 0; d < 8; ++d)
      out.push_back(floats({static_cast<float>(2 * d), static_cast<float>(2 * d + 1)},
                           *client_->devices()[d]));
    return out;
  }
};

TEST_F(EightDevices, ComputeShardsAndReduceAcrossThem) {
  Ref<Executable> e = compile();
  EXPECT_EQ(e->devices(), client_->devices());
  std::vector<Ref<Buffer>> held = shards();
  std::vector<std::vector<Buffer*>> args;
  for (auto& b : held) args.push_back({b.get()});
  auto out = e->execute_sharded(args);
  ASSERT_EQ(out.size(), 8u);
  for (std::size_t d = 0; d < 8; ++d) {
    EXPECT_EQ(&out[d][0]->device(), client_->devices()[d]);
    EXPECT_THAT(numbers(out[d][0]), ElementsAre(4.0f * d, 4.0f * d + 2));
    EXPECT_THAT(numbers(out[d][1]), ElementsAre(120));
  }
}

TEST_F(EightDevices, AreNamedWhenArgumentsDoNotFit) {
  Ref<Executable> e = compile();
  std::vector<Ref<Buffer>> held = shards();
  std::vector<std::vector<Buffer*>> args;
  for (auto& b : held) args.push_back({b.get()});
  args[7] = {};
  EXPECT_ERROR(e->execute_sharded(args), ValueError,
               "devices got different counts of arguments: 1 and 0");
  args.pop_back();
  EXPECT_ERROR(e->execute_sharded(args), ValueError, "a program for 8 devices got arguments for 7");
  EXPECT_ERROR(e->execute(args[0]), ValueError,
               "a program for 8 devices is run on one; use execute_sharded");
}

TEST_F(EightDevices, RefuseShardsOfAnotherPlaceOrShape) {
  Ref<Executable> e = compile();
  std::vector<Ref<Buffer>> held = shards();
  std::vector<std::vector<Buffer*>> args;
  for (auto& b : held) args.push_back({b.get()});
  Ref<Buffer> longer = floats({1, 2, 3}, *client_->devices()[5]);
  args[5] = {longer.get()};
  EXPECT_ERROR(e->execute_sharded(args), ShapeError,
               "the shards of argument 0 differ: float32(2,) and float32(3,)");
  args[5] = {held[4].get()};
  EXPECT_ERROR(e->execute_sharded(args), ValueError, "; copy it there first");
  for (std::size_t d = 0; d < 8; ++d) {  // the same wrong shape everywhere
    held[d] = floats({1, 2, 3}, *client_->devices()[d]);
    args[d] = {held[d].get()};
  }
  EXPECT_ERROR(e->execute_sharded(args), PluginError, "running a program:");
}

TEST_F(EightDevices, NameTheShardThatIsGone) {
  Ref<Executable> e = compile();
  std::vector<Ref<Buffer>> held = shards();
  std::vector<std::vector<Buffer*>> args;
  for (auto& b : held) args.push_back({b.get()});
  held[5]->free();
  EXPECT_ERROR(e->execute_sharded(args), DeletedBufferError,
               "argument 0 (float32(2,)) was donated");
}

TEST_F(EightDevices, RunAProgramOnTheDeviceThatIsAskedFor) {
  CompileOptions options;
  options.device_ids = {3};
  Ref<Executable> e = client_->compile(kSumAndProduct, options);
  EXPECT_THAT(e->devices(), ElementsAre(client_->devices()[3]));
  Device& third = *client_->devices()[3];
  auto out = run(e, {floats({1, 2, 3, 4}, third), floats({1, 1, 1, 1}, third)});
  EXPECT_EQ(&out[0]->device(), &third);
  EXPECT_THAT(numbers(out[0]), ElementsAre(2, 3, 4, 5));
}

}  // namespace
}  // namespace linum::runtime
