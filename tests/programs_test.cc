// The programs as their user meets them: exit status, output, messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "linum/io/png.h"
#include "linum/io/safetensors.h"

namespace linum {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

struct Outcome {
  int status;
  std::string text;  // standard output and error
};

Outcome run(const std::string& command) {
  std::FILE* pipe = popen((std::string(LINUM_BIN_DIR) + "/" + command + " 2>&1").c_str(), "r");
  Outcome out{-1, ""};
  std::array<char, 4096> part;
  while (std::size_t n = std::fread(part.data(), 1, part.size(), pipe))
    out.text.append(part.data(), n);
  out.status = WEXITSTATUS(pclose(pipe));
  return out;
}

// A folder of its own, removed at the end.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("linum_programs_" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

TEST(SimpleNet, LearnsAndPredicts) {
  Outcome out = run("simple_net --steps 200");
  EXPECT_EQ(out.status, 0);
  EXPECT_THAT(out.text, AllOf(HasSubstr("SimpleNet Summary"), HasSubstr("step 200: loss 0.0"),
                              HasSubstr("prediction [[")));
}

TEST(Startup, PrintsOneLineOfJson) {
  Outcome out = run("startup");
  EXPECT_EQ(out.status, 0);
  EXPECT_GT(nlohmann::json::parse(out.text).at("first_step_s").get<double>(), 0);
}

TEST(FashionMnist, LearnsFromRealPictures) {
  Folder folder;
  std::string json = folder.file("out.json"), png = folder.file("ten.png"),
              params = folder.file("p.safetensors");
  Outcome out =
      run("fashion_mnist --epochs 1 --json " + json + " --picture " + png + " --params " + params);
  ASSERT_EQ(out.status, 0) << out.text;
  auto report = nlohmann::json::parse(std::ifstream(json));
  ASSERT_EQ(report.at("test_accuracy").size(), 1U);
  EXPECT_GT(report.at("test_accuracy")[0].get<double>(), 0.8);
  EXPECT_EQ(io::load_png(png).shape().back(), 3);
  EXPECT_TRUE(io::load_safetensors(params).contains("Dense_1/kernel"));
  EXPECT_THAT(out.text, AllOf(HasSubstr("epoch 1/1: loss"), HasSubstr("test accuracy 0.8")));
}

TEST(FashionMnist, ExplainsItsOptions) {
  Outcome out = run("fashion_mnist --help");
  EXPECT_EQ(out.status, 0);
  for (const char* flag : {"--epochs", "--batch", "--lr", "--seed", "--json"})
    EXPECT_THAT(out.text, HasSubstr(flag));
}

TEST(FashionMnist, RefusesBadFlags) {
  Outcome epochs = run("fashion_mnist --epochs 0");
  EXPECT_NE(epochs.status, 0);
  EXPECT_THAT(epochs.text, AllOf(HasSubstr("--epochs"), HasSubstr("not in range 1 to 10000")));
  Outcome lr = run("fashion_mnist --lr fast");
  EXPECT_NE(lr.status, 0);
  EXPECT_THAT(lr.text, HasSubstr("--lr"));
  Outcome unknown = run("fashion_mnist --epoch 3");
  EXPECT_NE(unknown.status, 0);
  EXPECT_THAT(unknown.text, HasSubstr("--epoch"));
}

TEST(FashionMnist, NamesAMissingDataFolder) {
  Outcome out = run("fashion_mnist --data /nowhere");
  EXPECT_EQ(out.status, 1);
  EXPECT_THAT(out.text, AllOf(HasSubstr("/nowhere"), HasSubstr("dataset-fashion-mnist")));
}

TEST(FashionMnist, NamesAnUnwritableFileBeforeTraining) {
  Outcome out = run("fashion_mnist --json /nowhere/out.json");
  EXPECT_EQ(out.status, 1);
  EXPECT_THAT(out.text, HasSubstr("--json: cannot write /nowhere/out.json"));
}

TEST(AnyProgram, NamesAMissingPlugin) {
  setenv("LINUM_PJRT_PLUGIN", "/nowhere/plugin.so", 1);
  Outcome out = run("simple_net");
  unsetenv("LINUM_PJRT_PLUGIN");
  EXPECT_EQ(out.status, 1);
  EXPECT_THAT(out.text, AllOf(HasSubstr("/nowhere/plugin.so"), HasSubstr("LINUM_PJRT_PLUGIN")));
}

}  // namespace
}  // namespace linum
