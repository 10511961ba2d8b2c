// Named axes under vmap, policies of checkpoint, looking at functions without running them.
#include "linum/lax/lax.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/checkpoint.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/fwd_and_bwd.h"
#include "linum/transforms/vmap.h"
#include "parity_testlib.h"

namespace linum::parity {
namespace {

// f over the first axis of the first input, named "i".
template <class F>
auto named(F f) {
  return [f](const Tree& in) { return Tree(vmap(f, {.axis_name = "i"})(in[0].array())); };
}
Array sum(Array x) { return lax::reduce_sum(x, {0}); }
Array as_float(Array x) { return lax::convert_element_type(x, DType::F32); }

PARITY("lax.psum", named([](Array v) { return lax::mul(v, lax::psum(lax::sin(v), "i")); }));
PARITY("lax.psum:count",
       named([](Array v) { return lax::div(v, as_float(lax::psum(Array(1), "i"))); }));
PARITY("lax.pmean", named([](Array v) { return lax::sub(v, lax::pmean(v, "i")); }));
PARITY("lax.pmax", named([](Array v) { return lax::pmax(v, "i"); }));
PARITY("lax.pmin", named([](Array v) { return lax::pmin(v, "i"); }));
PARITY("lax.axis_index",
       named([](Array v) { return lax::mul(v, as_float(lax::axis_index("i"))); }));
PARITY("lax.axis_size",
       named([](Array v) { return lax::mul(v, as_float(Array(lax::axis_size("i")))); }));
PARITY("lax.psum:grad_inside", named([](Array v) {
         return grad([](Array x) { return lax::psum(sum(lax::mul(x, x)), "i"); })(v);
       }));
PARITY("lax.psum:nested", named([](Array row) {
         auto both = [](Array v) { return lax::mul(lax::psum(v, "i"), lax::psum(v, "j")); };
         return vmap(both, {.axis_name = "j"})(row);
       }));

PARITY("lax.all_gather", named([](Array v) { return lax::all_gather(lax::sin(v), "i", 1); }));
PARITY("lax.all_gather:tiled", named([](Array v) { return lax::all_gather(v, "i", 0, true); }));
PARITY("lax.psum_scatter", named([](Array v) { return lax::psum_scatter(lax::mul(v, v), "i"); }));
PARITY("lax.psum_scatter:tiled", named([](Array v) { return lax::psum_scatter(v, "i", 0, true); }));
PARITY("lax.all_to_all", named([](Array v) { return lax::all_to_all(v, "i", 0, 1); }));
PARITY("lax.all_to_all:tiled", named([](Array v) { return lax::all_to_all(v, "i", 1, 0, true); }));
PARITY("lax.pswapaxes", named([](Array v) { return lax::pswapaxes(v, "i", 0); }));
PARITY("lax.ppermute", named([](Array v) {
         return lax::ppermute(v, "i", {{0, 2}, {1, 0}, {2, 1}});
       }));
PARITY("lax.pshuffle", named([](Array v) { return lax::pshuffle(v, "i", {2, 0, 1}); }));

PARITY("jax.checkpoint:dots", [](const Tree& in) {
  auto f = [](Array v, Array w) {
    return sum(lax::sin(lax::exp(lax::dot(w, lax::sin(lax::dot(w, v))))));
  };
  CheckpointOptions options{.policy = checkpoint_policies::dots_saveable()};
  return grad<0, 1>(checkpoint(f, options))(in[0].array(), in[1].array());
});
PARITY("jax.checkpoint:scan", [](const Tree& in) {
  auto inner = checkpoint([](Array a, Array b) { return lax::add(lax::sin(lax::mul(a, b)), a); });
  auto step = [inner](Array c, Array v) { return std::pair{inner(c, v), c}; };
  return lax::scan(step, in[0].array(), in[1].array());
});

Array with_names(Array v) {
  const Array a = checkpoint_name(lax::sin(v), "a");
  return sum(lax::cos(lax::mul(checkpoint_name(lax::exp(a), "b"), a)));
}
Array steps_with_names(Array v) {
  auto step = [](Array c, Array u) {
    const Array b = checkpoint_name(lax::exp(lax::mul(c, u)), "b");
    return std::pair{lax::sin(b), lax::cos(b)};
  };
  auto [last, rest] = lax::scan(step, Array(0.5f), v);
  return lax::add(lax::sin(last), sum(rest));
}
CheckpointOptions offloading() {
  return {.policy = checkpoint_policies::save_and_offload_only_these_names(
              {.names_which_can_be_saved = {"a"},
               .names_which_can_be_offloaded = {"b"},
               .offload_src = "device",
               .offload_dst = "pinned_host"})};
}
// The gradient, and of each residual that waits in the host's memory the size.
template <class F>
auto waiting(F f) {
  return [f](const Tree& in) {
    constexpr int first[] = {0};
    const TreeFn g = [f](const Tree& args) { return Tree(f(args[0].array())); };
    std::vector<std::int32_t> sizes;
    for (const Array& r : tree::leaves(vjp_forward(g, in, first)[1]))
      if (r.memory() == MemorySpace::Host) sizes.push_back(static_cast<std::int32_t>(r.size()));
    const Shape count{static_cast<std::int64_t>(sizes.size())};
    return Tree::list({Tree(grad(f)(in[0].array())), Tree(Array::of(count, sizes))});
  };
}
PARITY_EAGER("jax.checkpoint:offload", "looks where arrays lie",
             waiting(checkpoint(with_names, offloading())));
PARITY_EAGER("jax.checkpoint:offload_jit", "looks where arrays lie",
             waiting(jit(checkpoint(with_names, offloading()))));
PARITY_EAGER("jax.checkpoint:offload_scan", "looks where arrays lie",
             waiting(checkpoint(steps_with_names, offloading())));
PARITY_EAGER("jax.checkpoint:offload_scan_jit", "looks where arrays lie",
             waiting(jit(checkpoint(steps_with_names, offloading()))));

PARITY_EAGER("jax.ShapeDtypeStruct", "its result is a shape, made in C++", [](const Tree&) {
  auto outer = [](Array a) { return lax::dot_general(a, a, {}); };
  Array y = eval_shape(outer, shape_struct({3}, DType::F32));
  return Array::of<std::int32_t>({2}, {static_cast<int>(y.shape(0)), static_cast<int>(y.shape(1))});
});
PARITY_EAGER("jax.disable_jit", "runs operation by operation", [](const Tree& in) {
  DisableJit guard;
  return jit([](Array a) { return lax::mul(lax::sin(a), a); })(in[0].array());
});
PARITY_EAGER("jax.make_jaxpr", "its result is a count, made in C++", [](const Tree& in) {
  ProgramRef p = make_program([](Array a) { return lax::mul(lax::sin(a), a); }, in[0].array());
  return Array::of<std::int32_t>({}, {static_cast<int>(p->equations.size())});
});

}  // namespace
}  // namespace linum::parity
