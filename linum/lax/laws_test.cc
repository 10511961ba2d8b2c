#include "linum/lax/laws_test.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "linum/lax/lax.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/vmap.h"

namespace linum {

using Numbers = std::vector<std::complex<double>>;
using Arrays = std::vector<Array>;
using X = std::span<const Array>;

// --- samples ----------------------------------------------------------------------------------

Sample real(Shape shape, double low, double high) {
  return {DType::F64, std::move(shape), low, high, {}};
}
Sample positive(Shape shape, double low, double high) { return real(std::move(shape), low, high); }
Sample complex(Shape shape, double low, double high) {
  return {DType::C128, std::move(shape), low, high, {}};
}
Sample integers(Shape shape, double low, double high, DType dtype) {
  return {dtype, std::move(shape), low, high, {}};
}
Sample bools(Shape shape) { return {DType::Bool, std::move(shape), 0, 2, {}}; }
Sample given(Shape shape, std::vector<double> values, DType dtype) {
  return {dtype, std::move(shape), 0, 0, std::move(values)};
}

static std::vector<Law>& registry() {
  static auto* laws = new std::vector<Law>;
  return *laws;
}
const std::vector<Law>& all_laws() { return registry(); }

Law law(std::string name, FlatFn f, std::vector<Sample> operands) {
  Law row{std::move(name), std::move(f), std::move(operands)};
  registry().push_back(row);
  return row;
}
Law law_over_axis(std::string name, FlatFn f, std::vector<Sample> operands) {
  Law row = law(std::move(name), f, operands);
  registry().back().axis = "i";
  std::int64_t size = operands[0].shape[0];
  row.f = [f, size](X x) {
    std::vector<std::int64_t> dims(x.size(), 0);
    auto front = [](std::size_t n) { return std::vector<std::int64_t>(n, 0); };
    return vmap_flat(f, x, dims, front, {size, "i"});
  };
  return row;
}
std::vector<Law> in_shape(std::vector<Law> laws, const Shape& shape, const std::string& suffix) {
  std::vector<Law> out;
  for (Law& row : laws) {
    bool given = false;
    for (Sample& s : row.operands) {
      given = given || !s.values.empty();
      if (!s.shape.empty()) s.shape = shape;
    }
    row.name += suffix;
    if (!given) out.push_back(std::move(row));
  }
  return out;
}
Law law(std::string name, Array (*f)(const Array&), std::vector<Sample> operands) {
  return law(
      std::move(name), [f](std::span<const Array> x) { return Arrays{f(x[0])}; },
      std::move(operands));
}
Law law(std::string name, Array (*f)(const Array&, const Array&), std::vector<Sample> operands) {
  return law(
      std::move(name), [f](std::span<const Array> x) { return Arrays{f(x[0], x[1])}; },
      std::move(operands));
}
Law law(std::string name, Array (*f)(const Array&, const Array&, const Array&),
        std::vector<Sample> operands) {
  return law(
      std::move(name), [f](std::span<const Array> x) { return Arrays{f(x[0], x[1], x[2])}; },
      std::move(operands));
}
std::string law_name(const testing::TestParamInfo<Law>& info) { return info.param.name; }
void PrintTo(const Law& law, std::ostream* out) { *out << law.name; }

// --- numbers on the host ----------------------------------------------------------------------

static Array array_of(const Numbers& numbers, DType dtype, const Shape& shape) {
  HostArray host(dtype, shape);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (dtype == DType::C64) {
      host.as<std::complex<float>>()[i] = std::complex<float>(numbers[i]);
    } else if (dtype == DType::C128) {
      host.as<std::complex<double>>()[i] = numbers[i];
    } else {
      host.set_number(static_cast<std::int64_t>(i), numbers[i].real());
    }
  }
  return Array::from_host(host);
}

static void expect_all_close(const Arrays& actual, const Arrays& expected, double tolerance,
                             const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (std::size_t i = 0; i < actual.size(); ++i)
    expect_close(actual[i], expected[i], tolerance, str_cat(what, " (result ", i, ")"));
}

// --- drawing ----------------------------------------------------------------------------------

