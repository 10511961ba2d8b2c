// jax.lax: ragged products, random bits, precision and accuracy, composites, branches by platform.
#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/transforms/composite.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/eval_shape.h"
#include "parity_testlib.h"

namespace linum::parity {
namespace {

// --- ragged products --------------------------------------------------------------------------

auto ragged(lax::RaggedDotDimensionNumbers dimensions) {
  return [dimensions](const Tree& in) {
    return lax::ragged_dot_general(in[0], in[1], in[2], dimensions);
  };
}
const lax::RaggedDotDimensionNumbers kFree{{{3}, {1}, {0}, {2}}, {2}, {0}};

PARITY("lax.ragged_dot", [](const Tree& in) { return lax::ragged_dot(in[0], in[1], in[2]); });
PARITY("lax.ragged_dot:preferred",
       [](const Tree& in) { return lax::ragged_dot(in[0], in[1], in[2], {}, int32); });
PARITY("lax.ragged_dot_general:free", ragged(kFree));
PARITY("lax.ragged_dot_general:each", ragged(kFree));
PARITY("lax.ragged_dot_general:contracted", ragged({{{2}, {1}, {0}, {0}}, {2}, {}}));
PARITY("lax.ragged_dot_general:batch", ragged({{{2}, {1}, {0}, {0}}, {0}, {}}));

// --- random bits ------------------------------------------------------------------------------

auto bits(lax::RandomAlgorithm algorithm) {
  return [algorithm](const Tree& in) {
    return lax::rng_bit_generator(in[0], {3, 5}, uint32, algorithm);
  };
}
PARITY("lax.rng_bit_generator:default", bits(lax::RandomAlgorithm::RNG_DEFAULT));
PARITY("lax.rng_bit_generator:threefry", bits(lax::RandomAlgorithm::RNG_THREE_FRY));
PARITY("lax.rng_bit_generator:philox", bits(lax::RandomAlgorithm::RNG_PHILOX));
PARITY("lax.rng_bit_generator:uint8",
       [](const Tree& in) { return lax::rng_bit_generator(in[0], {7}, uint8); });
PARITY("lax.rng_bit_generator:uint16",
       [](const Tree& in) { return lax::rng_bit_generator(in[0], {7}, uint16); });
PARITY("lax.rng_uniform", [](const Tree& in) {
  const Array x = lax::rng_uniform(in[0], in[1], {100});
  return lax::bitwise_and(lax::ge(x, in[0]), lax::lt(x, in[1]));
});

// --- precision and accuracy -------------------------------------------------------------------

auto product(lax::PrecisionLike precision) {
  return [precision](const Tree& in) { return lax::dot(in[0], in[1], precision); };
}
PARITY("lax.DotAlgorithmPreset:F32_F32_F32", product(lax::DotAlgorithmPreset::F32_F32_F32));
PARITY_TOL("lax.DotAlgorithmPreset:F16_F16_F16", 2e-3, "float16 sums in another order",
           product(lax::DotAlgorithmPreset::F16_F16_F16));
PARITY("lax.DotAlgorithmPreset:BF16_BF16_F32", product(lax::DotAlgorithmPreset::BF16_BF16_F32));
PARITY("lax.DotAlgorithmPreset:DEFAULT", product(lax::DotAlgorithmPreset::DEFAULT));
PARITY("lax.PrecisionLike:name", product("highest"));
PARITY_EAGER("lax.DotAlgorithm", "counts, made in C++", [](const Tree&) {
  const lax::DotAlgorithm one{float32, float32, float32}, three{float32, float32, float32, 1, 1, 3};
  return Array::of<std::int32_t>({2},
                                 {one.num_primitive_operations, three.num_primitive_operations});
});
PARITY("lax.AccuracyMode", [](const Tree& in) {
  return lax::with_accuracy(lax::exp, in[0], lax::AccuracyMode::HIGHEST);
});
PARITY("lax.AccuracyMode:default", [](const Tree& in) {
  return lax::with_accuracy(lax::tanh, in[0], lax::AccuracyMode::DEFAULT);
});
bool refuses(const lax::Tolerance& tolerance) {
  try {
    auto f = [&](Array x) { return lax::with_accuracy(lax::exp, x, tolerance); };
    make_program(f, shape_struct({}, float32));
  } catch (const ValueError&) {
    return true;
  }
  return false;
}
PARITY_EAGER("lax.Tolerance", "answers, made in C++", [](const Tree&) {
  return Array::of<bool>({3}, {refuses({}), refuses({.rtol = -1}), refuses({.ulps = 2})});
});

Array float8(const Array& x) { return lax::convert_element_type(x, DType::F8E4M3FN); }
Array turned(const Array& x) { return lax::transpose(x, {0, 2, 1}); }
PARITY("lax.scaled_dot", [](const Tree& in) {
  return lax::scaled_dot(
      float8(in[0]), turned(float8(in[1])),
      {.lhs_scale = in[2], .rhs_scale = turned(in[3]), .preferred_element_type = float32});
});
PARITY("lax.scaled_dot:plain", [](const Tree& in) { return lax::scaled_dot(in[0], in[1]); });

// --- structure --------------------------------------------------------------------------------

using Branches = std::map<std::string, std::function<Array(Array)>>;

PARITY("lax.composite", [](const Tree& in) {
  auto tangent = [](Array x) { return lax::div(lax::sin(x), lax::cos(x)); };
  return lax::composite(tangent, "my.tangent", {.version = 1})(in[0].array());
});
PARITY("lax.platform_dependent", [](const Tree& in) {
  const Branches branches{{"cpu", [](Array x) { return lax::mul(lax::sin(x), Array(2)); }},
                          {"tpu", [](Array x) { return lax::cos(x); }}};
  return lax::platform_dependent(branches, in[0].array());
});
PARITY("lax.platform_dependent:default", [](const Tree& in) {
  const Branches branches{{"tpu", [](Array x) { return lax::cos(x); }},
                          {"default", [](Array x) { return lax::mul(lax::sin(x), x); }}};
  return lax::platform_dependent(branches, in[0].array());
});
PARITY("lax.stage", [](const Tree& in) { return lax::mul(in[0], lax::stage(Array(2.0))); });
PARITY_EAGER("lax.dce_sink", "its result is a count, made in C++", [](const Tree& in) {
  auto sunk = [](Array x) {
    lax::dce_sink(lax::sin(x));
    return lax::mul(x, Array(2));
  };
  const ProgramRef p = make_program(sunk, in[0].array());
  return Array::of<std::int32_t>({}, {static_cast<int>(p->equations.size())});
});

}  // namespace
}  // namespace linum::parity
