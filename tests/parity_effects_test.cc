// Callbacks into the host, checkify's errors, scopes that find mistakes.
#include "linum/core/debug_scopes.h"
#include "linum/lax/lax.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/callback.h"
#include "linum/transforms/checkify.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/custom.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/vmap.h"
#include "parity_testlib.h"

namespace linum::parity {
namespace {

// --- callbacks -------------------------------------------------------------------------------

Array twice(Array x, VmapMethod method = VmapMethod::None) {
  auto f = [](Array v) {
    std::vector<float> out = v.to_vector<float>();
    for (float& e : out) e *= 2;
    return Array::of<float>(v.shape(), out);
  };
  return pure_callback(f, shape_struct(x.shape(), float32), {.vmap_method = method}, x);
}

// The ranks that the callback sees: 10 * that of a + that of b.
Array ranks_seen(Array a, Array b) {
  Shape shape = a.ndim() >= b.ndim() ? a.shape() : b.shape();
  auto count = static_cast<std::size_t>(element_count(shape));
  auto ranks = static_cast<std::int32_t>(10 * a.ndim() + b.ndim());
  return Array::of<std::int32_t>(shape, std::vector<std::int32_t>(count, ranks));
}
auto seen_by(VmapMethod method) {
  return [method](const Tree& in) {
    auto f = [method](Array a, Array b) {
      return pure_callback(ranks_seen, shape_struct({}, int32), {.vmap_method = method}, a, b);
    };
    return vmap(f, {.in_axes = {0, std::nullopt}})(in[0].array(), in[1].array());
  };
}

PARITY("jax.pure_callback",
       [](const Tree& in) { return lax::add(twice(in[0].array()), in[0].array()); });
PARITY("jax.pure_callback:sequential", seen_by(VmapMethod::Sequential));
PARITY("jax.pure_callback:sequential_unrolled", seen_by(VmapMethod::SequentialUnrolled));
PARITY("jax.pure_callback:expand_dims", seen_by(VmapMethod::ExpandDims));
PARITY("jax.pure_callback:broadcast_all", seen_by(VmapMethod::BroadcastAll));
PARITY("jax.pure_callback:legacy_vectorized", seen_by(VmapMethod::LegacyVectorized));
PARITY("jax.pure_callback:custom_jvp", [](const Tree& in) {
  auto rule = [](std::tuple<Array> x, std::tuple<Array> t) {
    return std::pair{twice(std::get<0>(x)), lax::mul(Array(2.0f), std::get<0>(t))};
  };
  auto f = custom_jvp([](Array v) { return twice(v); }, rule);
  return lax::sin(f(in[0].array()));
});
PARITY("jax.pure_callback:scan", [](const Tree& in) {
  auto step = [](Array c, Array e) { return std::pair{twice(lax::add(c, e)), c}; };
  return lax::scan(step, Array::of<float>({}, {0}), in[0].array());
});
PARITY_EAGER("jax.effects_barrier", "waits for compiled programs", [](const Tree& in) {
  std::vector<std::int32_t> seen;
  auto f = jit([&](Array v) {
    auto body = [&](Array i, Array c) {
      auto see = [&](Array n) { seen.push_back(n.item<std::int32_t>()); };
      io_callback(see, Tree(), {.ordered = true}, i);
      return c;
    };
    return lax::fori_loop(0, 4, body, v);
  });
  f(in[0].array());
  effects_barrier();
  return Array::of<std::int32_t>({static_cast<std::int64_t>(seen.size())}, seen);
});

// --- checkify --------------------------------------------------------------------------------

Array bytes_of(const std::string& text) {
  std::vector<std::uint8_t> bytes(text.begin(), text.end());
  return Array::of<std::uint8_t>({static_cast<std::int64_t>(bytes.size())}, bytes);
}
template <class F>
auto error_of(F f, checkify::Checks errors = checkify::all_checks) {
  return [f, errors](const Tree& in) {
    return bytes_of(jit(checkify::checkify(f, errors))(in[0].array()).first.get().value_or(""));
  };
}

Array positive(Array x) {
  checkify::check(lax::gt(x, Array(0.0f)), "{x} is not positive, {}", lax::neg(x), arg("x", x));
  return lax::sqrt(x);
}
Array log(Array x) { return lax::log(x); }

PARITY_EAGER("checkify:user", "its message is made from numbers", error_of(positive));
PARITY_EAGER("checkify:none", "its message is made from numbers", error_of(positive));
PARITY_EAGER("checkify:nan", "its message is made from numbers",
             error_of([](Array x) { return lax::add(lax::log(x), Array(1.0f)); }));
PARITY_EAGER("checkify:not_asked", "its message is made from numbers",
             error_of(log, checkify::user_checks));
PARITY_EAGER("checkify:div", "its message is made from numbers",
             error_of([](Array x) { return lax::div(Array(1.0f), x); }, checkify::div_checks));
PARITY_EAGER("checkify:scan", "its message is made from numbers", error_of([](Array xs) {
               auto step = [](Array c, Array x) { return std::pair{c, positive(x)}; };
               return lax::scan(step, Array::of<float>({}, {0}), xs).second;
             }));
PARITY_EAGER("checkify:while", "its message is made from numbers", error_of([](Array x) {
               auto going = [](Array v) { return lax::lt(v, Array(9.0f)); };
               auto body = [](Array v) { return lax::add(lax::square(positive(v)), Array(1.0f)); };
               return lax::while_loop(going, body, x);
             }));
PARITY_EAGER("checkify:cond", "its message is made from numbers", error_of([](Array x) {
               auto root = [](Array v) { return lax::sqrt(v); };
               return lax::cond(lax::gt(x, Array(0.0f)), root, positive, x);
             }));
PARITY_EAGER("checkify:vmap", "its message is made from numbers", error_of(vmap(positive)));
PARITY_EAGER("checkify:grad", "its message is made from numbers", error_of(grad(positive)));
PARITY_EAGER("checkify:batched", "its message is made from numbers", [](const Tree& in) {
  auto f = vmap(checkify::checkify(positive, checkify::user_checks));
  return bytes_of(f(in[0].array()).first.get().value());
});
PARITY_EAGER("checkify:index", "its message is made from numbers", [](const Tree& in) {
  auto slice = [](Array x, Array i) { return lax::dynamic_slice(x, {i, Array(0)}, {1, 2}); };
  auto f = checkify::checkify(slice, checkify::index_checks);
  std::string text = f(in[0].array(), in[1].array()).first.get().value();
  return bytes_of(text.substr(0, text.rfind(" (")));
});

// --- scopes ----------------------------------------------------------------------------------

// 1 where f(x) throws within the scope.
template <class Scope, class F>
std::int32_t caught(F f, const Array& x) {
  Scope scope;
  try {
    f(x);
    return 0;
  } catch (const Error&) {
    return 1;
  }
}
template <class Scope, class Good, class Bad>
auto catches(Good good, Bad bad) {
  return [good, bad](const Tree& in) {
    const Array& x = in[0].array();
    return Array::of<std::int32_t>({2}, {caught<Scope>(good, x), caught<Scope>(bad, x)});
  };
}

Array leak(Array x) {
  std::vector<Array> kept;
  return jit([&](Array v) { return kept.emplace_back(v); })(x);
}

PARITY_EAGER("jax.debug_nans", "throws",
             catches<DebugNans>(log, [](Array x) { return jit(log)(lax::neg(x)); }));
PARITY_EAGER("jax.debug_infs", "throws",
             catches<DebugInfs>([](Array x) { return lax::exp(x); },
                                [](Array x) {
                                  auto f = jit([](Array v) { return lax::exp(v); });
                                  return f(lax::mul(x, Array(1000.0f)));
                                }));
PARITY_EAGER("jax.checking_leaks", "throws", catches<CheckingLeaks>(jit(log), leak));
PARITY_EAGER("jax.check_tracer_leaks", "throws", catches<CheckTracerLeaks>(jit(log), leak));
PARITY_EAGER("jax.no_tracing", "throws", [](const Tree& in) {
  auto known = jit(log);
  known(in[0].array());
  auto unknown = [](Array x) { return jit([](Array v) { return lax::neg(v); })(x); };
  return catches<NoTracing>(known, unknown)(in);
});
PARITY_EAGER("jax.no_execution", "throws", catches<NoExecution>([](Array x) { return x; }, log));

}  // namespace
}  // namespace linum::parity