static Numbers draw_numbers(const Sample& s, std::size_t count, std::mt19937& engine) {
  std::uniform_real_distribution<double> even(s.low, s.high);
  Numbers out(count);
  for (auto& v : out) {
    v = {even(engine), is_complex(s.dtype) ? even(engine) : 0.0};
    if (!is_inexact(s.dtype)) v = std::floor(v.real());
  }
  return out;
}

// `batch` copies of the sample's own numbers along `axis`, each begun one element later.
static Numbers repeat_given(const Sample& s, std::int64_t batch, std::int64_t axis) {
  std::int64_t n = element_count(s.shape), inner = 1;
  for (std::size_t i = static_cast<std::size_t>(axis); i < s.shape.size(); ++i) inner *= s.shape[i];
  Numbers out;
  for (std::int64_t i = 0; i < n * batch; ++i) {
    std::int64_t row = i / inner % batch, place = i / (inner * batch) * inner + i % inner;
    out.emplace_back(s.values[static_cast<std::size_t>((place + row) % n)]);
  }
  return out;
}

// An operand; with a batch of examples along `axis` unless it is kNotBatched.
static Array draw(const Sample& s, std::mt19937& engine, std::int64_t axis = kNotBatched,
                  std::int64_t batch = 1) {
  Shape shape = s.shape;
  if (axis != kNotBatched) shape.insert(shape.begin() + axis, batch);
  if (axis == kNotBatched) axis = 0;
  Numbers numbers = s.values.empty()
                        ? draw_numbers(s, static_cast<std::size_t>(element_count(shape)), engine)
                        : repeat_given(s, batch, axis);
  return array_of(numbers, s.dtype, shape);
}

static Array draw_like(const Aval& x, std::mt19937& engine) {
  return draw({x.dtype(), x.shape(), -1, 1, {}}, engine);
}

// Ones of these types, made on the host: nothing is compiled for them.
static Arrays ones_like(const std::vector<Aval>& types) {
  Arrays out;
  for (const Aval& a : types)
    out.push_back(array_of(Numbers(static_cast<std::size_t>(a.size()), 1.0), a.dtype(), a.shape()));
  return out;
}

// Example `row` of a batch along `axis`.
static Array example(const Array& x, std::int64_t axis, std::int64_t row) {
  if (axis == kNotBatched) return x;
  Shape shape = x.shape();
  std::int64_t batch = shape[static_cast<std::size_t>(axis)], inner = 1;
  shape.erase(shape.begin() + axis);
  for (std::size_t i = static_cast<std::size_t>(axis); i < shape.size(); ++i) inner *= shape[i];
  Numbers all = numbers_of(x), out;
  for (std::int64_t i = 0; i < element_count(shape); ++i) {
    std::int64_t place = (i / inner * batch + row) * inner + i % inner;
    out.push_back(all[static_cast<std::size_t>(place)]);
  }
  return array_of(out, x.dtype(), shape);
}

// --- functions of flat lists ------------------------------------------------------------------

static FlatFn jitted(FlatFn f) {
  return [j = jit([f](const Arrays& x) { return f(x); })](std::span<const Array> x) {
    return j(Arrays(x.begin(), x.end()));
  };
}

// An operation together with operands, seen as a function of those that have derivatives.
struct Differentiable {
  FlatFn f;                         // of the operands in `moving`, with values for the others
  Arrays point;                     // their values
  std::vector<std::size_t> moving;  // which operands of the operation they are
};

// Results without derivatives (integers) are dropped.
static Differentiable differentiable(const FlatFn& f, const Arrays& operands) {
  Differentiable d;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (!is_inexact(operands[i].dtype())) continue;
    d.moving.push_back(i);
    d.point.push_back(operands[i]);
  }
  d.f = [f, operands, moving = d.moving](std::span<const Array> x) {
    Arrays all = operands, kept;
    for (std::size_t i = 0; i < moving.size(); ++i) all[moving[i]] = x[i];
    for (Array& y : f(all))
      if (is_inexact(y.dtype())) kept.push_back(y);
    return kept;
  };
  return d;
}

// The types of its results, without running it.
static std::vector<Aval> result_types(const Differentiable& d) {
  std::vector<Aval> types;
  for (const Array& x : d.point) types.push_back(x.aval());
  return trace_program(d.f, types).program->output_avals();
}

