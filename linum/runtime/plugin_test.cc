#include "linum/runtime/plugin.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gnu/libc-version.h>

#include "linum/base/error.h"
#include "linum/base/process_testlib.h"
#include "linum/base/testing.h"
#include "linum/runtime/client.h"
#include "xla/pjrt/c/pjrt_c_api.h"

namespace linum::runtime {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kFake = LINUM_TEST_PLUGINS "/fake_plugin_testplugin.so";

TEST(Plugin, IsLoadedOnce) {
  auto plugin = Plugin::load(find_plugin());
  EXPECT_EQ(plugin, Plugin::load(find_plugin()));
  EXPECT_EQ(plugin->api_major(), PJRT_API_MAJOR);
  EXPECT_GE(plugin->api_minor(), 80);
}

TEST(Plugin, TellsItsAttributes) {
  auto plugin = Plugin::load(find_plugin());
  EXPECT_THAT(plugin->attribute("stablehlo_current_version"), StartsWith("1."));
  EXPECT_EQ(plugin->attribute("no such attribute"), "");
}

TEST(Plugin, HasAFingerprintOfItsFileAndVersion) {
  auto plugin = Plugin::load(find_plugin());
  EXPECT_THAT(plugin->fingerprint(), StartsWith(plugin->path() + "|"));
  EXPECT_THAT(plugin->fingerprint(), HasSubstr("|0." + std::to_string(plugin->api_minor())));
}

TEST(Plugin, HasTheFfiExtensionAndNoOtherOfItsNumber) {
  auto plugin = Plugin::load(find_plugin());
  EXPECT_NE(plugin->find_extension(PJRT_Extension_Type_FFI), nullptr);
  EXPECT_EQ(plugin->find_extension(9999), nullptr);
}

TEST(ForeignPlugin, IsMissing) {
  EXPECT_ERROR(
      Plugin::load("/nowhere/pjrt.so"), PluginError,
      "cannot load the PJRT plugin /nowhere/pjrt.so: /nowhere/pjrt.so: cannot open shared "
      "object file: No such file or directory; set LINUM_PJRT_PLUGIN to a plugin's .so file");
}

TEST(ForeignPlugin, IsATextFile) {
  TemporaryFolder folder;
  std::string path = write_file(folder / "pjrt.so", std::string(4096, 'x'));
  EXPECT_ERROR(Plugin::load(path), PluginError,
               "cannot load the PJRT plugin " + path + ": " + path + ": invalid ELF header");
}

TEST(ForeignPlugin, IsAnEmptyFile) {
  TemporaryFolder folder;
  EXPECT_ERROR(Plugin::load(write_file(folder / "pjrt.so", "")), PluginError, "file too short");
}

TEST(ForeignPlugin, IsAnotherLibrary) {
  Dl_info libc;
  ASSERT_TRUE(dladdr(reinterpret_cast<void*>(&gnu_get_libc_version), &libc));
  EXPECT_ERROR(Plugin::load(libc.dli_fname), PluginError,
               "is no PJRT plugin: it has no symbol GetPjrtApi; set LINUM_PJRT_PLUGIN");
}

TEST(ForeignPlugin, GivesNothing) {
  Variable fault("FAKE_PLUGIN", "nothing");
  EXPECT_ERROR(Plugin::load(kFake), PluginError, "fake_plugin_testplugin.so gave no API");
}

TEST(ForeignPlugin, IsTooOld) {
  Variable fault("FAKE_PLUGIN", "old");
  EXPECT_ERROR(Plugin::load(kFake), PluginError,
               "speaks API 0.40, Linum needs 0.80 or later; install a newer plugin");
}

TEST(ForeignPlugin, IsOfAnotherMajorVersion) {
  Variable fault("FAKE_PLUGIN", "future");
  EXPECT_ERROR(Plugin::load(kFake), PluginError, "build Linum with newer PJRT headers");
}

TEST(ForeignPlugin, LacksFunctions) {
  {
    Variable fault("FAKE_PLUGIN", "small table");
    EXPECT_ERROR(Plugin::load(kFake), PluginError, "has a function table of");
  }
  Variable fault("FAKE_PLUGIN", "empty table");
  EXPECT_ERROR(Plugin::load(kFake), PluginError, "gave an API of 0 bytes, which is none");
}

TEST(ForeignPlugin, SaysWhyItDoesNotStart) {
  Variable fault("FAKE_PLUGIN", "refuse");
  EXPECT_ERROR(Plugin::load(kFake), PluginError,
               "initializing " + kFake + ": the fake plugin has no driver");
}

TEST(ForeignPlugin, SaysWhyItMakesNoClient) {
  Variable fault("FAKE_PLUGIN", "none");
  EXPECT_ERROR(make_client(Plugin::load(kFake)), PluginError,
               "creating a client of " + kFake + ": the fake plugin has no device");
}

}  // namespace
}  // namespace linum::runtime
