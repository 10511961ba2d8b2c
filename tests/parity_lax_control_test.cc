// jax.lax: operations with bodies.
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/implicit.h"
#include "linum/transforms/vmap.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

using Pair = std::pair<Array, Array>;

// --- loops -----------------------------------------------------------------------------------

PARITY("lax.fori_loop", [](const Tree& in) {
  auto body = [](const Array& i, const Array& c) { return lax::sin(c) + i * 0.1; };
  return lax::fori_loop(0, 4, body, in[0].array());
});
PARITY("lax.while_loop", [](const Tree& in) {
  return lax::while_loop([](const Pair& c) { return c.first < 5; },
                         [](const Pair& c) { return Pair(c.first + 1, c.second * 1.5); },
                         Pair(lax::loop_counter(0), in[0]));
});
PARITY("lax.while_loop:jvp", [](const Tree& in) {
  auto grow = [](const Array& v) {
    return lax::while_loop([](const Array& c) { return np::sum(c) < 10; },
                           [](const Array& c) { return c * 1.5; }, v);
  };
  return jvp(grow, std::tuple<Array>(in[0]), std::tuple<Array>(in[1]));
});
PARITY("lax.while_loop:vmap", [](const Tree& in) {
  auto grow = [](const Array& v) {
    return lax::while_loop([](const Array& c) { return c < 10; },
                           [](const Array& c) { return c * 1.5; }, v);
  };
  return vmap(grow)(in[0].array());
});

// --- branches --------------------------------------------------------------------------------

Array squared(const Array& x) { return x * x; }
Array tripled(const Array& x) { return x * 3.0; }

Array sin_or_square(const Array& p, const Array& x) {
  return lax::cond(
      p, [](const Array& v) { return lax::sin(v); }, squared, x);
}
PARITY("lax.cond:true", [](const Tree& in) { return sin_or_square(in[0], in[1]); });
PARITY("lax.cond:false", [](const Tree& in) { return sin_or_square(in[0], in[1]); });
PARITY("lax.cond:vmap", [](const Tree& in) {
  auto each = [](const Array& p, const Array& x) { return sin_or_square(p > 0, x); };
  return vmap(each)(in[0].array(), in[1].array());
});
PARITY("lax.cond:vmap_root", [](const Tree& in) {
  const Array factor = in[1];
  auto each = [&](const Array& x) {
    auto root = [&](const Array& v) { return lax::sqrt(v) * factor; };
    return lax::cond(x > 0, root, squared, x);
  };
  return vmap(each)(in[0].array());
});

Array one_of_three(const Tree& in) {
  using Branch = Array (*)(const Array&);
  return lax::switch_(in[0], std::vector<Branch>{lax::sin, lax::cos, tripled}, in[1].array());
}
PARITY("lax.switch:-1", one_of_three);
PARITY("lax.switch:1", one_of_three);
PARITY("lax.switch:5", one_of_three);
PARITY("lax.switch:vmap", [](const Tree& in) {
  using Branch = Array (*)(const Array&);
  auto each = [](const Array& i, const Array& x) {
    return lax::switch_(i, std::vector<Branch>{lax::sin, lax::log, lax::reciprocal}, x);
  };
  return vmap(each)(in[0].array(), in[1].array());
});

// --- scans -----------------------------------------------------------------------------------

Pair recurrent(const Array& c, const Array& xs, const Array& w, const ScanOptions& options = {}) {
  auto step = [&w](const Array& carry, const Array& x) {
    Array h = lax::tanh(lax::dot(carry, w) + x);
    return Pair(h, h * 2);
  };
  return lax::scan(step, c, xs, options);
}
PARITY("lax.scan", [](const Tree& in) { return recurrent(in[0], in[1], in[2]); });
PARITY("lax.scan:reverse",
       [](const Tree& in) { return recurrent(in[0], in[1], in[2], {.reverse = true}); });
PARITY("lax.scan:unroll",
       [](const Tree& in) { return recurrent(in[0], in[1], in[2], {.unroll = 2}); });
