// The rules of the house, checked on the sources themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = LINUM_SOURCE_DIR;

// The floors: each includes only those before it.
const std::vector<std::string> kFloors = {"base",       "runtime", "core",   "lax",     "lowering",
                                          "transforms", "np",      "random", "nn",      "special",
                                          "losses",     "optim",   "io",     "export",  "data",
                                          "train",      "ckpt",    "dist",   "kernels", "tools"};

// Headers that users have no need of; every other one is reached from linum/linum.h.
const std::set<std::string> kInternal = {
    "linum/base/bounded_cache.h",
    "linum/base/env.h",
    "linum/base/log.h",
    "linum/core/aval_key.h",
    "linum/core/doc.h",
    "linum/core/error_scope.h",
    "linum/core/number_format.h",
    "linum/core/params.h",
    "linum/data/permutation.h",
    "linum/export/exported_file.h",
    "linum/io/file.h",
    "linum/io/gzip.h",
    "linum/io/safetensors_dtypes.h",
    "linum/io/zip.h",
    "linum/lax/compose.h",
    "linum/lax/conv_primitive.h",
    "linum/lax/custom_call.h",
    "linum/lax/dot_algorithm.h",
    "linum/lax/families.h",
    "linum/lax/index_checks.h",
    "linum/lax/lapack.h",
    "linum/lax/limits.h",
    "linum/lax/matrices.h",
    "linum/lax/reflections.h",
    "linum/lax/scatter_primitive.h",
    "linum/lax/window_primitive.h",
    "linum/losses/checks.h",
    "linum/lowering/mlir_text.h",
    "linum/lowering/module_writer.h",
    "linum/lowering/packing.h",
    "linum/lowering/sdy_text.h",
    "linum/lowering/spmd.h",
    "linum/nn/dtypes.h",
    "linum/nn/sha1.h",
    "linum/nn/text_table.h",
    "linum/np/einsum_spec.h",
    "linum/np/index_plan.h",
    "linum/np/promote.h",
    "linum/random/sampling.h",
    "linum/runtime/allocator.h",
    "linum/runtime/cache_entry.h",
    "linum/runtime/op_sharding.h",
    "linum/runtime/pjrt.h",
    "linum/runtime/pjrt_client.h",
    "linum/special/complex_gamma.h",
    "linum/special/loops.h",
    "linum/special/promote.h",
    "linum/transforms/call_rules.h",
    "linum/transforms/callback_primitive.h",
    "linum/transforms/check_primitive.h",
    "linum/transforms/check_trace.h",
    "linum/transforms/cond.h",
    "linum/transforms/constant.h",
    "linum/transforms/jit_call.h",
    "linum/transforms/partial_eval.h",
    "linum/transforms/per_argument.h",
    "linum/transforms/program_edit.h",
    "linum/transforms/recompute.h",
    "linum/transforms/scan.h",
    "linum/transforms/shard_map_primitive.h",
    "linum/transforms/state_trace.h",
    "linum/transforms/traced_fn.h",
    "linum/transforms/while.h",
};

