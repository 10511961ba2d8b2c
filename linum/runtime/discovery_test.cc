#include <gmock/gmock.h>

#include <filesystem>

#include "linum/base/error.h"
#include "linum/base/process_testlib.h"
#include "linum/runtime/client.h"
#include "linum/runtime/compile_cache.h"
#include "linum/runtime/plugin.h"

namespace linum::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Folders of our own for everything that the search looks at, but for the system's.
class Discovery : public testing::Test {
 protected:
  std::string place(const std::string& name) { return write_file(folder_ / name, ""); }
  // What is found under our folder, relative to it.
  std::vector<std::string> found() {
    std::vector<std::string> out;
    for (const std::string& path : find_plugins())
      if (path.rfind(folder_.path().string(), 0) == 0)
        out.push_back(path.substr(folder_.path().string().size() + 1));
    return out;
  }

  TemporaryFolder folder_;
  Variable plugin_{"LINUM_PJRT_PLUGIN", nullptr};
  Variable environment_{"VIRTUAL_ENV", (folder_ / "venv").c_str()};
  Variable conda_{"CONDA_PREFIX", nullptr};
  Variable home_{"HOME", (folder_ / "home").c_str()};
  Variable cache_{"LINUM_CACHE", (folder_ / "cache").c_str()};
};

TEST_F(Discovery, TakesTheVariableAlone) {
  place("cache/plugins/cpu-1/pjrt.so");
  Variable chosen("LINUM_PJRT_PLUGIN", "/chosen/by/hand.so");
  EXPECT_THAT(find_plugins(), ElementsAre("/chosen/by/hand.so"));
  EXPECT_EQ(find_plugin(), "/chosen/by/hand.so");
}

TEST_F(Discovery, PrefersPythonsPackagesToTheCache) {
  place("cache/plugins/cpu-1/pjrt.so");
  place("home/.local/lib/python3.11/site-packages/jax_plugins/own/own_plugin.so");
  place("venv/lib/python3.11/site-packages/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so");
  place("venv/lib/python3.11/site-packages/jax_plugins/other/other_plugin.so");
  EXPECT_THAT(
      found(),
      ElementsAre("venv/lib/python3.11/site-packages/jax_plugins/other/other_plugin.so",
                  "venv/lib/python3.11/site-packages/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
                  "home/.local/lib/python3.11/site-packages/jax_plugins/own/own_plugin.so",
                  "cache/plugins/cpu-1/pjrt.so"));
}

TEST_F(Discovery, PrefersNewerVersions) {
  place("cache/plugins/cpu-0.9/pjrt.so");
  place("cache/plugins/cpu-0.11/pjrt.so");
  EXPECT_THAT(found(),
              ElementsAre("cache/plugins/cpu-0.11/pjrt.so", "cache/plugins/cpu-0.9/pjrt.so"));
}

TEST_F(Discovery, PassesOverFilesThatAreNoPlugins) {
  place("cache/plugins/cpu-1/README");
  place("cache/plugins/cpu-1/libother.so");
  place("cache/plugins/pjrt.so");  // in no package
  EXPECT_THAT(found(), ElementsAre());
}

TEST_F(Discovery, CountsAnAcceleratorsPluginOnlyWhereItsDeviceIs) {
  place("venv/lib/python3.11/site-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.so");
  place("venv/lib/python3.11/site-packages/libtpu/libtpu.so");
  place("venv/lib/python3.11/site-packages/jax_plugins/xla_rocm7/xla_rocm_plugin.so");
  std::vector<std::string> expected;
  namespace fs = std::filesystem;
  if (fs::exists("/dev/kfd"))
    expected.push_back(
        "venv/lib/python3.11/site-packages/jax_plugins/xla_rocm7/xla_rocm_plugin.so");
  if (fs::exists("/dev/nvidia0"))
    expected.push_back(
        "venv/lib/python3.11/site-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.so");
  if (fs::exists("/dev/accel0") || fs::exists("/dev/vfio/0"))
    expected.push_back("venv/lib/python3.11/site-packages/libtpu/libtpu.so");
  EXPECT_EQ(found(), expected);
}

TEST_F(Discovery, IsNotMisledByTheNameOfAUsersFolder) {
  place("cache/plugins/cpu-1/pjrt.so");
  std::filesystem::rename(folder_ / "cache", folder_ / "cuda-work");
  Variable cache("LINUM_CACHE", (folder_ / "cuda-work").c_str());
  EXPECT_THAT(found(), ElementsAre("cuda-work/plugins/cpu-1/pjrt.so"));
}

// --- beside the program ----------------------------------------------------------------------

TEST(DiscoveryProcess, DISABLED_Prints) {
  for (const std::string& path : find_plugins()) std::cout << "found " << path << "\n";
}

TEST_F(Discovery, LooksBesideTheProgramFirst) {
  std::filesystem::create_directories(folder_ / "app/bin");
  std::filesystem::copy("/proc/self/exe", folder_ / "app/bin/program");
  place("app/bin/libpjrt_a.so");
  place("app/lib/linum/libpjrt_b.so");
  place("venv/lib/python3.11/site-packages/jax_plugins/c/c.so");
  Finished run =
      TestProcess("DiscoveryProcess.DISABLED_Prints", {}, folder_ / "app/bin/program").finish();
  EXPECT_EQ(run.status, 0) << run.output;
  std::size_t a = run.output.find("app/bin/libpjrt_a.so"), b = run.output.find("libpjrt_b.so"),
              c = run.output.find("jax_plugins/c/c.so");
  EXPECT_NE(c, std::string::npos) << run.output;
  EXPECT_LT(a, b);
  EXPECT_LT(b, c);
}

// --- nothing there ---------------------------------------------------------------------------

TEST(DiscoveryProcess, DISABLED_Finds) {
  try {
    std::cout << "found " << find_plugin() << "\n";
  } catch (const PluginError& e) {
    std::cout << "error: " << e.what() << "\n";
  }
}

TEST_F(Discovery, SaysWhereItLookedAndHowToInstallOne) {
  std::filesystem::create_directories(folder_ / "app/bin");
  std::filesystem::copy("/proc/self/exe", folder_ / "app/bin/program");
  std::string output =
      TestProcess("DiscoveryProcess.DISABLED_Finds", {}, folder_ / "app/bin/program")
          .finish()
          .output;
  if (output.find("\nfound /usr/") != std::string::npos) GTEST_SKIP() << "the system has a plugin";
  EXPECT_THAT(output, HasSubstr("error: no PJRT plugin found: LINUM_PJRT_PLUGIN is not set"));
  EXPECT_THAT(output, HasSubstr("beside the library (" + (folder_ / "app/bin") + ")"));
  EXPECT_THAT(output, HasSubstr(folder_ / "cache/plugins"));
  EXPECT_THAT(output, HasSubstr("Run scripts/fetch.sh to download the CPU plugin"));
}

// --- the cache's folder ----------------------------------------------------------------------

TEST(CacheFolder, IsTheVariablesElseXdgsElseHomes) {
  Variable own("LINUM_CACHE", "/own"), xdg("XDG_CACHE_HOME", "/xdg"), home("HOME", "/home/me");
  EXPECT_EQ(cache_dir(), "/own");
  Variable no_own("LINUM_CACHE", nullptr);
  EXPECT_EQ(cache_dir(), "/xdg/linum");
  Variable no_xdg("XDG_CACHE_HOME", "");
  EXPECT_EQ(cache_dir(), "/home/me/.cache/linum");
}

}  // namespace
}  // namespace linum::runtime
