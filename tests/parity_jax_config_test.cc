// jax: devices, settings, scopes, and functions of trees and programs.
#include "linum/core/devices.h"
#include "linum/core/settings.h"
#include "linum/core/trace.h"
#include "linum/np/np.h"
#include "linum/transforms/caches.h"
#include "linum/transforms/fwd_and_bwd.h"
#include "parity_testlib.h"

namespace linum::parity {
namespace {

Array numbers(const std::vector<int>& values) {
  return Array::of<std::int32_t>({static_cast<std::int64_t>(values.size())},
                                 {values.begin(), values.end()});
}
Array number(int value) { return Array::of<std::int32_t>({}, {value}); }
Array truths(const std::vector<bool>& values) {
  return Array::of<bool>({static_cast<std::int64_t>(values.size())}, values);
}
Array text(const std::string& s) {
  return np::frombuffer(std::as_bytes(std::span(s.data(), s.size())), uint8);
}

// --- devices ----------------------------------------------------------------------------------

#define NUMBER(name, ...) \
  PARITY_EAGER("jax." name, "made in C++", [](const Tree&) { return __VA_ARGS__; })
NUMBER("devices",
       truths({static_cast<int>(devices().size()) == device_count(), devices()[0]->id() == 0}));
NUMBER("local_devices", truths({local_devices() == devices()}));
NUMBER("device_count", truths({device_count() > 0, device_count("cpu") > 0}));
NUMBER("local_device_count", truths({local_device_count() == device_count()}));
NUMBER("process_count", number(process_count()));
NUMBER("process_index", number(process_index()));
NUMBER("process_indices", numbers(process_indices()));
NUMBER("host_count", number(host_count()));
NUMBER("host_id", number(host_id()));
NUMBER("host_ids", numbers(host_ids()));
NUMBER("Device", numbers({devices()[0]->id(), devices()[0]->process_index()}));
NUMBER("default_backend", text(default_backend()));
NUMBER("print_environment_info",
       Array::of<bool>({1}, {environment_info().find("devices: ") != std::string::npos}));

// --- transfers --------------------------------------------------------------------------------

using Arrays = std::map<std::string, Array>;

PARITY("jax.device_put", [](const Tree& in) {
  const Array x = in[0];
  return Arrays{{"a", device_put(x, *devices()[0]) * 2}, {"b", device_put(x)}};
});
#define EAGER(name, ...) PARITY_EAGER("jax." name, "runs and transfers", __VA_ARGS__)
EAGER("device_get", [](const Tree& in) {
  const Array x = in[0];
  const std::vector<HostArray> host = device_get(Arrays{{"a", x}, {"b", x + 1}});
  return Arrays{{"a", Array::from_host(host[0])}, {"b", Array::from_host(host[1])}};
});
EAGER("block_until_ready", [](const Tree& in) {
  return block_until_ready(Arrays{{"a", in[0].array() * 2}});
});
EAGER("copy_to_host_async",
      [](const Tree& in) { return copy_to_host_async(std::vector<Array>{in[0].array() * 2}); });
EAGER("Array", [](const Tree& in) {
  const Array x = in[0];
  const auto size = static_cast<int>(x.size());
  return numbers({static_cast<int>(x.shape(0)), static_cast<int>(x.shape(1)),
                  static_cast<int>(x.ndim()), size, size * static_cast<int>(item_size(x.dtype()))});
});
EAGER("default_device", [](const Tree& in) {
  const DefaultDevice scope(*devices()[0]);
  return np::sin(in[0]);
});

// --- scopes -----------------------------------------------------------------------------------

Array wave(const Array& x) { return np::sin(x) * x; }

PARITY("jax.named_scope", [](const Tree& in) {
  const NameScope scope("wave");
  return wave(in[0]);
});
PARITY("jax.named_call", [](const Tree& in) { return named_call(wave, "wave")(in[0].array()); });
PARITY("jax.ensure_compile_time_eval", [](const Tree& in) {
  const bool positive = [] {
    const EnsureCompileTimeEval now;
    return (np::sin(3.0) > 0).item<bool>();
  }();
  return positive ? np::sin(in[0]) : np::cos(in[0]);
});
template <class Scope>
Array within(const Tree& in) {
  const Scope scope(true);
  return jit(wave)(in[0].array());
}
EAGER("log_compiles", within<LogCompiles>);
EAGER("explain_cache_misses", within<ExplainCacheMisses>);
EAGER("enable_checks", within<EnableChecks>);
EAGER("clear_caches", [](const Tree& in) {
  const auto f = jit([](Array x) { return np::sin(x); });
  const Array x = in[0];
  f(x);
  f(x);
  clear_caches();
  f(x);
  return number(static_cast<int>(f.cache_size()));
});

// --- settings ---------------------------------------------------------------------------------

PARITY("jax.default_matmul_precision", [](const Tree& in) {
  const lax::DefaultMatmulPrecision scope("float32");
  return np::matmul(in[0], in[1]);
});

template <class F>
bool raises(F f) {
  try {
    f();
  } catch (const Error&) {
    return true;
  }
  return false;
}
EAGER("numpy_dtype_promotion", [](const Tree& in) {
  const Array x = in[0], i = np::ones({2, 3}, int32);
  const NumpyDTypePromotion scope("strict");
  return Array::of<bool>({6}, {raises([&] { x + i; }), raises([&] { x + 2; }),
                               raises([&] { i + 2; }), raises([&] { i + 0.5; }),
                               raises([&] { x + true; }), raises([&] { np::greater(x, i); })});
});
EAGER("numpy_rank_promotion", [](const Tree& in) {
  const Array x = in[0];
  const Array row = np::index(x, {0});
  const NumpyRankPromotion scope("raise");
  return Array::of<bool>(
      {3}, {raises([&] { x + row; }), raises([&] { x + 1; }), raises([&] { x + x; })});
});

// --- functions --------------------------------------------------------------------------------

PARITY("jax.fwd_and_bwd", [](const Tree& in) {
  const auto [fwd, bwd] =
      fwd_and_bwd<0, 1>([](Array a, Array b) { return np::sin(np::matmul(a, b)); });
  const auto [y, residuals] = fwd(in[0].array(), in[1].array());
  const auto [da, db] = bwd(residuals, np::cos(y));
  return std::vector<Array>{y, da, db};
});
PARITY("jax.ds", [](const Tree& in) { return np::index(in[0], {np::ds(in[1], 3)}); });
PARITY("jax.ds:end", [](const Tree& in) { return np::index(in[0], {np::ds(in[1], 3), 1}); });
EAGER("typeof", [](const Tree& in) { return text(in[0].array().aval().to_string()); });
PARITY("jax.tree.reduce_associative", [](const Tree& in) {
  const Array x = in[0];
  const Tree t = Tree::list({x, x * 2, Tree{{"k", x * 3}}, x * 4, x * 5});
  return tree::reduce_associative([](const Array& a, const Array& b) { return a - b; }, t);
});

}  // namespace
}  // namespace linum::parity