PARITY("lax.scan:vmap", [](const Tree& in) {
  auto run = [](const Array& c, const Array& xs, const Array& w) { return recurrent(c, xs, w); };
  return vmap(run, {.in_axes = {std::nullopt, 0, std::nullopt}})(in[0].array(), in[1].array(),
                                                                 in[2].array());
});
PARITY("lax.scan:length", [](const Tree& in) {
  auto step = [&](const Array& s, const Tree&) { return Pair(s * 0.5 + in[0], np::sum(s)); };
  return lax::scan(step, in[0].array(), Tree(), {.length = 4});
});
PARITY("lax.scan:nested", [](const Tree& in) {
  auto inner = [](const Array& h, const Array& x) { return Pair(lax::sin(h + x), h); };
  auto outer = [inner](const Array& h, const Array& x) {
    auto [last, ys] = lax::scan(inner, h, x);
    return Pair(last, np::sum(ys, 0));
  };
  return lax::scan(outer, in[0].array(), in[1].array());
});
PARITY("lax.scan:integer_carry", [](const Tree& in) {
  auto step = [](const Pair& s, const Array& x) {
    return std::pair(Pair(s.first + 1, s.second + x * s.first), s.first);
  };
  Pair start(lax::loop_counter(0), np::zeros({3}));
  return lax::scan(step, start, in[0].array());
});

// --- more ------------------------------------------------------------------------------------

PARITY("lax.associative_scan", [](const Tree& in) {
  return lax::associative_scan([](const Array& a, const Array& b) { return a * b; }, in[0]);
});
PARITY("lax.associative_scan:reverse", [](const Tree& in) {
  auto add = [](const Array& a, const Array& b) { return a + b; };
  return lax::associative_scan(add, in[0], true, 1);
});
PARITY("lax.map", [](const Tree& in) {
  return lax::map([](const Array& row) { return lax::sin(row) * np::sum(row); }, in[0].array());
});
PARITY("lax.custom_linear_solve", [](const Tree& in) {
  Array diagonal = in[0];
  auto divide = [diagonal](const auto&, const Array& y) { return y / diagonal; };
  auto matvec = [diagonal](const Array& x) { return diagonal * x; };
  return lax::custom_linear_solve(matvec, in[1].array(), divide, divide, true);
});
PARITY("lax.custom_root", [](const Tree& in) {
  Array a = in[0];
  auto newton = [](const auto& f, const Array& start) {
    auto body = [&f](const Array&, const Array& x) { return x - f(x) / (2 * x); };
    return lax::fori_loop(0, 20, body, start);
  };
  auto tangent_solve = [](const auto& g, const Array& y) { return y / g(np::ones({})); };
  return lax::custom_root([a](const Array& x) { return x * x - a; }, np::ones({}), newton,
                          tangent_solve);
});

// --- collectives -----------------------------------------------------------------------------

#define OVER_BATCH(name, ...)                                      \
  PARITY("lax." name, [](const Tree& in) {                         \
    auto each = [](const Array& x) { return Array(__VA_ARGS__); }; \
    return vmap(each, {.axis_name = "batch"})(in[0].array());      \
  })
OVER_BATCH("psum", lax::psum(x* x, "batch") * x);
OVER_BATCH("pmean", lax::pmean(x* x, "batch") * x);
OVER_BATCH("pmax", lax::pmax(x* x, "batch") * x);
OVER_BATCH("pmin", lax::pmin(x* x, "batch") * x);
OVER_BATCH("all_gather", lax::all_gather(x, "batch") * x);
OVER_BATCH("all_gather:tiled", lax::all_gather(x, "batch", 0, true));
OVER_BATCH("psum_scatter", lax::psum_scatter(x, "batch"));
OVER_BATCH("all_to_all", lax::all_to_all(x, "batch", 0, 1));
OVER_BATCH("pswapaxes", lax::pswapaxes(x, "batch", 0));
OVER_BATCH("ppermute", lax::ppermute(x, "batch", {{0, 1}, {1, 2}, {2, 3}, {3, 0}}));
OVER_BATCH("pshuffle", lax::pshuffle(x, "batch", {2, 0, 3, 1}));
OVER_BATCH("axis_index", x* lax::axis_index("batch"));
OVER_BATCH("axis_size", x* lax::axis_size("batch"));

}  // namespace
}  // namespace linum
