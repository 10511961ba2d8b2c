// Custom derivatives with what they capture and their zeros, aux of jacobians, map in batches.
#include "linum/lax/lax.h"
#include "linum/transforms/closure_convert.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/custom.h"
#include "linum/transforms/jacobian.h"
#include "parity_testlib.h"

namespace linum::parity {
namespace {

using Two = std::tuple<Array, Array>;
Array sum(Array x) { return lax::reduce_sum(x, {0}); }
Array scaled(const Array& x, float k) { return lax::mul(x, Array(k)); }

// f(x), whose derivatives, also by what f captured, are ten times the true ones.
template <class F>
Array ten_times(F f, const Array& x) {
  using Hoisted = std::vector<Array>;
  auto [g, hoisted] = closure_convert(f, x);
  auto forward = [g = g](Array v, Hoisted h) { return std::pair{g(v, h), std::tuple{v, h}}; };
  auto backward = [g = g](std::tuple<Array, Hoisted> at, Array ct) {
    auto [dx, dh] = vjp(g, std::get<0>(at), std::get<1>(at)).second(ct);
    for (Array& d : dh) d = scaled(d, 10);
    return std::tuple{scaled(dx, 10), dh};
  };
  return custom_vjp(g, forward, backward)(x, hoisted);
}
PARITY("jax.closure_convert", [](const Tree& in) {
  auto loss = [](Array w, Array x) {
    return sum(ten_times([w](Array v) { return lax::mul(lax::sin(v), w); }, x));
  };
  return grad<0, 1>(loss)(in[0].array(), in[1].array());
});

Array product(const Array& a, const Array& b) {
  auto rule = [](Two x, Two t) {
    auto [u, v] = x;
    auto [du, dv] = t;
    Array first = du.defined() ? scaled(lax::mul(du, v), 10) : Array();
    Array second = dv.defined() ? scaled(lax::mul(u, dv), 100) : Array();
    Array out = !first.defined() ? second : !second.defined() ? first : lax::add(first, second);
    return std::pair{lax::mul(u, v), out};
  };
  return custom_jvp([](Array u, Array v) { return lax::mul(u, v); }, rule, symbolic_zeros)(a, b);
}
PARITY("jax.custom_jvp:symbolic_zeros", [](const Tree& in) {
  Array a = in[0], b = in[1];
  return std::tuple{grad([b](Array v) { return sum(product(v, b)); })(a),
                    grad([a](Array v) { return sum(product(a, v)); })(b)};
});

std::pair<Array, Array> scales(const Array& a, const Array& b) {
  auto f = [](Array u, Array v) { return std::pair{scaled(u, 2), scaled(v, 3)}; };
  auto forward = [f](CustomVjpPrimal<Array> u, CustomVjpPrimal<Array> v) {
    return std::pair{f(u.value, v.value), std::pair{u.any_perturbed(), v.any_perturbed()}};
  };
  auto backward = [](std::pair<bool, bool> perturbed, std::pair<Array, Array> ct) {
    auto one = [](const Array& c, float k, bool p) {
      return c.defined() ? scaled(c, p ? k : 1000) : lax::full({3}, Array(7.0f), DType::F32);
    };
    return Two{one(ct.first, 20, perturbed.first), one(ct.second, 30, perturbed.second)};
  };
  return custom_vjp(f, forward, backward, symbolic_zeros)(a, b);
}
PARITY("jax.custom_vjp:symbolic_zeros", [](const Tree& in) {
  Array a = in[0], b = in[1];
  auto second = [](Array u, Array v) { return sum(scales(u, v).second); };
  return std::tuple{grad([b](Array v) { return sum(scales(v, b).first); })(a),
                    grad<0, 1>(second)(a, b)};
});

std::pair<Array, Tree> with_aux(Array v) {
  Array first = lax::index_in_dim(v, 0, 0, false);
  return {lax::mul(lax::sin(v), first), Tree{{"cos", lax::cos(v)}, {"sum", sum(v)}}};
}
PARITY("jax.jacfwd:has_aux",
       [](const Tree& in) { return jacfwd(with_aux, has_aux)(in[0].array()); });
PARITY("jax.jacrev:has_aux",
       [](const Tree& in) { return jacrev(with_aux, has_aux)(in[0].array()); });
PARITY("jax.hessian:has_aux", [](const Tree& in) {
  auto f = [](Array v) { return std::pair{sum(lax::integer_pow(v, 3)), scaled(v, 2)}; };
  return hessian(f, has_aux)(in[0].array());
});

template <std::int64_t kSize>
Array mapped(const Tree& in) {
  auto f = [](Array row) { return lax::mul(lax::sin(row), sum(row)); };
  return lax::map(f, in[0].array(), {.batch_size = kSize});
}
PARITY("lax.map:batch_size_1", mapped<1>);
PARITY("lax.map:batch_size_3", mapped<3>);
PARITY("lax.map:batch_size_7", mapped<7>);
PARITY("lax.map:batch_size_9", mapped<9>);

auto scanned(ScanOptions options) {
  return [options](const Tree& in) {
    auto step = [](Array a, Array b) { return std::pair{lax::tanh(lax::mul(a, b)), a}; };
    return lax::scan(step, in[0].array(), in[1].array(), options);
  };
}
PARITY("lax.scan:unroll", scanned({.unroll = 4}));
PARITY("lax.scan:reverse_unroll", scanned({.reverse = true, .unroll = 3}));

}  // namespace
}  // namespace linum::parity
