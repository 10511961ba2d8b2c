#include "linum/transforms/random_programs_testlib.h"

#include <cmath>
#include <span>

#include "linum/base/error.h"

namespace linum::fuzz {

std::string_view name_of(Op op) {
  constexpr std::string_view names[] = {"sin",
                                        "tanh",
                                        "exp",
                                        "add",
                                        "sub",
                                        "mul",
                                        "rev",
                                        "sum",
                                        "matvec",
                                        "where",
                                        "jit",
                                        "checkpoint",
                                        "custom_jvp",
                                        "custom_vjp",
                                        "cond",
                                        "switch",
                                        "fori",
                                        "fori_dynamic",
                                        "scan",
                                        "scan_reverse",
                                        "scan_unrolled",
                                        "scan_remat",
                                        "while",
                                        "vmap",
                                        "map",
                                        "map_in_batches",
                                        "linear_solve",
                                        "root",
                                        "associative_scan"};
  return names[static_cast<std::size_t>(op)];
}
std::string_view name_of(Transform t) {
  constexpr std::string_view names[] = {"jit", "vmap", "jvp", "grad", "linearize", "checkpoint"};
  return names[static_cast<std::size_t>(t)];
}
std::string to_text(const Stack& stack) {
  std::string out;
  for (Transform t : stack) out += str_cat(name_of(t), "(");
  return out + "f" + std::string(stack.size(), ')');
}

std::string Body::to_string() const {
  std::string out = "{";
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& s = steps[i];
    out += str_cat(" v", i + 2, "=", name_of(s.op), "(v", s.a, ",v", s.b, ",", s.k, ")");
    for (const auto& b : s.bodies) out += b->to_string();
  }
  return out + " }";
}

Mode mode_of(Op op) {
  if (op == Op::While || op == Op::ForiDynamic) return Mode::ForwardOnly;
  return op == Op::CustomVjp ? Mode::ReverseFirst : Mode::Any;
}

// --- making ----------------------------------------------------------------------------------

namespace {

std::size_t num_bodies(Op op) {
  if (op < kFirstWithBody || op >= Op::LinearSolve) return 0;
  return op == Op::Cond ? 2 : op == Op::Switch ? 3 : 1;
}

bool usable(Op op, const Options& options) {
  if (mode_of(op) != Mode::Any) return options.mode == mode_of(op);
  return options.depth > 0 || num_bodies(op) == 0;
}

// Rules of custom derivatives are made by jvp and vjp: what lacks one of them stays outside.
Options inner_options(Op op, Options options) {
  --options.depth;
  options.steps = 2;
  if (op == Op::CustomJvp || op == Op::CustomVjp) options.mode = Mode::Any;
  return options;
}

Step random_step(Op op, std::size_t values, std::mt19937& engine, const Options& options) {
  std::uniform_int_distribution<std::size_t> any(0, values - 1);
  std::uniform_real_distribution<double> constant(-0.8, 0.8);
  Step step{op, values - 1, any(engine), constant(engine), {}};
  if (engine() % 3 == 0) step.a = any(engine);
  for (std::size_t i = 0; i < num_bodies(op); ++i)
    step.bodies.push_back(std::make_shared<Body>(random_body(engine, inner_options(op, options))));
  return step;
}

}  // namespace

Body random_body(std::mt19937& engine, const Options& options) {
  Body body;
  std::uniform_int_distribution<int> count(1, options.steps), kind(0, static_cast<int>(kLast));
  for (int n = count(engine); n > 0;) {
    Op op = static_cast<Op>(kind(engine));
    if (!usable(op, options)) continue;
    body.steps.push_back(random_step(op, body.steps.size() + 2, engine, options));
    --n;
  }
  return body;
}

Body body_around(Op op, std::mt19937& engine, int depth) {
  Body body;
  Options plain{.mode = Mode::Any, .depth = depth + 1, .steps = 3};
  body.steps.push_back(random_step(Op::Sin, 2, engine, plain));
  body.steps.push_back(random_step(op, 3, engine, plain));
  body.steps.push_back(random_step(Op::Mul, 4, engine, plain));
  body.steps.back().a = 3;
  body.steps.back().b = 2;
  return body;
}

bool allowed(Mode mode, const Stack& stack) {
  for (std::size_t i = stack.size(); i-- > 0;) {
    if (stack[i] == Transform::Grad && mode == Mode::ForwardOnly) return false;
    bool forward = stack[i] == Transform::Jvp || stack[i] == Transform::Linearize;
    if (forward && mode == Mode::ReverseFirst) return false;
    if (stack[i] == Transform::Grad && mode == Mode::ReverseFirst) return true;
  }
  return true;
}

static bool is_derivative(Transform t) {
  return t == Transform::Jvp || t == Transform::Grad || t == Transform::Linearize;
}

Stack random_stack(std::mt19937& engine, Mode mode) {
  for (;;) {
    Stack stack;
    int orders = 0;
    for (auto n = engine() % 5; n > 0; --n) {
      stack.push_back(static_cast<Transform>(engine() % kTransforms));
      orders += is_derivative(stack.back());
    }
    if (orders <= 3 && allowed(mode, stack)) return stack;
  }
}