// (x, t) -> the tangents of f at x along t.
static FlatFn tangent_of(const FlatFn& f, std::size_t n) {
  return [f, n](std::span<const Array> xt) {
    FlatJvp out = jvp_flat(f, xt.first(n), xt.subspan(n));
    for (std::size_t i = 0; i < out.tangents.size(); ++i) {
      if (!out.tangents[i].defined()) out.tangents[i] = lax::zeros_like(out.primals[i]);
    }
    return out.tangents;
  };
}

// (x, ct) -> the cotangents of x.
static FlatFn cotangent_of(const FlatFn& f, std::size_t n) {
  return [f, n](std::span<const Array> x_ct) {
    auto x = x_ct.first(n);
    Arrays cts = vjp_flat(f, x, std::vector<bool>(n, true)).pull_back(x_ct.subspan(n));
    for (std::size_t i = 0; i < n; ++i)
      if (!cts[i].defined()) cts[i] = lax::zeros_like(x[i]);
    return cts;
  };
}

static Arrays joined(const Arrays& a, const Arrays& b) {
  Arrays out = a;
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

static Arrays moved(const Arrays& x, const Arrays& t, double step) {
  Arrays out;
  for (std::size_t i = 0; i < x.size(); ++i) {
    Numbers p = numbers_of(x[i]), d = numbers_of(t[i]);
    for (std::size_t j = 0; j < p.size(); ++j) p[j] += step * d[j];
    out.push_back(array_of(p, x[i].dtype(), x[i].shape()));
  }
  return out;
}

// (f(x + h t) - f(x - h t)) / 2h
static Arrays finite_difference(const FlatFn& f, const Arrays& x, const Arrays& t) {
  constexpr double h = 1e-5;
  Arrays up = f(moved(x, t, h)), down = f(moved(x, t, -h)), out;
  for (std::size_t i = 0; i < up.size(); ++i) {
    Numbers u = numbers_of(up[i]), d = numbers_of(down[i]);
    for (std::size_t j = 0; j < u.size(); ++j) u[j] = (u[j] - d[j]) / (2 * h);
    out.push_back(array_of(u, up[i].dtype(), up[i].shape()));
  }
  return out;
}

// The pairing of jax.vjp, which is the real part of the sum of products.
static double pairing(const Arrays& a, const Arrays& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    Numbers x = numbers_of(a[i]), y = numbers_of(b[i]);
    for (std::size_t j = 0; j < x.size(); ++j) sum += (x[j] * y[j]).real();
  }
  return sum;
}

// --- the laws ---------------------------------------------------------------------------------

static Arrays draw_operands(const Law& law, std::mt19937& engine) {
  Arrays out;
  for (const Sample& s : law.operands) out.push_back(draw(s, engine));
  return out;
}
static Arrays draw_all_like(const std::vector<Aval>& types, std::mt19937& engine) {
  Arrays out;
  for (const Aval& a : types) out.push_back(draw_like(a, engine));
  return out;
}
static std::vector<Aval> types_of(const Arrays& x) {
  std::vector<Aval> out;
  for (const Array& a : x) out.push_back(a.aval());
  return out;
}

TEST_P(Laws, AbstractResultIsTheRealOne) {
  std::mt19937 engine(1);
  Arrays x = draw_operands(GetParam(), engine);
  std::vector<Aval> types;
  for (const Array& a : x) types.push_back(a.aval());
  std::vector<Aval> expected = trace_program(GetParam().f, types).program->output_avals();
  Arrays y = GetParam().f(x);
  ASSERT_EQ(y.size(), expected.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    EXPECT_EQ(y[i].aval().to_string(), expected[i].to_string());
    EXPECT_EQ(y[i].to_host().shape(), expected[i].shape());
  }
}

TEST_P(Laws, JitIsEager) {
  std::mt19937 engine(2);
  Arrays x = draw_operands(GetParam(), engine);
  expect_all_close(jitted(GetParam().f)(x), GetParam().f(x), 1e-12, "jit against eager");
}

