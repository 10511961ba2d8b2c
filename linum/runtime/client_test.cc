#include "linum/runtime/client.h"

#include <gmock/gmock.h>

#include "linum/base/error.h"
#include "linum/base/process_testlib.h"
#include "linum/base/testing.h"
#include "linum/runtime/plugin.h"

namespace linum::runtime {
namespace {

using testing::HasSubstr;

std::shared_ptr<Plugin> plugin() { return Plugin::load(find_plugin()); }

TEST(Client, KnowsItsPlatform) {
  Ref<Client> client = make_client(plugin());
  EXPECT_EQ(client->platform(), "cpu");
  EXPECT_EQ(&client->plugin(), plugin().get());
  EXPECT_NE(client->platform_version(), "");
}

TEST(Client, MakesAsManyCpuDevicesAsAsked) {
  Ref<Client> client = make_client(plugin(), {{"cpu_device_count", std::int64_t{3}}});
  ASSERT_EQ(client->devices().size(), 3u);
  EXPECT_EQ(client->local_devices(), client->devices());
  for (int i = 0; i < 3; ++i) {
    const Device& d = *client->devices()[static_cast<std::size_t>(i)];
    EXPECT_EQ(d.id(), i);
    EXPECT_EQ(d.local_hardware_id(), i);
    EXPECT_EQ(d.process_index(), 0);
    EXPECT_EQ(d.kind(), "cpu");
    EXPECT_NE(d.description(), "");
    EXPECT_EQ(&d.client(), client.get());
  }
}

TEST(Client, PassesThePluginsWordsOnAWrongOption) {
  EXPECT_ERROR(make_client(plugin(), {{"cpu_device_count", std::string("many")}}), PluginError,
               "creating a client of " + find_plugin());
}

TEST(Client, OutlivesItsHandleWhileABufferIsThere) {
  Ref<Buffer> buffer;
  {
    Ref<Client> client = make_client(plugin());
    HostArray x = HostArray::of<float>({2}, std::span<const float>(std::vector<float>{1, 2}));
    buffer = client->to_device(x, *client->devices()[0]);
  }
  EXPECT_EQ(buffer->to_host().as<float>()[1], 2);
}

TEST(Client, KeepsMemoryStatisticsOnlyWhereThePlatformDoes) {
  Ref<Client> client = make_client(plugin());
  auto stats = client->devices()[0]->memory_stats();
  EXPECT_TRUE(stats.empty() || stats.count("bytes_in_use"));
}

TEST(DefaultClient, IsMadeOnceAndCanBeReplaced) {
  Ref<Client> before(&default_client());
  EXPECT_EQ(&default_device().client(), before.get());
  Ref<Client> other = make_client(plugin());
  set_default_client(other);
  EXPECT_EQ(&default_client(), other.get());
  EXPECT_EQ(&default_device(), other->devices()[0]);
  set_default_client(before);
  EXPECT_ERROR(set_default_client(nullptr), ValueError, "set_default_client: the client is null");
}

// --- in processes of their own ---------------------------------------------------------------

TEST(DefaultClientProcess, DISABLED_Counts) {
  try {
    std::cout << "devices: " << default_client().devices().size() << "\n";
  } catch (const Error& e) {
    std::cout << "error: " << e.what() << "\n";
  }
}

std::string run_with(const std::map<std::string, std::string>& variables) {
  return TestProcess("DefaultClientProcess.DISABLED_Counts", variables).finish().output;
}

TEST(DefaultClient, CountsDevicesAsTheEnvironmentSays) {
  EXPECT_THAT(run_with({{"LINUM_NUM_CPU_DEVICES", "4"}}), HasSubstr("devices: 4"));
  for (const char* wrong : {"0", "four", "2x", "-1"})
    EXPECT_THAT(run_with({{"LINUM_NUM_CPU_DEVICES", wrong}}),
                HasSubstr(std::string("error: LINUM_NUM_CPU_DEVICES is '") + wrong +
                          "'; it must be a count from 1 to 4096"));
}

TEST(DefaultClient, NamesThePluginThatIsNotThere) {
  EXPECT_THAT(run_with({{"LINUM_PJRT_PLUGIN", "/nowhere/pjrt.so"}}),
              HasSubstr("error: cannot load the PJRT plugin /nowhere/pjrt.so"));
}

}  // namespace
}  // namespace linum::runtime