// --- the reference ---------------------------------------------------------------------------

namespace {

// x + y e with e^2 = 0; nested for higher orders.
template <class T>
struct Dual {
  T value, slope;
};
double primal(double x) { return x; }
template <class T>
double primal(const Dual<T>& x) {
  return primal(x.value);
}
template <class T>
T number(double v) {
  if constexpr (std::is_same_v<T, double>) {
    return v;
  } else {
    return {number<decltype(T::value)>(v), number<decltype(T::value)>(0)};
  }
}
template <class T>
Dual<T> operator+(const Dual<T>& a, const Dual<T>& b) {
  return {a.value + b.value, a.slope + b.slope};
}
template <class T>
Dual<T> operator-(const Dual<T>& a, const Dual<T>& b) {
  return {a.value - b.value, a.slope - b.slope};
}
template <class T>
Dual<T> operator*(const Dual<T>& a, const Dual<T>& b) {
  return {a.value * b.value, a.slope * b.value + a.value * b.slope};
}
double sine(double x) { return std::sin(x); }
double cosine(double x) { return std::cos(x); }
double exponential(double x) { return std::exp(x); }
double hyperbolic(double x) { return std::tanh(x); }
double inverse(double x) { return 1 / x; }
template <class T>
Dual<T> cosine(const Dual<T>& x);
template <class T>
Dual<T> sine(const Dual<T>& x) {
  return {sine(x.value), cosine(x.value) * x.slope};
}
template <class T>
Dual<T> cosine(const Dual<T>& x) {
  return {cosine(x.value), number<T>(-1) * sine(x.value) * x.slope};
}
template <class T>
Dual<T> exponential(const Dual<T>& x) {
  T y = exponential(x.value);
  return {y, y * x.slope};
}
template <class T>
Dual<T> hyperbolic(const Dual<T>& x) {
  T y = hyperbolic(x.value);
  return {y, (number<T>(1) - y * y) * x.slope};
}
template <class T>
Dual<T> inverse(const Dual<T>& x) {
  T y = inverse(x.value);
  return {y, number<T>(-1) * y * y * x.slope};
}

template <class T>
using Vec = std::array<T, kWidth>;
template <class T, class F>
Vec<T> each(const Vec<T>& a, const Vec<T>& b, F f) {
  Vec<T> out;
  for (std::size_t i = 0; i < kWidth; ++i) out[i] = f(a[i], b[i]);
  return out;
}
template <class T>
T total(const Vec<T>& v) {
  return v[0] + v[1] + v[2];
}
template <class T>
Vec<T> filled(const T& v) {
  return {v, v, v};
}
template <class T>
Vec<T> add(const Vec<T>& a, const Vec<T>& b) {
  return each(a, b, [](const T& x, const T& y) { return x + y; });
}
template <class T>
Vec<T> scaled(const Vec<T>& a, double k) {
  return each(a, a, [k](const T& x, const T&) { return number<T>(k) * x; });
}
template <class T>
Vec<T> reversed(const Vec<T>& a) {
  return {a[2], a[1], a[0]};
}

template <class T>
Vec<T> run_plain(const Body& body, const Vec<T>& x, const Vec<T>& captured);

template <class T>
Vec<T> matvec(const Vec<T>& v) {
  Vec<T> out;
  for (std::size_t i = 0; i < kWidth; ++i) {
    T sum = number<T>(0);
    for (std::size_t j = 0; j < kWidth; ++j)
      sum = sum + number<T>(0.1 * static_cast<double>(i + 2 * j) - 0.25) * v[j];
    out[i] = sum;
  }
  return out;
}

template <class T>
Vec<T> scan_plain(const Step& s, const Vec<T>& a, const Vec<T>& b, bool reverse) {
  Vec<T> carry = a, ys;
  for (std::size_t step = 0; step < kWidth; ++step) {
    std::size_t i = reverse ? kWidth - 1 - step : step;
    carry = add(run_plain(*s.bodies[0], carry, a), filled(b[i]));
    carry = scaled(carry, 0.5);
    ys[i] = total(carry);
  }
  return add(ys, scaled(carry, 0.1));
}

template <class T>
Vec<T> repeat_plain(const Body& body, int times, Vec<T> v, const Vec<T>& captured) {
  for (int i = 0; i < times; ++i) v = scaled(run_plain(body, v, captured), 0.7);
  return v;
}

// h = a_i h + b_i from 0: every h.
template <class T>
Vec<T> recurrence_plain(const Vec<T>& a, const Vec<T>& b) {
  Vec<T> out;
  T h = number<T>(0);
  for (std::size_t i = 0; i < kWidth; ++i) out[i] = h = a[i] * h + b[i];
  return out;
}

// x with x^3 + (1 + b^2) x = a, by Newton's method; further steps make the derivatives exact.
template <class T>
T root_plain(const T& a, const T& b) {
  T x = number<T>(0), c = number<T>(1) + b * b;
  for (int i = 0; i < 30; ++i) {
    T slope = number<T>(3) * x * x + c;
    x = x - (x * x * x + c * x - a) * inverse(slope);
  }
  return x;
}

template <class T>
Vec<T> step_plain(const Step& s, const Vec<T>& a, const Vec<T>& b) {
  auto body = [&](std::size_t i) { return run_plain(*s.bodies[i], a, b); };
  T k = number<T>(s.k);
  switch (s.op) {
    case Op::Sin:
      return each(a, b, [](const T& x, const T&) { return sine(x); });
    case Op::Tanh:
      return each(a, b, [](const T& x, const T&) { return hyperbolic(x); });
    case Op::Exp:
      return each(a, b, [&](const T& x, const T&) { return exponential(k * hyperbolic(x)); });
    case Op::Add:
      return add(a, b);
    case Op::Sub:
      return each(a, b, [&](const T& x, const T& y) { return x - k * y; });
    case Op::Mul:
      return each(a, b, [](const T& x, const T& y) { return number<T>(0.5) * x * y; });
    case Op::Rev:
      return reversed(a);
    case Op::Sum:
      return filled(k * total(a));
    case Op::MatVec:
      return matvec(a);
    case Op::Where:
      return each(a, b,
                  [&](const T& x, const T& y) { return primal(x) > s.k ? x * y : k * x + y; });
    case Op::Jit:
    case Op::Checkpoint:
    case Op::CustomJvp:
    case Op::CustomVjp:
      return body(0);
    case Op::Cond:
      return primal(total(a)) > s.k ? body(0) : body(1);
    case Op::Switch: {
      double place = std::floor(primal(a[0]) * 2 + 1);
      return body(static_cast<std::size_t>(std::min(std::max(place, 0.0), 2.0)));
    }
    case Op::Fori:
      return repeat_plain(*s.bodies[0], 2, a, b);
    case Op::Scan:
    case Op::ScanUnrolled:
    case Op::ScanRemat:
      return scan_plain(s, a, b, false);
    case Op::ScanReverse:
      return scan_plain(s, a, b, true);
    case Op::While:
    case Op::ForiDynamic:
      return repeat_plain(*s.bodies[0], primal(total(a)) > s.k ? 3 : 1, a, b);
    case Op::Vmap:
    case Op::Map:
    case Op::MapInBatches: {
      Vec<T> one = run_plain(*s.bodies[0], a, b), two = run_plain(*s.bodies[0], reversed(b), b);
      return add(one, scaled(two, s.k));
    }
    case Op::LinearSolve:
      return each(a, b, [](const T& x, const T& y) { return inverse(number<T>(2) + y * y) * x; });
    case Op::Root:
      return each(a, b, [](const T& x, const T& y) { return root_plain(x, y); });
    case Op::AssociativeScan:
      return recurrence_plain(a, b);
  }
  return a;
}

template <class T>
Vec<T> run_plain(const Body& body, const Vec<T>& x, const Vec<T>& captured) {
  std::vector<Vec<T>> values{x, captured};
  for (const Step& s : body.steps) values.push_back(step_plain(s, values[s.a], values[s.b]));
  return values.back();
}

template <class T>
Vec<T> captured_at_top() {
  return {number<T>(0.3), number<T>(-0.6), number<T>(0.9)};
}
template <class T>
Vec<Dual<T>> moving(const Vec<T>& x, const Vec<T>& t) {
  Vec<Dual<T>> out;
  for (std::size_t i = 0; i < kWidth; ++i) out[i] = {x[i], t[i]};
  return out;
}

constexpr int kMaxOrder = 3;
template <int kOrder, class T>
Vec<T> run_stack(const Body& body, std::span<const Transform> stack, const Vec<T>& x) {
  if (stack.empty()) return run_plain(body, x, captured_at_top<T>());
  auto rest = stack.subspan(1);
  if (stack[0] == Transform::Jit || stack[0] == Transform::Checkpoint)
    return run_stack<kOrder>(body, rest, x);
  if (stack[0] == Transform::Vmap) {
    Vec<T> one = run_stack<kOrder>(body, rest, x), two = run_stack<kOrder>(body, rest, reversed(x));
    return add(one, scaled(two, 2));
  }
  if constexpr (kOrder < kMaxOrder) {
    Vec<T> out;
    if (stack[0] != Transform::Grad) {
      Vec<T> t = add(scaled(x, 0.5), filled(number<T>(1)));
      auto y = run_stack<kOrder + 1>(body, rest, moving(x, t));
      for (std::size_t i = 0; i < kWidth; ++i) out[i] = y[i].slope;
      return out;
    }
    for (std::size_t i = 0; i < kWidth; ++i) {
      Vec<T> t = filled(number<T>(0));
      t[i] = number<T>(1);
      auto y = run_stack<kOrder + 1>(body, rest, moving(x, t));
      out[i] = y[0].slope + number<T>(2) * y[1].slope + number<T>(-1) * y[2].slope;
    }
    return out;
  }
  throw InternalError("a stack of too many derivatives");
}

}  // namespace

Numbers reference(const Body& body, const Stack& stack, const Numbers& x) {
  return run_stack<0, double>(body, stack, x);
}

}  // namespace linum::fuzz
