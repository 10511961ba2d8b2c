#include "linum/core/program.h"

#include <gmock/gmock.h>

#include "linum/base/testing.h"
#include "linum/core/trace.h"
#include "linum/lax/lax.h"
#include "linum/transforms/eval_shape.h"

namespace linum {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Array kVector = shape_struct({3}, float32);

template <class F, class... Args>
std::string text_of(F f, const Args&... args) {
  return make_program(f, args...)->to_string();
}

// --- printing: JAX's own text of the same programs -------------------------------------------

TEST(ProgramText, OfOneEquationIsOneLine) {
  EXPECT_EQ(text_of([](Array x) { return lax::sin(x); }, kVector),
            "{ lambda ; a:f32[3]. let b:f32[3] = sin a in (b,) }");
}

TEST(ProgramText, ShowsLiteralsWithTheirTypes) {
  EXPECT_EQ(text_of([](Array x) { return lax::mul(lax::sin(x), x); }, kVector),
            "{ lambda ; a:f32[3]. let b:f32[3] = sin a; c:f32[3] = mul b a in (c,) }");
  Array scalar = shape_struct({}, float32);
  auto added = [&](Array number) {
    return text_of([&](Array x) { return lax::add(x, number); }, scalar);
  };
  EXPECT_EQ(added(2.0), "{ lambda ; a:f32[]. let b:f32[] = add a 2.0:f32[] in (b,) }");
  EXPECT_THAT(added(3.25), HasSubstr("add a 3.25:f32[]"));
  EXPECT_THAT(added(1e-10), HasSubstr("add a 1e-10:f32[]"));
  EXPECT_THAT(added(1e20), HasSubstr("add a 1e+20:f32[]"));
  EXPECT_THAT(added(-0.1), HasSubstr("add a -0.1:f32[]"));
  EXPECT_EQ(text_of([](Array x) { return lax::add(x, Array(1)); }, shape_struct({}, int32)),
            "{ lambda ; a:i32[]. let b:i32[] = add a 1:i32[] in (b,) }");
  EXPECT_THAT(text_of([](Array x) { return lax::add(x, Array(std::complex<float>(2, 1))); },
                      shape_struct({}, complex64)),
              HasSubstr("add a (2+1j):c64[]"));
}

TEST(ProgramText, BreaksWhereALineIsFull) {
  EXPECT_EQ(
      text_of([](Array x) { return lax::add(lax::exp(lax::mul(lax::sin(x), x)), x); }, kVector),
      "{ lambda ; a:f32[3]. let\n"
      "    b:f32[3] = sin a\n"
      "    c:f32[3] = mul b a\n"
      "    d:f32[3] = exp c\n"
      "    e:f32[3] = add d a\n"
      "  in (e,) }");
}

TEST(ProgramText, OfNoEquations) {
  EXPECT_EQ(text_of(
                [](Array x) {
                  return std::pair{x, Array(1.0)};
                },
                kVector),
            "{ lambda ; a:f32[3]. let  in (a, 1.0:f32[]) }");
}

TEST(ProgramText, ShowsParameters) {
  EXPECT_EQ(text_of([](Array x) { return lax::integer_pow(x, 2); }, kVector),
            "{ lambda ; a:f32[3]. let b:f32[3] = integer_pow[y=2] a in (b,) }");
}

TEST(ProgramText, ShowsProgramsInsidePrograms) {
  auto inner = jit([](Array y) { return lax::mul(lax::sin(y), y); }, {.name = "inner"});
  EXPECT_EQ(text_of([&](Array x) { return inner(x); }, kVector),
            "{ lambda ; a:f32[3]. let\n"
            "    b:f32[3] = jit[\n"
            "      name=inner\n"
            "      jaxpr={ lambda ; c:f32[3]. let\n"
            "          d:f32[3] = sin c\n"
            "          e:f32[3] = mul d c\n"
            "        in (e,) }\n"
            "    ] a\n"
            "  in (b,) }");
}

TEST(ProgramText, NamesMoreThanTwentySixVariables) {
  std::string text = text_of(
      [](Array x) {
        for (int i = 0; i < 27; ++i) x = lax::neg(x);
        return x;
      },
      kVector);
  EXPECT_THAT(text, HasSubstr("z:f32[3] = neg y\n    ba:f32[3] = neg z\n    bb:f32[3] = neg ba"));
}

// --- equality --------------------------------------------------------------------------------

TEST(ProgramKey, IsTheSameForTheSameProgram) {
  auto f = [](Array x) { return lax::mul(lax::sin(x), x); };
  EXPECT_EQ(make_program(f, kVector)->key(), make_program(f, kVector)->key());
}

TEST(ProgramKey, DoesNotDependOnScopesOrOnNumbering) {
  auto plain = [](Array x) { return lax::sin(lax::cos(x)); };
  auto scoped = [](Array x) {
    NameScope scope("Dense_0");
    lax::exp(x);  // not used
    return lax::sin(lax::cos(x));
  };
  ProgramRef a = make_program(plain, kVector), b = make_program(scoped, kVector);
  EXPECT_NE(a->key(), b->key());
  EXPECT_EQ(a->key(), prune(*b, {true}).program->key());
}

TEST(ProgramKey, TellsProgramsApart) {
  std::vector<std::string> keys{
      make_program([](Array x) { return lax::sin(x); }, kVector)->key(),
      make_program([](Array x) { return lax::cos(x); }, kVector)->key(),
      make_program([](Array x) { return lax::sin(x); }, shape_struct({4}, float32))->key(),
      make_program([](Array x) { return lax::sin(x); }, shape_struct({3}, bfloat16))->key(),
      make_program(
          [](Array x) {
            return std::pair{lax::sin(x), x};
          },
          kVector)
          ->key(),
      make_program([](Array x, Array) { return lax::sin(x); }, kVector, kVector)->key(),
      make_program([](Array, Array x) { return lax::sin(x); }, kVector, kVector)->key(),
      make_program([](Array x) { return lax::integer_pow(x, 2); }, kVector)->key(),
      make_program([](Array x) { return lax::integer_pow(x, 3); }, kVector)->key(),
      make_program(
          [](Array x) {
            return std::pair{x, Array(1.0)};
          },
          kVector)
          ->key(),
      make_program(
          [](Array x) {
            return std::pair{x, Array(2.0)};
          },
          kVector)
          ->key(),
      make_program(
          [](Array x) {
            return std::pair{x, Array(1)};
          },
          kVector)
          ->key()};
  for (std::size_t i = 0; i < keys.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(keys[i], keys[j]) << i << " and " << j;
}

TEST(PrimitiveKey, TellsOperationsAndParametersApart) {
  auto primitive = [](auto f) { return make_program(f, kVector)->equations[0].primitive; };
  auto sum = [&](Axes axes) {
    return primitive([axes](Array x) { return lax::reduce_sum(x, axes); });
  };
  EXPECT_EQ(sum({0})->key(), sum({0})->key());
  EXPECT_NE(sum({0})->key(), primitive([](Array x) { return lax::reduce_max(x, {0}); })->key());
  EXPECT_EQ(sum({0})->to_string(), "reduce_sum[axes=(0,)]");
}

// --- what a program says of itself -----------------------------------------------------------

TEST(Program, KnowsItsTypes) {
  ProgramRef p = make_program([](Array x) { return std::pair{lax::sin(x), Array(1)}; }, kVector);
  EXPECT_THAT(p->input_avals(), ElementsAre(Aval(float32, {3})));
  EXPECT_THAT(p->output_avals(), ElementsAre(Aval(float32, {3}), Aval(int32, {}, true)));
  EXPECT_FALSE(p->has_effects());
}

TEST(Program, RunsOnArrays) {
  ProgramRef p = make_program([](Array x) { return lax::add(x, x); }, kVector);
  Array x = Array::of<float>({3}, {1, 2, 3});
  EXPECT_THAT(eval_program(*p, std::vector<Array>{x})[0].to_vector<float>(), ElementsAre(2, 4, 6));
  EXPECT_ERROR(eval_program(*p, std::vector<Array>{}), InternalError,
               "a program of 1 inputs got 0");
}

TEST(Program, CapturesOuterArraysAsInputs) {
  Array c = Array::of<float>({3}, {1, 2, 3});
  TracedProgram traced = trace_program(
      [&](std::span<const Array> in) { return std::vector<Array>{lax::add(in[0], c)}; },
      std::vector<Aval>{kVector.aval()});
  ASSERT_EQ(traced.captured.size(), 1u);
  EXPECT_EQ(traced.captured[0].value(), c.value());
  EXPECT_EQ(traced.program->to_string(),
            "{ lambda ; a:f32[3] b:f32[3]. let c:f32[3] = add b a in (c,) }");
}

// --- the verifier ----------------------------------------------------------------------------

struct Editable {
  Ref<Program> program{new Program};
  Editable() {  // c = sin a; d = mul c a
    ProgramRef made = make_program([](Array x) { return lax::mul(lax::sin(x), x); }, kVector);
    program->avals = made->avals;
    program->literals = made->literals;
    program->inputs = made->inputs;
    program->equations = made->equations;
    program->outputs = made->outputs;
  }
  Program* operator->() { return program.get(); }
};

TEST(Verifier, AcceptsWhatTracingMakes) { EXPECT_NO_THROW(Editable()->verify()); }

TEST(Verifier, FindsAUseBeforeTheDefinition) {
  Editable p;
  std::swap(p->equations[0], p->equations[1]);
  EXPECT_ERROR(p->verify(), InternalError,
               "invalid program: a variable is used before it is made, by mul in\n{ lambda ;");
}

TEST(Verifier, FindsAVariableThatNobodyMakes) {
  Editable p;
  p->outputs[0] = Atom{77};
  EXPECT_ERROR(p->verify(), InternalError, "used before it is made, by the outputs");
  p->outputs[0] = Atom{~5};
  EXPECT_ERROR(p->verify(), InternalError, "used before it is made, by the outputs");
}

TEST(Verifier, FindsAVariableMadeTwice) {
  Editable p;
  p->equations[1].outputs = p->equations[0].outputs;
  EXPECT_ERROR(p->verify(), InternalError, "a variable is made twice, by mul");
  Editable q;
  q->inputs.push_back(q->inputs[0]);
  EXPECT_ERROR(q->verify(), InternalError, "a variable is made twice, by an input");
}

TEST(Verifier, FindsAVariableWithoutAType) {
  Editable p;
  p->equations[1].outputs[0] = 9;
  EXPECT_ERROR(p->verify(), InternalError, "a variable has no type, made by mul");
}

TEST(Verifier, FindsAResultOfTheWrongType) {
  Editable p;
  p->avals[static_cast<std::size_t>(p->equations[0].outputs[0])] = Aval(float64, {3});
  EXPECT_ERROR(p->verify(), InternalError, "sin: result is f64[3], the rule says f32[3]");
}

TEST(Verifier, FindsOperandsThatDoNotFit) {
  Editable p;
  p->avals[static_cast<std::size_t>(p->inputs[0])] = Aval(int32, {3});
  EXPECT_ERROR(p->verify(), InternalError, "operands that do not fit (sin");
}

TEST(Verifier, FindsAWrongCountOfResults) {
  Editable p;
  p->equations[1].outputs.clear();
  EXPECT_ERROR(p->verify(), InternalError, "mul has 0 results, the rule says 1");
}

TEST(Verifier, FindsALiteralThatIsNoScalar) {
  Editable p;
  p->literals.push_back(Array::of<float>({1}, {1}));
  EXPECT_ERROR(p->verify(), InternalError, "a literal is no host scalar");
}

TEST(Verifier, FindsAnEmptyEquation) {
  Editable p;
  p->equations[0].primitive = nullptr;
  EXPECT_ERROR(p->verify(), InternalError, "an equation without an operation");
}

// --- pruning ---------------------------------------------------------------------------------

TEST(Prune, KeepsWhatTheOutputsNeed) {
  ProgramRef p = make_program(
      [](Array x, Array y) {
        lax::exp(y);
        return std::pair{lax::sin(x), lax::cos(y)};
      },
      kVector, kVector);
  PrunedProgram first = prune(*p, {true, false});
  EXPECT_EQ(first.program->to_string(), "{ lambda ; a:f32[3]. let b:f32[3] = sin a in (b,) }");
  EXPECT_THAT(first.used_inputs, ElementsAre(true, false));
  PrunedProgram whole = prune(*p, {true, false}, /*keep_inputs=*/true);
  EXPECT_EQ(whole.program->inputs.size(), 2u);
  EXPECT_NO_THROW(first.program->verify());
}

}  // namespace
}  // namespace linum