TEST_P(Laws, JvpIsTheFiniteDifference) {
  if (GetParam().order < 1) GTEST_SKIP() << "has no derivative";
  if (GetParam().modes == Modes::ReverseOnly) GTEST_SKIP() << "has no jvp";
  std::mt19937 engine(3);
  Differentiable d = differentiable(GetParam().f, draw_operands(GetParam(), engine));
  Arrays t = draw_all_like(types_of(d.point), engine);
  Arrays tangents = jitted(tangent_of(d.f, d.point.size()))(joined(d.point, t));
  expect_all_close(tangents, finite_difference(jitted(d.f), d.point, t), GetParam().tolerance,
                   "jvp against finite difference");
}

TEST_P(Laws, VjpIsTheTransposeOfJvp) {
  if (GetParam().order < 1) GTEST_SKIP() << "has no derivative";
  if (GetParam().modes == Modes::ForwardOnly) GTEST_SKIP() << "has no vjp";
  std::mt19937 engine(4);
  Differentiable d = differentiable(GetParam().f, draw_operands(GetParam(), engine));
  Arrays t = draw_all_like(types_of(d.point), engine);
  Arrays ct = draw_all_like(result_types(d), engine);
  bool exact = GetParam().modes == Modes::Both;
  Arrays tangents = exact ? jitted(tangent_of(d.f, d.point.size()))(joined(d.point, t))
                          : finite_difference(jitted(d.f), d.point, t);
  Arrays cotangents = jitted(cotangent_of(d.f, d.point.size()))(joined(d.point, ct));
  double forward = pairing(ct, tangents), backward = pairing(cotangents, t);
  EXPECT_NEAR(forward, backward, (exact ? 1e-9 : 1e-6) * std::max(1.0, std::abs(forward)));
}

TEST_P(Laws, JvpOfVjpIsTheFiniteDifference) {
  if (GetParam().order < 2) GTEST_SKIP() << "has no second derivative";
  if (GetParam().modes == Modes::ForwardOnly) GTEST_SKIP() << "has no vjp";
  std::mt19937 engine(5);
  Differentiable d = differentiable(GetParam().f, draw_operands(GetParam(), engine));
  Arrays t = draw_all_like(types_of(d.point), engine);
  Arrays ct = draw_all_like(result_types(d), engine);
  FlatFn gradient = [g = cotangent_of(d.f, d.point.size()), ct](std::span<const Array> x) {
    return g(joined(Arrays(x.begin(), x.end()), ct));
  };
  Arrays tangents = jitted(tangent_of(gradient, d.point.size()))(joined(d.point, t));
  expect_all_close(tangents, finite_difference(jitted(gradient), d.point, t), GetParam().tolerance,
                   "jvp of vjp against finite difference");
}

// The batch axes to try for each operand: none, the first, the last. Many operands: none or first.
static std::vector<std::vector<std::int64_t>> batch_axes(const Law& law) {
  std::vector<std::vector<std::int64_t>> out{{}};
  for (const Sample& s : law.operands) {
    auto last = static_cast<std::int64_t>(s.shape.size());
    std::vector<std::int64_t> choices{kNotBatched, 0};
    if (last > 0 && law.operands.size() <= 2) choices.push_back(last);
    std::vector<std::vector<std::int64_t>> longer;
    for (const auto& axes : out) {
      for (std::int64_t axis : choices) {
        longer.push_back(axes);
        longer.back().push_back(axis);
      }
    }
    out = std::move(longer);
  }
  out.erase(out.begin());  // the first batches nothing
  return out;
}

static constexpr std::int64_t kBatch = 2;

// Compiled as a whole, or operation by operation: what is costly to compile is compiled once, then,
// for all choices of axes that move it to the front.
enum class Mode { Compiled, Eager };

static void expect_vmap_is_a_loop(const FlatFn& f, const Arrays& x,
                                  const std::vector<std::int64_t>& axes, double tolerance,
                                  Mode mode) {
  FlatFn mapped = [&](std::span<const Array> in) {
    return vmap_flat(f, in, axes, [](std::size_t n) { return std::vector<std::int64_t>(n, 0); },
                     {kBatch});
  };
  Arrays batched = mode == Mode::Compiled ? jitted(mapped)(x) : mapped(x);
  FlatFn one = jitted(f);
  for (std::int64_t row = 0; row < kBatch; ++row) {
    Arrays single, rows;
    for (std::size_t i = 0; i < x.size(); ++i) single.push_back(example(x[i], axes[i], row));
    for (const Array& y : batched) rows.push_back(example(y, 0, row));
    expect_all_close(rows, one(single), tolerance,
                     str_cat("vmap against row ", row, " with in_axes ", to_text(axes)));
  }
}

