// Joins what the parity tests proved with the public names of jax, flax and optax (tests/api).
//   coverage RESULTS          writes docs/coverage.md
//   coverage RESULTS --check  fails when docs/coverage.md claims a name that does not pass
// RESULTS is the folder in which the parity tests left their results (LINUM_COVERAGE_DIR).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const fs::path kSource = LINUM_SOURCE_DIR;
const fs::path kExceptions = kSource / "tests" / "coverage_exceptions.txt";
const fs::path kDocument = kSource / "docs" / "coverage.md";

struct List {
  std::string stem, title;
  std::vector<std::string> names;
};

std::vector<fs::path> text_files(const fs::path& folder) {
  std::vector<fs::path> out;
  for (auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".txt") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

List read_list(const fs::path& path) {
  List out{path.stem(), "", {}};
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("# ", 0) == 0) out.title = line.substr(2);
    if (!line.empty() && line[0] != '#') out.names.push_back(line);
  }
  return out;
}

std::vector<List> read_lists() {
  std::vector<List> out;
  for (const fs::path& path : text_files(kSource / "tests" / "api")) out.push_back(read_list(path));
  return out;
}

// Names with a passing case and no failing one.
Names read_results(const fs::path& folder) {
  Names passed, failed;
  for (const fs::path& path : text_files(folder)) {
    std::ifstream in(path);
    for (std::string verdict, name; in >> verdict >> name;)
      (verdict == "pass" ? passed : failed).insert(name);
  }
  for (const std::string& name : failed) passed.erase(name);
  return passed;
}

using Reasons = std::map<std::string, std::string>;  // name -> why C++ has no such thing

// Lines "name: reason".
Reasons read_exceptions() {
  Reasons out;
  std::ifstream in(kExceptions);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(": ");
    if (!line.starts_with('#') && colon != std::string::npos)
      out[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return out;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "`" : ", `") + name + "`";
  return out.empty() ? "none" : out;
}

struct Split {
  std::vector<std::string> covered, excepted, missing;
};
Split split(const List& list, const Names& passed, const Reasons& exceptions) {
  Split out;
  for (const std::string& name : list.names) {
    const bool excepted = exceptions.count(name) != 0;
    (passed.count(name) ? out.covered : excepted ? out.excepted : out.missing).push_back(name);
  }
  return out;
}

std::string reasoned(const std::vector<std::string>& names, const Reasons& exceptions) {
  std::string out;
  for (const std::string& name : names)
    out += fmt::format("- `{}`: {}\n", name, exceptions.at(name));
  return out.empty() ? out : "\nNot in C++:\n\n" + out;
}

constexpr const char* kPreface =
    "{} of {} names covered\n\nWritten by `make coverage`. A name counts when a parity case that "
    "covers it passes and none fails:\nthe cases are recorded from jax, flax and optax "
    "(`tests/oracle`) and compared by `tests/parity_*_test.cc`.\nA name under \"Not in C++\" has "
    "no "
    "counterpart here, for the reason given (`tests/coverage_exceptions.txt`).\n\n"
    "| list | names | covered | not in C++ | of |\n|---|---|---|---|---|\n{}{}";

std::string document(const std::vector<List>& lists, const Names& passed) {
  const Reasons exceptions = read_exceptions();
  std::string table, details;
  std::size_t covered = 0, total = 0;
  for (const List& list : lists) {
    Split s = split(list, passed, exceptions);
    covered += s.covered.size();
    total += list.names.size();
    table += fmt::format("| [{0}](#{0}) | {1} | {2} | {3} | {4} |\n", list.stem, list.title,
                         s.covered.size(), s.excepted.size(), list.names.size());
    details += fmt::format("\n## {}\n\nCovered: {}\n\nMissing: {}\n{}", list.stem,
                           joined(s.covered), joined(s.missing), reasoned(s.excepted, exceptions));
  }
  return fmt::format(kPreface, covered, total, table, details);
}

// The names after "Covered:" in the document.
Names claimed(std::istream& in) {
  Names out;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("Covered: ", 0) != 0) continue;
    std::istringstream quoted(line);
    std::string name;
    while (std::getline(quoted, name, '`') && std::getline(quoted, name, '`')) out.insert(name);
  }
  return out;
}

int check(const Names& passed) {
  std::ifstream in(kDocument);
  std::size_t count = 0;
  if (!(in >> count)) {
    std::cerr << kDocument << " is missing or does not start with a number: run make coverage\n";
    return 1;
  }
  Names claims = claimed(in);
  int wrong = 0;
  for (const std::string& name : claims) {
    if (passed.count(name)) continue;
    std::cerr << "docs/coverage.md claims " << name << ", which no passing parity case covers\n";
    ++wrong;
  }
  if (claims.size() != count) {
    std::cerr << "docs/coverage.md says " << count << " names and lists " << claims.size() << "\n";
    ++wrong;
  }
  return wrong ? 1 : 0;
}

int write(const Names& passed) {
  std::string text = document(read_lists(), passed);
  fs::create_directories(kDocument.parent_path());
  std::ofstream(kDocument) << text;
  std::cout << text.substr(0, text.find('\n')) << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3 || (argc == 3 && std::string(argv[2]) != "--check")) {
    std::cerr << "usage: coverage RESULTS [--check]\n";
    return 2;
  }
  Names passed = read_results(argv[1]);
  if (passed.empty()) {
    std::cerr << "no results in " << argv[1] << ": run the parity tests with LINUM_COVERAGE_DIR\n";
    return 2;
  }
  return argc == 3 ? check(passed) : write(passed);
}
