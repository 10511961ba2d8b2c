// Transforms of transforms, over programs with every kind of body, against plain C++.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>

#include "linum/lax/compare_test.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/interpret_testlib.h"
#include "linum/transforms/jit.h"
#include "linum/transforms/random_programs_testlib.h"

namespace linum::fuzz {
namespace {

const Numbers kPoint{0.4, -0.7, 1.1};
Array point() { return Array::of<double>({kWidth}, {kPoint.begin(), kPoint.end()}); }

void expect_numbers(const Body& body, const Stack& stack, const Array& actual,
                    const Numbers& expected) {
  Array wanted = Array::of<double>({kWidth}, {expected.begin(), expected.end()});
  expect_close(actual, wanted, 1e-8, str_cat(to_text(stack), " of ", body.to_string()));
}
void expect_as_reference(const Body& body, const Stack& stack, const Array& actual) {
  expect_numbers(body, stack, actual, reference(body, stack, kPoint));
}

// One compilation for all programs of a stack.
void check_together(const std::vector<Body>& bodies, const Stack& stack) {
  auto all = jit([&](Array x) {
    std::vector<Array> out;
    for (const Body& b : bodies) out.push_back(run(b, stack, x));
    return out;
  });
  std::vector<Array> results = all(point());
  for (std::size_t i = 0; i < bodies.size(); ++i) expect_as_reference(bodies[i], stack, results[i]);
}

// Of the first so many transforms.
std::vector<Stack> stacks_of(std::size_t length, int transforms = kTransforms) {
  std::vector<Stack> out{{}};
  for (std::size_t i = 0; i < length; ++i) {
    std::vector<Stack> longer;
    for (const Stack& s : out)
      for (int t = 0; t < transforms; ++t) {
        longer.push_back(s);
        longer.back().push_back(static_cast<Transform>(t));
      }
    out = std::move(longer);
  }
  return out;
}

// Programs around each of these operations, as far as the stack allows them.
std::vector<Body> bodies_for(const Stack& stack, std::span<const Op> ops, int depth) {
  std::vector<Body> out;
  std::mt19937 engine(7);
  for (Op op : ops) {
    Body body = body_around(op, engine, depth);
    if (allowed(mode_of(op), stack)) out.push_back(std::move(body));
  }
  return out;
}
std::vector<Op> all_with_bodies() {
  std::vector<Op> out;
  for (int op = static_cast<int>(kFirstWithBody); op <= static_cast<int>(kLast); ++op)
    out.push_back(static_cast<Op>(op));
  return out;
}
std::vector<Body> every_body(const Stack& stack) { return bodies_for(stack, all_with_bodies(), 1); }

}  // namespace

TEST(Compositions, EveryTransformOfEveryBody) {
  for (const Stack& s : stacks_of(1)) check_together(every_body(s), s);
}

static std::string transform_name(const testing::TestParamInfo<int>& info) {
  return std::string(name_of(static_cast<Transform>(info.param)));
}

class Pairs : public testing::TestWithParam<int> {};
// Those that begin with one transform, so that they can run side by side.
TEST_P(Pairs, OfEveryBody) {
  for (Stack s : stacks_of(1)) {
    s.insert(s.begin(), static_cast<Transform>(GetParam()));
    check_together(every_body(s), s);
  }
}
INSTANTIATE_TEST_SUITE_P(Compositions, Pairs, testing::Range(0, kTransforms), transform_name);

class Triples : public testing::TestWithParam<int> {};
// The same. Without checkpoint, whose pairs are above.
TEST_P(Triples, OfBranchesLoopsAndRules) {
  constexpr Op ops[] = {Op::Cond, Op::Scan, Op::While, Op::CustomJvp, Op::CustomVjp};
  for (Stack s : stacks_of(2, kTransforms - 1)) {
    s.insert(s.begin(), static_cast<Transform>(GetParam()));
    check_together(bodies_for(s, ops, 0), s);
  }
}
INSTANTIATE_TEST_SUITE_P(Compositions, Triples, testing::Range(0, kTransforms - 1), transform_name);

TEST(Compositions, EagerIsTheSame) {
  for (const Stack& s : stacks_of(1))
    for (const Body& b : every_body(s)) expect_as_reference(b, s, run(b, s, point()));
}

// --- at random -------------------------------------------------------------------------------

// LINUM_FUZZ_PROGRAMS=10000 tries as many; LINUM_FUZZ_SEED begins elsewhere. Compiling takes most
// of the time: LINUM_FUZZ_COMPILED of the programs are compiled whole, the others interpreted.
static unsigned environment_number(const char* name, unsigned fallback) {
  const char* text = std::getenv(name);
  return text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : fallback;
}

using Runner = std::function<Array(const Body&, const Stack&)>;
static void check_random_programs(unsigned programs, const Runner& runner) {
  unsigned first = environment_number("LINUM_FUZZ_SEED", 0), failures = 0;
  for (unsigned seed = first; seed < first + programs && failures < 5; ++seed) {
    std::mt19937 engine(seed);
    Mode mode = static_cast<Mode>(engine() % 3);
    Stack stack = random_stack(engine, mode);
    Body body = random_body(engine, {.mode = mode});
    // In what overflows, the order of sums decides between inf and nan.
    const Numbers expected = reference(body, stack, kPoint);
    if (!std::all_of(expected.begin(), expected.end(), [](auto x) { return std::isfinite(x); }))
      continue;
    SCOPED_TRACE(str_cat("LINUM_FUZZ_SEED=", seed, " ", to_text(stack), " of ", body.to_string()));
    auto* failed = testing::UnitTest::GetInstance()->current_test_info()->result();
    int before = failed->total_part_count();
    try {
      expect_numbers(body, stack, runner(body, stack), expected);
    } catch (const std::exception& e) {
      ADD_FAILURE() << e.what();
    }
    failures += failed->total_part_count() > before;
  }
}

static Array run_interpreted(const Body& body, const Stack& stack) {
  TreeFn f = [&](const Tree& in) { return Tree(run(body, stack, in[0].array())); };
  TracedProgram traced = make_program_tree(f, Tree::list({point()}));
  std::vector<Array> args = traced.captured;
  args.push_back(point());
  return interpret(*traced.program, args)[0];
}
static Array run_compiled(const Body& body, const Stack& stack) {
  return jit([&](Array x) { return run(body, stack, x); })(point());
}

TEST(Fuzz, RandomProgramsUnderRandomTransforms) {
  check_random_programs(environment_number("LINUM_FUZZ_PROGRAMS", 300), run_interpreted);
}

TEST(Fuzz, RandomProgramsCompiled) {
  check_random_programs(environment_number("LINUM_FUZZ_COMPILED", 60), run_compiled);
}

}  // namespace linum::fuzz
