// Random programs, run by Linum.
#include "linum/lax/lax.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/checkpoint.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/custom.h"
#include "linum/transforms/implicit.h"
#include "linum/transforms/random_programs_testlib.h"
#include "linum/transforms/vmap.h"

namespace linum::fuzz {
namespace {

using Fn = std::function<Array(Array)>;
using Fn2 = std::function<Array(Array, Array)>;
constexpr auto kSize = static_cast<std::int64_t>(kWidth);

Array run_body(const Body& body, const Array& x, const Array& captured);

Array sum_of(const Array& v) { return lax::reduce_sum(v, {0}); }
Array filled(const Array& v) { return lax::full({kSize}, v, DType::F64); }
Array scaled(const Array& v, double k) { return lax::mul(v, Array(k)); }
Array vector(const std::vector<double>& values) { return Array::of<double>({kSize}, values); }

// The constant matrix, from indices: nothing is captured.
Array matvec(const Array& v) {
  Array i = lax::broadcasted_iota(DType::F64, {kSize, kSize}, 0);
  Array j = lax::broadcasted_iota(DType::F64, {kSize, kSize}, 1);
  Array sum = lax::add(i, scaled(j, 2));
  return lax::dot(lax::sub(lax::mul(sum, Array(0.1)), Array(0.25)), v);
}

Array with_custom_jvp(const Fn2& f, const Array& a, const Array& b) {
  using In = std::tuple<Array, Array>;
  return custom_jvp(f, [f](const In& x, const In& t) { return jvp(f, x, t); })(a, b);
}
Array with_custom_vjp(const Fn2& f, const Array& a, const Array& b) {
  auto forward = [f](Array x, Array y) { return std::pair{f(x, y), std::tuple{x, y}}; };
  auto backward = [f](std::tuple<Array, Array> at, Array ct) {
    return vjp(f, std::get<0>(at), std::get<1>(at)).second(ct);
  };
  return custom_vjp(f, forward, backward)(a, b);
}

Array scanned(const Body& body, const Array& a, const Array& b, const ScanOptions& options,
              bool remat = false) {
  Fn2 plain = [&](Array c, Array x) {
    return scaled(lax::add(run_body(body, c, a), filled(x)), 0.5);
  };
  Fn2 advance = remat ? Fn2(checkpoint(plain)) : plain;
  auto step = [&](Array c, Array x) {
    Array next = advance(c, x);
    return std::pair{next, sum_of(next)};
  };
  auto [last, ys] = lax::scan(step, a, b, options);
  return lax::add(ys, scaled(last, 0.1));
}

// Of a loop: 3 or 1.
Array computed_limit(const Step& s, const Array& a) {
  Array one = lax::full({}, Array(1), DType::I32), three = lax::full({}, Array(3), DType::I32);
  return lax::select(lax::gt(sum_of(a), Array(s.k)), three, one);
}

Array repeated_while(const Step& s, const Array& a, const Array& b) {
  using State = std::tuple<Array, Array>;
  Array limit = computed_limit(s, a);
  auto going = [&](State state) { return lax::lt(std::get<0>(state), limit); };
  auto step = [&](State state) {
    auto [i, v] = state;
    return State{lax::add(i, Array(1)), scaled(run_body(*s.bodies[0], v, b), 0.7)};
  };
  return std::get<1>(lax::while_loop(going, step, State{lax::zeros({}, DType::I32), a}));
}

Array switched(const Step& s, const Array& a, const Array& b) {
  Array place = lax::floor(lax::add(scaled(lax::index_in_dim(a, 0, 0, false), 2), Array(1.0)));
  std::vector<Fn> branches;
  for (const auto& body : s.bodies)
    branches.push_back([body, b](Array x) { return run_body(*body, x, b); });
  return lax::switch_(lax::convert_element_type(place, DType::I32), branches, a);
}

// The columns a and b. Not by concatenation: the CPU plugin (XLA of jax 0.10.2) computes the sum of
// squares of a vector beside its reverse wrongly, as JAX does.
Array columns(const Array& a, const Array& b) {
  Array second = lax::broadcasted_iota(DType::I32, {kSize, 2}, 1);
  auto spread = [](const Array& v) { return lax::broadcast_in_dim(v, {kSize, 2}, {0}); };
  return lax::select(lax::eq(second, Array(0)), spread(a), spread(b));
}

// Of two rows: side by side, one after the other, or both as one batch of a loop.
Array mapped(const Step& s, const Array& a, const Array& b) {
  Array rows = columns(a, lax::rev(b, {0}));
  Fn one = [&](Array x) { return run_body(*s.bodies[0], x, b); };
  Array out = s.op == Op::Vmap ? vmap(one, {.in_axes = {1}})(rows)
                               : lax::map(one, lax::transpose(rows, {1, 0}),
                                          {.batch_size = s.op == Op::Map ? 0 : 2});
  return lax::add(lax::index_in_dim(out, 0, 0, false),
                  scaled(lax::index_in_dim(out, 1, 0, false), s.k));
}

Array solved(const Array& a, const Array& b) {
  auto matrix = [b](Array x) { return lax::add(scaled(x, 2), lax::mul(lax::mul(b, b), x)); };
  auto solve = [b](auto, Array y) { return lax::div(y, lax::add(lax::mul(b, b), Array(2.0))); };
  return lax::custom_linear_solve(matrix, a, solve, solve, true);
}

// By Newton's method in a loop that has no reverse mode.
Array root(const Array& a, const Array& b) {
  using State = std::tuple<Array, Array>;
  Array c = lax::add(lax::mul(b, b), Array(1.0));
  auto f = [a, c](Array x) { return lax::sub(lax::mul(x, lax::add(lax::mul(x, x), c)), a); };
  auto newton = [c](auto f, Array guess) {
    auto going = [](State s) { return lax::lt(std::get<0>(s), Array(30)); };
    auto step = [&](State s) {
      auto [i, x] = s;
      Array slope = lax::add(lax::mul(lax::mul(x, x), Array(3.0)), c);
      return State{lax::add(i, Array(1)), lax::sub(x, lax::div(f(x), slope))};
    };
    return std::get<1>(lax::while_loop(going, step, State{lax::zeros({}, DType::I32), guess}));
  };
  auto diagonal = [](auto g, Array y) { return lax::div(y, g(lax::ones({kSize}, DType::F64))); };
  return lax::custom_root(f, lax::zeros({kSize}, DType::F64), newton, diagonal);
}

// h = a_i h + b_i from 0: every h.
Array recurrence(const Array& a, const Array& b) {
  using Pair = std::span<const Array>;
  lax::CombineFn compose = [](Pair f, Pair g) {
    return std::vector<Array>{lax::mul(f[0], g[0]), lax::add(lax::mul(g[0], f[1]), g[1])};
  };
  const Array maps[] = {a, b};
  return lax::associative_scan(compose, maps)[1];
}

Array run_step(const Step& s, const Array& a, const Array& b) {
  Fn2 both = s.bodies.empty()
                 ? Fn2()
                 : Fn2([body = s.bodies[0]](Array x, Array y) { return run_body(*body, x, y); });
  auto with_b = [&](std::size_t i) {
    return [body = s.bodies[i], b](Array x) { return run_body(*body, x, b); };
  };
  Array k(s.k);
  switch (s.op) {
    case Op::Sin:
      return lax::sin(a);
    case Op::Tanh:
      return lax::tanh(a);
    case Op::Exp:
      return lax::exp(lax::mul(lax::tanh(a), k));
    case Op::Add:
      return lax::add(a, b);
    case Op::Sub:
      return lax::sub(a, lax::mul(b, k));
    case Op::Mul:
      return scaled(lax::mul(a, b), 0.5);
    case Op::Rev:
      return lax::rev(a, {0});
    case Op::Sum:
      return filled(lax::mul(sum_of(a), k));
    case Op::MatVec:
      return matvec(a);
    case Op::Where:
      return lax::select(lax::gt(a, k), lax::mul(a, b), lax::add(lax::mul(a, k), b));
    case Op::Jit:
      return jit(with_b(0), {.name = "inner"})(a);
    case Op::Checkpoint:
      return checkpoint(with_b(0))(a);
    case Op::CustomJvp:
      return with_custom_jvp(both, a, b);
    case Op::CustomVjp:
      return with_custom_vjp(both, a, b);
    case Op::Cond:
      return lax::cond(lax::gt(sum_of(a), k), with_b(0), with_b(1), a);
    case Op::Switch:
      return switched(s, a, b);
    case Op::Fori:
      return lax::fori_loop(
          0, 2, [&](Array, Array v) { return scaled(run_body(*s.bodies[0], v, b), 0.7); }, a);
    case Op::ForiDynamic:
      return lax::fori_loop(
          lax::full({}, Array(0), DType::I32), computed_limit(s, a),
          [&](Array, Array v) { return scaled(run_body(*s.bodies[0], v, b), 0.7); }, a);
    case Op::Scan:
      return scanned(*s.bodies[0], a, b, {});
    case Op::ScanReverse:
      return scanned(*s.bodies[0], a, b, {.reverse = true});
    case Op::ScanUnrolled:
      return scanned(*s.bodies[0], a, b, {.unroll = 2});
    case Op::ScanRemat:
      return scanned(*s.bodies[0], a, b, {}, true);
    case Op::While:
      return repeated_while(s, a, b);
    case Op::Vmap:
    case Op::Map:
    case Op::MapInBatches:
      return mapped(s, a, b);
    case Op::LinearSolve:
      return solved(a, b);
    case Op::Root:
      return root(a, b);
    case Op::AssociativeScan:
      return recurrence(a, b);
  }
  return a;
}

Array run_body(const Body& body, const Array& x, const Array& captured) {
  std::vector<Array> values{x, captured};
  for (const Step& s : body.steps) values.push_back(run_step(s, values[s.a], values[s.b]));
  return values.back();
}

Array over_two_rows(const Fn& f, const Array& x) {
  Array out = vmap(f, {.in_axes = {1}, .out_axes = {1}})(columns(x, lax::rev(x, {0})));
  return lax::add(lax::index_in_dim(out, 0, 1, false),
                  scaled(lax::index_in_dim(out, 1, 1, false), 2));
}

Fn transformed(Transform t, const Fn& f) {
  switch (t) {
    case Transform::Jit:
      return jit(f);
    case Transform::Vmap:
      return [f](Array x) { return over_two_rows(f, x); };
    case Transform::Checkpoint:
      return checkpoint(f);
    case Transform::Jvp:
      return [f](Array x) {
        Array t = lax::add(scaled(x, 0.5), Array(1.0));
        return jvp(f, std::tuple{x}, std::tuple{t}).second;
      };
    case Transform::Linearize:
      return [f](Array x) { return linearize(f, x).second(lax::add(scaled(x, 0.5), Array(1.0))); };
    case Transform::Grad: {
      Array weights = vector({1, 2, -1});
      return grad([f, weights](Array x) { return sum_of(lax::mul(f(x), weights)); });
    }
  }
  return f;
}

}  // namespace

Array run(const Body& body, const Stack& stack, const Array& x) {
  Array captured = vector({0.3, -0.6, 0.9});
  Fn f = [&body, captured](Array v) { return run_body(body, v, captured); };
  for (std::size_t i = stack.size(); i-- > 0;) f = transformed(stack[i], f);
  return f(x);
}

}  // namespace linum::fuzz
