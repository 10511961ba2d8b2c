#include "tests/parity_testlib.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "linum/transforms/autodiff.h"
#include "tests/parity_compare_testlib.h"
#include "tests/parity_fixture_testlib.h"

namespace linum::parity {

namespace {

std::multimap<std::string, Binding>& bindings() {
  static std::multimap<std::string, Binding> table;
  return table;
}

// One for every output: those of integers are not recorded and not read.
Tree cotangents_like(const Tree& primal, const Tree& recorded) {
  std::vector<Array> leaves = tree::leaves(primal);
  for (std::size_t i = 0; i < leaves.size() && i < recorded.size(); ++i)
    if (recorded[i].is_leaf()) leaves[i] = recorded[i].array();
  return TreeDef(primal).unflatten(leaves);
}

// From list(inputs, cotangents) to list(outputs, gradients): both in one compilation.
Tree call_with_gradients(const Function& f, const Tree& args) {
  TreeVjp vjp = vjp_tree(f, args[0]);
  if (TreeDef(vjp.primal).num_leaves() != args[1].size())
    return Tree::list({vjp.primal, Tree()});  // the comparison says what is wrong
  return Tree::list({vjp.primal, vjp.pull_back(cotangents_like(vjp.primal, args[1]))});
}

Tree run(const Binding& b, const Case& recorded) {
  Tree::List cotangents;
  for (const Array& ct : recorded.cotangents)
    cotangents.push_back(ct.defined() ? Tree(ct) : Tree());
  Tree args = Tree::list({recorded.inputs, Tree(cotangents)});
  TreeFn both = [&](const Tree& a) {
    return recorded.differentiable ? call_with_gradients(b.function, a)
                                   : Tree::list({b.function(a[0]), Tree()});
  };
  return b.eager ? both(args) : JitEngine(both, {.keep_unused = true}).call(args);
}

std::string gradient_differences(const Tree& actual, const Case& recorded, double tolerance) {
  if (actual.is_none()) return "";
  std::string out;
  auto named = tree::leaves_with_path(actual);
  for (std::size_t i = 0; i < recorded.gradients.size(); ++i) {
    if (!recorded.gradients[i].defined()) continue;
    std::string found = difference(named[i].second, recorded.gradients[i], tolerance);
    if (!found.empty())
      out += str_cat("  with respect to input ", named[i].first, ": ", found, "\n");
  }
  return out;
}

// Which public names passed, for tests/coverage.cc; written when the tests are done.
class Results : public testing::EmptyTestEventListener {
 public:
  explicit Results(std::string area) : area_(std::move(area)) {}
  void note(const std::string& name, bool passed) {
    lines_.insert(str_cat(passed ? "pass " : "fail ", name));
  }
  void OnTestProgramEnd(const testing::UnitTest&) override {
    const char* folder = std::getenv("LINUM_COVERAGE_DIR");
    if (!folder || !*folder) return;
    std::filesystem::create_directories(folder);
    std::ofstream out(std::filesystem::path(folder) / (area_ + ".txt"));
    for (const std::string& line : lines_) out << line << "\n";
  }

 private:
  std::string area_;
  std::set<std::string> lines_;
};

class CaseTest : public testing::Test {
 public:
  CaseTest(const Fixture& fixture, Results& results, std::string name)
      : fixture_(fixture), results_(results), name_(std::move(name)) {}
  void TestBody() override {
    auto bound = bindings().equal_range(name_);
    ASSERT_NE(bound.first, bound.second) << "no binding: add PARITY(\"" << name_ << "\", ...)";
    ASSERT_EQ(std::distance(bound.first, bound.second), 1) << name_ << " is bound more than once";
    const Binding& b = bound.first->second;
    Case recorded = fixture_.read(name_);
    Tree result = run(b, recorded);
    EXPECT_EQ(difference(result[0], recorded.outputs, b.tolerance), "") << "outputs of " << name_;
    EXPECT_EQ(gradient_differences(result[1], recorded, b.tolerance), "")
        << "gradients of " << name_;
  }
  void TearDown() override {
    for (const std::string& name : fixture_.covers(name_)) results_.note(name, !HasFailure());
  }

 private:
  const Fixture& fixture_;
  Results& results_;
  std::string name_;
};

class StrayBindingTest : public testing::Test {
 public:
  explicit StrayBindingTest(std::string name) : name_(std::move(name)) {}
  void TestBody() override { FAIL() << "no case is named " << name_; }

 private:
  std::string name_;
};

// ':' separates patterns in --gtest_filter.
std::string test_name(std::string name) {
  std::replace(name.begin(), name.end(), ':', '/');
  return name;
}

using MakeTest = std::function<testing::Test*()>;

void add_test(const std::string& area, const std::string& name, MakeTest make) {
  testing::RegisterTest(("parity_" + area).c_str(), test_name(name).c_str(), nullptr, nullptr,
                        __FILE__, __LINE__, std::move(make));
}

void register_tests(const std::string& area, const Fixture& fixture, Results& results) {
  std::set<std::string> known;
  for (const std::string& name : fixture.names()) {
    known.insert(name);
    add_test(area, name, [&, name] { return new CaseTest(fixture, results, name); });
  }
  for (auto& [name, binding] : bindings()) {
    if (!known.insert(name).second) continue;
    add_test(area, name, [name = name] { return new StrayBindingTest(name); });
  }
}

}  // namespace

bool bind(Binding binding) {
  std::string name = binding.name;
  bindings().emplace(std::move(name), std::move(binding));
  return true;
}

int run_area(const std::string& area, int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  Fixture fixture(area);
  auto* results = new Results(area);  // owned by GoogleTest
  testing::UnitTest::GetInstance()->listeners().Append(results);
  register_tests(area, fixture, *results);
  return RUN_ALL_TESTS();
}

}  // namespace linum::parity
