// Every primitive of the source has a row in the table of laws.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/transforms/autodiff.h"

namespace linum {
namespace {

using Names = std::set<std::string>;

// --- what the source has ---------------------------------------------------------------------

void add_matches(const std::string& text, const std::string& pattern, Names& out) {
  std::regex r(pattern);
  for (std::sregex_iterator it(text.begin(), text.end(), r), end; it != end; ++it)
    out.insert((*it)[1].str());
}

// The string literals of the bodies of `name() const`.
void add_returned(const std::string& text, Names& out) {
  std::regex function(R"re(string_view name\(\) const(?: override)? \{([^}]*)\})re");
  std::regex outside(R"re(string_view \w+::name\(\) const \{([\s\S]*?)\n\})re");
  for (const std::regex& pattern : {function, outside})
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
      add_matches((*it)[1].str(), R"re("([\w-]+)")re", out);
}

Names names_in_source() {
  namespace fs = std::filesystem;
  Names out;
  for (const char* folder : {"linum/lax", "linum/transforms"})
    for (auto& entry : fs::directory_iterator(fs::path(LINUM_SOURCE_DIR) / folder)) {
      if (entry.path().stem().string().find("_test") != std::string::npos) continue;
      std::ifstream file(entry.path());
      std::stringstream text;
      text << file.rdbuf();
      std::string source = std::regex_replace(text.str(), std::regex("//[^\n]*"), "");
      add_returned(source, out);
      add_matches(source, R"re(\b(?:unary|binary|compare)\(\s*"(\w+)")re", out);
      add_matches(source, R"re(\bkName = "(\w+)")re", out);
      add_matches(source, R"re((?:Accumulation|Function) k\w+\{"(\w+)")re", out);
    }
  return out;
}

// --- what the rows have ----------------------------------------------------------------------

void collect(const Program& p, Names& out);

class Bodies final : public ParamSink {
 public:
  explicit Bodies(Names& out) : out_(out) {}
  void integer(std::string_view, std::int64_t) override {}
  void number(std::string_view, double) override {}
  void text(std::string_view, std::string_view) override {}
  void integers(std::string_view, const std::vector<std::int64_t>&) override {}
  void program(std::string_view, const Program& p) override { collect(p, out_); }
  void identity(std::string_view, const void*) override {}

 private:
  Names& out_;
};

void collect(const Program& p, Names& out) {
  for (const Equation& e : p.equations) {
    out.insert(std::string(e.primitive->name()));
    Bodies bodies(out);
    e.primitive->params(bodies);
  }
}

std::vector<Array> defined_of(const std::vector<Tangent>& tangents) {
  std::vector<Array> out;
  for (const Tangent& t : tangents)
    if (t.defined()) out.push_back(t);
  return out;
}

// The operation and its derivatives: some primitives are there for a derivative only.
void collect(const Law& law, Names& out) {
  std::vector<Aval> types;
  std::vector<bool> wrt;
  for (const Sample& s : law.operands) {
    Shape shape = s.shape;
    if (!law.axis.empty()) shape.erase(shape.begin());
    types.emplace_back(s.dtype, shape);
    wrt.push_back(is_inexact(s.dtype));
  }
  AxisScope axis(law.axis, law.axis.empty() ? 0 : law.operands[0].shape[0]);
  collect(*trace_program(law.f, types).program, out);
  auto tangents = [&](std::span<const Array> x) {
    std::vector<Tangent> t;
    for (const Array& a : x) t.push_back(is_inexact(a.dtype()) ? lax::full_like(a, 1) : Array());
    return defined_of(jvp_flat(law.f, x, t).tangents);
  };
  auto cotangents = [&](std::span<const Array> x) {
    FlatVjp vjp = vjp_flat(law.f, x, wrt);
    std::vector<Array> cts;
    for (const Array& y : vjp.primals)
      cts.push_back(is_inexact(y.dtype()) ? lax::full_like(y, 1) : Array());
    return defined_of(vjp.pull_back(cts));
  };
  for (const FlatFn& derivative : {FlatFn(tangents), FlatFn(cotangents)}) {
    try {
      collect(*trace_program(derivative, types).program, out);
    } catch (const Error&) {  // it has none
    }
  }
}

// custom_lin lives only between linearize and its transpose: the rows of custom_vjp go through it.
// A check is in no program that runs: the row of checkify turns it into a result.
const Names kNeverSeen{"custom_lin", "check"};

}  // namespace

TEST(LawTable, EveryPrimitiveHasARow) {
  Names seen = kNeverSeen;
  for (const Law& law : all_laws()) collect(law, seen);
  Names known = names_in_source();
  EXPECT_GT(known.size(), 100u) << "the source is read wrongly";
  for (const std::string& name : known)
    EXPECT_TRUE(seen.contains(name)) << "'" << name << "' has no row in linum/lax/*_test.cc";
}

TEST(LawTable, EveryRowsPrimitivesAreKnown) {
  Names known = names_in_source(), seen;
  for (const Law& law : all_laws()) collect(law, seen);
  for (const std::string& name : seen)
    EXPECT_TRUE(known.contains(name)) << "'" << name << "' is not found in the source";
}

}  // namespace linum
