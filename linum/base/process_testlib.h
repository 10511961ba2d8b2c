// For tests: this test program once more, as another process, and folders that vanish.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace linum {

struct Finished {
  int status;          // 0: the test passed
  std::string output;  // stdout and stderr
};

// The test `name` ("Suite.DISABLED_Name": run only so) in a process of its own, in an environment
// changed by `variables`. Starts at once; finish() waits.
class TestProcess {
 public:
  TestProcess(const std::string& name, const std::map<std::string, std::string>& variables,
              const std::string& program = "/proc/self/exe");
  ~TestProcess();
  TestProcess(const TestProcess&) = delete;
  Finished finish();

 private:
  std::FILE* pipe_;
};

// An empty folder, removed at the end of the scope.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Sets (or, with null, unsets) an environment variable until the end of the scope.
class Variable {
 public:
  Variable(const char* name, const char* value);
  ~Variable();
  Variable(const Variable&) = delete;

 private:
  std::string name_, old_;
  bool had_;
};

inline std::string quoted_(const std::string& s) { return "'" + s + "'"; }

inline TestProcess::TestProcess(const std::string& name,
                                const std::map<std::string, std::string>& variables,
                                const std::string& program) {
  std::string command = "exec env -u GTEST_TOTAL_SHARDS -u GTEST_SHARD_INDEX";
  for (auto& [variable, value] : variables)
    command.append(" ").append(quoted_(std::string(variable).append("=").append(value)));
  command += " " + quoted_(std::filesystem::canonical(program)) +
             " --gtest_also_run_disabled_tests" + " --gtest_filter=" + quoted_(name) + " 2>&1";
  pipe_ = popen(command.c_str(), "r");
  if (!pipe_) throw std::runtime_error("cannot start " + command);
}

inline TestProcess::~TestProcess() {
  if (pipe_) pclose(pipe_);
}

inline Finished TestProcess::finish() {
  std::string output;
  char block[4096];
  for (std::size_t n; (n = std::fread(block, 1, sizeof block, pipe_)) > 0;) output.append(block, n);
  int status = pclose(std::exchange(pipe_, nullptr));
  if (output.find("[==========] 1 test from") == std::string::npos) status = -1;  // no such test
  return {status, output};
}

inline TemporaryFolder::TemporaryFolder() {
  std::string name = std::filesystem::temp_directory_path() / "linum-test-XXXXXX";
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot make " + name);
  path_ = name;
}
inline TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

// Writes `text`, making folders on the way; gives the path.
inline std::string write_file(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path;
}
inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Variable::Variable(const char* name, const char* value)
    : name_(name), had_(std::getenv(name)) {
  if (had_) old_ = std::getenv(name);
  value ? setenv(name, value, 1) : unsetenv(name);
}
inline Variable::~Variable() {
  had_ ? setenv(name_.c_str(), old_.c_str(), 1) : unsetenv(name_.c_str());
}

}  // namespace linum