TEST_P(Laws, VmapIsALoop) {
  std::mt19937 engine(6);
  Mode mode = Mode::Compiled;
  for (const auto& axes : batch_axes(GetParam())) {
    Arrays x;
    for (std::size_t i = 0; i < axes.size(); ++i)
      x.push_back(draw(GetParam().operands[i], engine, axes[i], kBatch));
    expect_vmap_is_a_loop(GetParam().f, x, axes, 1e-9, mode);
    mode = Mode::Eager;
  }
}

TEST_P(Laws, VmapOfVjpIsALoop) {
  if (GetParam().order < 1) GTEST_SKIP() << "has no derivative";
  if (GetParam().modes == Modes::ForwardOnly) GTEST_SKIP() << "has no vjp";
  std::mt19937 engine(7);
  Arrays x;
  std::vector<std::int64_t> axes(GetParam().operands.size(), 0);
  for (const Sample& s : GetParam().operands) x.push_back(draw(s, engine, 0, kBatch));
  FlatFn gradient = [&](std::span<const Array> in) {
    Differentiable d = differentiable(GetParam().f, Arrays(in.begin(), in.end()));
    return cotangent_of(d.f, d.point.size())(joined(d.point, ones_like(result_types(d))));
  };
  expect_vmap_is_a_loop(gradient, x, axes, 1e-9, Mode::Compiled);
}

static DType narrower(DType d, DType width) {
  if (d == DType::C128) return width == DType::F32 ? DType::C64 : d;
  return d == DType::F64 ? width : d;
}
// On the host, where nothing is compiled for it.
static Array as_dtype(const Array& x, DType dtype) {
  return dtype == x.dtype() ? x : array_of(numbers_of(x), dtype, x.shape());
}
static Arrays in_width(const Arrays& x, DType width) {
  Arrays out;
  for (const Array& a : x) out.push_back(as_dtype(a, narrower(a.dtype(), width)));
  return out;
}
static Arrays in_double(const Arrays& x) {
  Arrays out;
  for (const Array& a : x) {
    DType wide = is_complex(a.dtype())   ? DType::C128
                 : is_inexact(a.dtype()) ? DType::F64
                                         : a.dtype();
    out.push_back(as_dtype(a, wide));
  }
  return out;
}

// Rounded operands give (nearly) what they give in float64, and all results stay narrow.
static void expect_narrow(const FlatFn& f, const Arrays& x, DType width, double tolerance) {
  Arrays narrow = in_width(x, width);
  Arrays y = jitted(f)(narrow), expected = jitted(f)(in_double(narrow));
  for (std::size_t i = 0; i < y.size(); ++i)
    ASSERT_EQ(name_of(y[i].dtype()), name_of(narrower(expected[i].dtype(), width)));
  expect_all_close(in_double(y), expected, tolerance, str_cat("in ", name_of(width)));
}

TEST_P(Laws, NarrowerFloatsAreRounded) {
  const Law& law = GetParam();
  if (!law.any_width) GTEST_SKIP() << "is for float64";
  std::mt19937 engine(8);
  Arrays x = draw_operands(law, engine);
  bool differentiable_twice = law.order > 0 && law.modes != Modes::ForwardOnly;
  for (auto [width, tolerance] : {std::pair{DType::F32, 1e-4}, {DType::BF16, 0.1}}) {
    Arrays narrow = in_width(x, width);
    if (narrow[0].dtype() == x[0].dtype()) continue;
    expect_narrow(law.f, x, width, tolerance);
    if (!differentiable_twice) continue;
    Differentiable d = differentiable(law.f, narrow);
    Arrays x_ct = joined(d.point, ones_like(result_types(d)));
    Arrays grads = jitted(cotangent_of(d.f, d.point.size()))(x_ct);
    for (std::size_t i = 0; i < grads.size(); ++i)
      EXPECT_EQ(name_of(grads[i].dtype()), name_of(d.point[i].dtype())) << "of the gradient";
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Laws);

}  // namespace linum