bool is_internal(const std::string& file) {
  return file.starts_with("linum/kernels/") || kInternal.contains(file);
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string name_of(const fs::path& path) { return fs::relative(path, kRoot).string(); }

bool is_test(const std::string& name) {
  return name.find("_test.") != std::string::npos || name.find("_testlib.") != std::string::npos ||
         name.ends_with("/testing.h");
}

std::vector<fs::path> sources(const std::vector<std::string>& folders) {
  std::vector<fs::path> out;
  for (const std::string& folder : folders) {
    if (!fs::exists(kRoot / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder))
      if (entry.path().extension() == ".h" || entry.path().extension() == ".cc")
        out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> includes_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> out;
  for (std::string line; std::getline(file, line);) {
    std::size_t begin = line.find("linum/"), end = line.find_last_of("\">");
    if (line.starts_with("#include") && begin != std::string::npos)
      out.push_back(line.substr(begin, end - begin));
  }
  return out;
}

std::string floor_name(const std::string& file) {
  std::string rest = file.substr(std::string("linum/").size());
  return rest.substr(0, rest.find('/'));
}

std::ptrdiff_t floor_of(const std::string& folder) {
  auto it = std::find(kFloors.begin(), kFloors.end(), folder);
  return it == kFloors.end() ? -1 : it - kFloors.begin();
}

bool may_include(const std::string& folder, const std::string& other) {
  return floor_of(other) <= floor_of(folder);
}

int lines_of(const fs::path& path) {
  const std::string text = text_of(path);
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

TEST(House, EveryFolderHasItsFloor) {
  for (const auto& entry : fs::directory_iterator(kRoot / "linum")) {
    if (!entry.is_directory()) continue;
    std::string folder = entry.path().filename().string();
    EXPECT_GE(floor_of(folder), 0) << "linum/" << folder << ": give it its place in kFloors";
  }
}

TEST(House, AFolderIncludesOnlyFloorsBelowIt) {
  for (const fs::path& path : sources({"linum"})) {
    std::string file = name_of(path);
    if (is_test(file) || file == "linum/linum.h") continue;
    for (const std::string& included : includes_of(path))
      EXPECT_TRUE(may_include(floor_name(file), floor_name(included)))
          << file << " includes " << included << ", a floor above its own";
  }
}

TEST(House, AFileIsReadInASitting) {
  int files = 0, long_ones = 0;
  for (const fs::path& path : sources({"linum", "tests", "examples", "bench", "fuzz"})) {
    int lines = lines_of(path);
    EXPECT_LE(lines, 600) << name_of(path) << ": split it";
    ++files;
    long_ones += lines > 400;
  }
  EXPECT_LE(long_ones * 20, files) << long_ones << " of " << files << " files pass 400 lines";
}

TEST(House, AHeaderSaysWhatItIsForAndGuardsItself) {
  for (const fs::path& path : sources({"linum"})) {
    if (path.extension() != ".h") continue;
    std::string text = text_of(path);
    EXPECT_TRUE(text.starts_with("// ")) << name_of(path) << ": begin with what it is for";
    EXPECT_NE(text.find("#pragma once"), std::string::npos) << name_of(path);
  }
}

TEST(House, NothingIsLeftForLater) {
  for (const fs::path& path : sources({"linum", "tests", "examples", "bench", "fuzz"})) {
    std::string text = text_of(path);
    for (const std::string& mark : {"TO" + std::string("DO"), "FIX" + std::string("ME")})
      EXPECT_EQ(text.find(mark), std::string::npos) << name_of(path) << " has a " << mark;
  }
}

TEST(House, TheCoverageReportBeginsWithItsCount) {
  std::ifstream file(kRoot / "docs" / "coverage.md");
  int covered = -1, names = -1;
  std::string of, words;
  file >> covered >> of >> names;
  std::getline(file, words);
  EXPECT_EQ(of + words, "of names covered");
  EXPECT_EQ(names, 1329);
  EXPECT_TRUE(covered > 0 && covered <= names) << covered;
}

// What linum/linum.h includes, and what that includes, and so on.
std::set<std::string> reached_from(const std::string& start) {
  std::set<std::string> seen;
  std::vector<std::string> open = {start};
  while (!open.empty()) {
    std::string file = open.back();
    open.pop_back();
    if (!seen.insert(file).second) continue;
    for (const std::string& next : includes_of(kRoot / file)) open.push_back(next);
  }
  return seen;
}

TEST(House, TheUmbrellaHeaderForgetsNoPublicHeader) {
  std::set<std::string> reached = reached_from("linum/linum.h");
  for (const fs::path& path : sources({"linum"})) {
    std::string file = name_of(path);
    if (path.extension() != ".h" || is_test(file) || is_internal(file)) continue;
    EXPECT_TRUE(reached.contains(file))
        << file << ": include it in linum/linum.h, or name it in kInternal (tests/house_test.cc)";
  }
}

TEST(House, InternalHeadersExist) {
  for (const std::string& file : kInternal) EXPECT_TRUE(fs::exists(kRoot / file)) << file;
}

}  // namespace
