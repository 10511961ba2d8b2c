#include "linum/transforms/checkpoint.h"

#include "linum/base/testing.h"
#include "linum/core/value.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/lowering/lower.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/fwd_and_bwd.h"
#include "linum/transforms/vmap.h"

namespace linum {

using namespace checkpoint_policies;

static Array block(Array x) { return lax::sin(lax::exp(lax::sin(x))); }
static Array total(Array x) { return lax::reduce_sum(block(x), {0}); }

// The StableHLO of f's value and gradient at a vector.
template <class F>
static std::string gradient_text(F f) {
  return jit(value_and_grad(f)).lower(ramp({3})).as_text();
}

TEST(CheckpointTest, ChangesNoResult) {
  Array x = floats({3}, {0.1f, 0.5f, 2});
  auto f = checkpoint(total);
  expect_close(f(x), total(x));
  expect_close(grad(f)(x), grad(total)(x));
  expect_close(jit(grad(f))(x), grad(total)(x));
  expect_close(remat(total)(x), total(x));
}

TEST(CheckpointTest, UnderEveryTransform) {
  Array x = floats({2, 3}, {0.1f, 0.5f, 2, 1, -1, 0});
  auto f = checkpoint(total);
  expect_close(vmap(grad(f))(x), vmap(grad(total))(x));
  auto second = [](auto g) {
    return grad([g](Array v) { return lax::reduce_sum(grad(g)(v), {0}); });
  };
  expect_close(second(f)(ramp({3})), second(total)(ramp({3})));
  auto [y, t] = jvp(f, std::tuple{ramp({3})}, std::tuple{ramp({3})});
  expect_close(t, jvp(total, std::tuple{ramp({3})}, std::tuple{ramp({3})}).second);
}

TEST(CheckpointTest, TheBackwardPassComputesAgain) {
  int plain = count(gradient_text(total), "stablehlo.exponential");
  int again = count(gradient_text(checkpoint(total)), "stablehlo.exponential");
  EXPECT_EQ(plain, 1);
  EXPECT_EQ(again, 2);
}

TEST(CheckpointTest, ABarrierKeepsTheCompilerFromMerging) {
  EXPECT_EQ(count(gradient_text(checkpoint(total)), "optimization_barrier"), 1);
  EXPECT_EQ(count(gradient_text(checkpoint(total, {.prevent_cse = false})), "optimization_barrier"),
            0);
  EXPECT_EQ(count(jit(checkpoint(total)).lower(ramp({3})).as_text(), "optimization_barrier"), 0);
}

TEST(CheckpointTest, OnlyArgumentsAreKept) {
  auto residuals = [](auto f) {
    TreeVjp v = vjp_tree([f](const Tree& args) { return Tree(f(args[0].array())); },
                         Tree::list({ramp({3})}));
    return v.primal.array();
  };
  expect_close(residuals(checkpoint(total)), total(ramp({3})));
}

TEST(CheckpointTest, TreesAndCapturedValues) {
  Array w = floats({3}, {1, 2, 3});
  auto f = checkpoint([w](Tree t) { return lax::reduce_sum(lax::sin(lax::mul(t["x"], w)), {0}); });
  Tree g = grad(f)(Tree{{"x", ramp({3})}});
  expect_close(g["x"], lax::mul(w, lax::cos(lax::mul(ramp({3}), w))));
}

TEST(CheckpointTest, InsideScan) {
  auto run = [](auto body) {
    return [body](Array x) {
      auto step = [body](Array c, Array v) { return std::pair{body(lax::add(c, v)), c}; };
      return lax::scan(step, lax::zeros({}, DType::F32), x).first;
    };
  };
  expect_close(grad(run(checkpoint(block)))(ramp({4})), grad(run(block))(ramp({4})));
}

TEST(CheckpointTest, AroundScan) {
  auto f = [](Array x) {
    auto step = [](Array c, Array v) { return std::pair{block(lax::add(c, v)), c}; };
    return lax::scan(step, lax::zeros({}, DType::F32), x).first;
  };
  expect_close(grad(checkpoint(f))(ramp({4})), grad(f)(ramp({4})));
}

// --- policies --------------------------------------------------------------------------------

// How many sines and exponentials the gradient of f under `policy` has.
static int work(const CheckpointPolicy& policy, Array (*f)(Array) = total) {
  std::string text = gradient_text(checkpoint(f, {.policy = policy}));
  return count(text, "stablehlo.exponential") + count(text, "stablehlo.sine");
}

TEST(CheckpointPolicyTest, EverythingSaveableIsAsWithout) {
  std::string text = gradient_text(total);
  EXPECT_EQ(work(everything_saveable()),
            count(text, "stablehlo.exponential") + count(text, "stablehlo.sine"));
  EXPECT_GT(work(nothing_saveable()), work(everything_saveable()));
}

static Array with_dot(Array x) {
  Array m = lax::broadcast(lax::sin(x), {3});
  return lax::reduce_sum(lax::sin(lax::dot(m, lax::exp(lax::dot(m, x)))), {0});
}

static int dots(const CheckpointPolicy& policy) {
  return count(gradient_text(checkpoint(with_dot, {.policy = policy})), "stablehlo.dot_general");
}

TEST(CheckpointPolicyTest, DotsAreKept) {
  EXPECT_LT(dots(dots_saveable()), dots(nothing_saveable()));
  EXPECT_EQ(dots(dots_saveable()), dots(everything_saveable()));
  EXPECT_EQ(dots(dots_with_no_batch_dims_saveable()), dots(everything_saveable()));
}

TEST(CheckpointPolicyTest, BatchedDotsAreNotAlways) {
  auto f = [](Array x) {
    Array m = lax::reshape(lax::concatenate({x, x, x, x}, 0), {3, 2, 2});
    return lax::reduce_sum(lax::sin(lax::batch_matmul(lax::sin(m), m)), {0, 1, 2});
  };
  auto number = [&](const CheckpointPolicy& p) {
    return count(gradient_text(checkpoint(f, {.policy = p})), "stablehlo.dot_general");
  };
  EXPECT_LT(number(dots_saveable()), number(dots_with_no_batch_dims_saveable()));
}

static Array with_names(Array x) {
  Array m = lax::full({3, 3}, Array(0.5f), DType::F32);
  Array a = checkpoint_name(lax::dot(m, x), "a");
  Array b = checkpoint_name(lax::dot(m, lax::sin(a)), "b");
  return lax::reduce_sum(lax::sin(b), {0});
}

static int named_dots(const CheckpointPolicy& policy) {
  return count(gradient_text(checkpoint(with_names, {.policy = policy})), "stablehlo.dot_general");
}

TEST(CheckpointPolicyTest, NamesAreKept) {
  int all = named_dots(everything_saveable());
  EXPECT_EQ(named_dots(nothing_saveable()), all + 2);
  EXPECT_EQ(named_dots(save_only_these_names({"a"})), all + 1);
  EXPECT_EQ(named_dots(save_only_these_names({"a", "b"})), all);
  EXPECT_EQ(named_dots(save_any_names_but_these({"a"})), named_dots(save_only_these_names({"b"})));
  EXPECT_EQ(named_dots(save_from_both_policies(save_only_these_names({"a"}),
                                               save_only_these_names({"b"}))),
            all);
}

TEST(CheckpointPolicyTest, AnythingButNames) {
  auto f = [](Array x) {
    return lax::reduce_sum(lax::sin(checkpoint_name(lax::exp(x), "a")), {0});
  };
  auto number = [&](const CheckpointPolicy& p) {
    return count(gradient_text(checkpoint(f, {.policy = p})), "stablehlo.exponential");
  };
  EXPECT_EQ(number(save_anything_except_these_names({})), number(everything_saveable()));
}

// --- offloading ------------------------------------------------------------------------------

static CheckpointPolicy offload_b() {
  return save_and_offload_only_these_names({.names_which_can_be_saved = {"a"},
                                            .names_which_can_be_offloaded = {"b"},
                                            .offload_src = "device",
                                            .offload_dst = "pinned_host"});
}
// The program of the gradient of f under the policy.
static ProgramRef gradient_program(Array (*f)(Array), const CheckpointPolicy& policy) {
  return make_program(grad(checkpoint(f, {.policy = policy})), ramp({3}));
}
static int moves(const std::string& text, const std::string& kind) {
  return count(text, str_cat("_xla_buffer_placement = \"", kind, "\""));
}

TEST(CheckpointOffloadTest, NamedResultsGoToTheHostAndBack) {
  ProgramRef p = gradient_program(with_names, offload_b());
  for (const char* platform : {"tpu", "cuda"}) {
    std::string text = lower_to_text(*p, {.platform = platform});
    EXPECT_EQ(moves(text, "pinned_host"), 1) << text;
    EXPECT_EQ(moves(text, "device"), 1) << text;
    EXPECT_EQ(count(text, "annotate_device_placement"), 2) << text;
    EXPECT_LT(text.find("pinned_host"), text.find("optimization_barrier")) << text;
  }
  EXPECT_EQ(count(lower_to_text(*p, {.platform = "cpu"}), "annotate_device_placement"), 0);
}

TEST(CheckpointOffloadTest, KeepsWhatTheNamesSay) {
  EXPECT_EQ(named_dots(offload_b()), named_dots(save_only_these_names({"a", "b"})));
  std::string text = gradient_program(with_names, offload_b())->to_string();
  EXPECT_EQ(count(text, "device_put[memory=pinned_host]"), 1) << text;
  EXPECT_EQ(count(text, "device_put[memory=device]"), 1) << text;
}

TEST(CheckpointOffloadTest, TheResidualsAreThoseOfSaving) {
  constexpr int first[] = {0};
  auto kept = [&](const CheckpointPolicy& policy) {
    TreeFn f = [&](const Tree& args) {
      return Tree(checkpoint(with_names, {.policy = policy})(args[0].array()));
    };
    Tree residuals = vjp_forward(f, Tree::list({ramp({3})}), first)[1];
    return tree::leaves(residuals).size();
  };
  EXPECT_EQ(kept(offload_b()), kept(save_only_these_names({"a", "b"})));
  EXPECT_GT(kept(offload_b()), kept(nothing_saveable()));
}

// Outside jit, inside, and through jitted calls: what is kept lies in the host's memory, and the
// backward pass takes it from there.
TEST(CheckpointOffloadTest, ResidualsLieInTheHostsMemory) {
  constexpr int first[] = {0};
  auto f = checkpoint(with_names, {.policy = offload_b()});
  auto forward = [&](auto g, const Array& x) {
    TreeFn h = [g](const Tree& args) { return Tree(g(args[0].array())); };
    return vjp_forward(h, Tree::list({x}), first)[1];
  };
  auto on_host = [](const Tree& residuals) {
    int n = 0;
    for (const Array& r : tree::leaves(residuals)) {
      const bool there = r.memory() == MemorySpace::Host;
      EXPECT_EQ(buffer_of(r)->memory_kind(), there ? "pinned_host" : "device");
      n += there;
    }
    return n;
  };
  const Array x = ramp({3});
  EXPECT_EQ(on_host(forward(f, x)), 1);
  EXPECT_EQ(on_host(forward(jit(f), x)), 1);
  EXPECT_EQ(on_host(jit([&](Array v) { return forward(f, v); })(x)), 1);
  EXPECT_EQ(on_host(jit([&](Array v) { return forward(jit(f), v); })(x)), 1);
  expect_close(grad(jit(f))(x), grad(with_names)(x));
  const auto [fwd, bwd] = fwd_and_bwd(f);
  const auto [y, residuals] = fwd(x);
  EXPECT_EQ(on_host(residuals.tree), 1);
  expect_close(bwd(residuals, Array(1.0f)), grad(with_names)(x));
}

TEST(CheckpointOffloadTest, KnowsTheMemories) {
  EXPECT_ERROR(offload_dot_with_no_batch_dims("device", "disk"), ValueError,
               "there is no memory 'disk'; arrays lie in 'device' or 'pinned_host'");
}

TEST(CheckpointOffloadTest, ChangesNoResult) {
  Array x = floats({3}, {0.1f, 0.5f, 2});
  auto f = checkpoint(with_names, {.policy = offload_b()});
  expect_close(grad(f)(x), grad(with_names)(x));
  expect_close(jit(grad(f))(x), grad(with_names)(x));
  expect_close(vmap(grad(f))(lax::stack({x, x})), vmap(grad(with_names))(lax::stack({x, x})));
  auto second = [](auto g) {
    return grad([g](Array v) { return lax::reduce_sum(grad(g)(v), {0}); });
  };
  expect_close(jit(second(f))(x), second(with_names)(x));
}

TEST(CheckpointOffloadTest, DotsWithoutBatches) {
  CheckpointPolicy policy = offload_dot_with_no_batch_dims("device", "pinned_host");
  EXPECT_EQ(dots(policy), dots(dots_with_no_batch_dims_saveable()));
  std::string text = lower_to_text(*gradient_program(with_dot, policy), {.platform = "tpu"});
  EXPECT_EQ(moves(text, "pinned_host"), 2) << text;
  EXPECT_EQ(moves(text, "device"), 2) << text;
  Array x = floats({3}, {0.1f, 0.5f, 2});
  expect_close(jit(grad(checkpoint(with_dot, {.policy = policy})))(x), grad(with_dot)(x));
}

TEST(CheckpointOffloadTest, ANameGoesIntoOneList) {
  EXPECT_ERROR(save_and_offload_only_these_names({.names_which_can_be_saved = {"a", "b"},
                                                  .names_which_can_be_offloaded = {"b"},
                                                  .offload_src = "device",
                                                  .offload_dst = "pinned_host"}),
               ValueError,
               "'b' is in names_which_can_be_saved and in names_which_can_be_offloaded");
}

TEST(CheckpointOffloadTest, IsNotCombinedWithOthers) {
  EXPECT_ERROR(
      save_from_both_policies(nothing_saveable(), offload_b()), ValueError,
      "save_from_both_policies: save_and_offload_only_these_names(a,)(b,)device>pinned_host "
      "offloads");
}

TEST(CheckpointPolicyTest, SeesInsideJit) {
  auto inner = jit(with_dot);
  auto number = [&](const CheckpointPolicy& p) {
    return count(gradient_text(checkpoint([inner](Array x) { return inner(x); }, {.policy = p})),
                 "stablehlo.dot_general");
  };
  EXPECT_LT(number(dots_saveable()), number(nothing_saveable()));
}

// --- bodies ----------------------------------------------------------------------------------

static Array named_log(Array x) { return checkpoint_name(lax::log(lax::add(x, Array(3.0f))), "e"); }
// Steps with such a logarithm each, and what is computed from it.
static Array named_steps(Array x) {
  auto step = [](Array c, Array v) {
    Array e = named_log(lax::mul(c, v));
    return std::pair{lax::sin(e), lax::cos(e)};
  };
  auto [last, all] = lax::scan(step, Array(0.5f), x);
  return lax::add(lax::sin(last), lax::reduce_sum(all, {0}));
}
// Either the sine of one, or none.
static Array named_branch(Array x) {
  auto f = [](Array v) { return lax::sin(named_log(v)); };
  auto g = [](Array v) { return lax::mul(v, v); };
  Array positive = lax::gt(lax::index_in_dim(x, 0, 0, false), Array(0.0f));
  return lax::reduce_sum(lax::sin(lax::cond(positive, f, g, x)), {0});
}
static int logarithms(Array (*f)(Array), const CheckpointPolicy& policy) {
  return count(gradient_text(checkpoint(f, {.policy = policy})), "stablehlo.log ");
}

TEST(CheckpointPolicyTest, SeesInsideLoopsAndBranches) {
  for (auto f : {named_steps, named_branch}) {
    EXPECT_EQ(logarithms(f, nothing_saveable()), 2);
    EXPECT_EQ(logarithms(f, everything_saveable()), 1);
    EXPECT_EQ(logarithms(f, save_only_these_names({"e"})), 1);
    EXPECT_EQ(logarithms(f, save_only_these_names({"other"})), 2);
    EXPECT_EQ(logarithms(f, save_anything_except_these_names({})), 1);
  }
}

TEST(CheckpointPolicyTest, KeepsOneSliceOfEachStep) {
  constexpr int first[] = {0};
  auto kept = [&](Array (*f)(Array), const CheckpointPolicy& policy) {
    TreeFn g = [&](const Tree& args) {
      return Tree(checkpoint(f, {.policy = policy})(args[0].array()));
    };
    std::vector<Shape> shapes;
    for (const Array& r : tree::leaves(vjp_forward(g, Tree::list({ramp({3})}), first)[1]))
      shapes.push_back(r.shape());
    return shapes;
  };
  const Shape all{3};
  EXPECT_EQ(kept(named_steps, nothing_saveable()), (std::vector<Shape>{all}));
  EXPECT_EQ(kept(named_steps, save_only_these_names({"e"})), (std::vector<Shape>{all, all}));
  EXPECT_EQ(kept(named_branch, save_only_these_names({"e"})), (std::vector<Shape>{all, all}));
}

TEST(CheckpointPolicyTest, ChangesNoResultOfLoopsAndBranches) {
  const std::vector<CheckpointPolicy> policies{nothing_saveable(), everything_saveable(),
                                               dots_saveable(), save_only_these_names({"e"}),
                                               save_anything_except_these_names({"e"})};
  for (auto f : {named_steps, named_branch}) {
    for (const Array& x : {floats({3}, {0.1f, 0.5f, 2}), floats({3}, {-0.1f, 0.5f, 1})}) {
      for (const CheckpointPolicy& policy : policies) {
        auto g = grad(checkpoint(f, {.policy = policy}));
        expect_close(g(x), grad(f)(x));
        expect_close(jit(g)(x), grad(f)(x));
        expect_close(vmap(g)(lax::stack({x, lax::mul(x, x)})),
                     vmap(grad(f))(lax::stack({x, lax::mul(x, x)})));
        auto second = [](auto h) {
          return grad([h](Array v) { return lax::reduce_sum(h(v), {0}); });
        };
        expect_close(jit(second(g))(x), second(grad(f))(x));
      }
    }
  }
}

// A loop of loops, with a jitted function and a choice in the inner one.
TEST(CheckpointPolicyTest, SeesInsideNestedBodies) {
  auto f = [](Array x) {
    auto inner = [](Array c, Array v) {
      Array e = jit(named_log)(lax::mul(c, v));
      auto twice = [](Array u) { return lax::sin(lax::mul(u, u)); };
      auto same = [](Array u) { return lax::cos(u); };
      return std::pair{lax::cond(lax::gt(v, Array(0.3f)), twice, same, e), e};
    };
    auto outer = [&](Array c, Array v) {
      auto [last, all] = lax::scan(inner, lax::mul(c, v), x);
      return std::pair{last, lax::sin(all)};
    };
    auto [last, all] = lax::scan(outer, Array(0.5f), x);
    return lax::add(last, lax::reduce_sum(all, {0, 1}));
  };
  auto text = [&](const CheckpointPolicy& p) {
    return count(gradient_text(checkpoint(f, {.policy = p})), "stablehlo.log ");
  };
  EXPECT_EQ(text(save_only_these_names({"e"})), 1);
  EXPECT_EQ(text(nothing_saveable()), 2);
  Array x = floats({3}, {0.1f, 0.5f, 2});
  expect_close(grad(checkpoint(f, {.policy = save_only_these_names({"e"})}))(x), grad(f)(x));
  expect_close(jit(grad(checkpoint(f)))(x), grad(f)(x));
}

// Each step moves its own slice: no more than one is in the device's memory.
TEST(CheckpointOffloadTest, SlicesOfLoopsGoToTheHost) {
  CheckpointPolicy policy =
      save_and_offload_only_these_names({.names_which_can_be_saved = {},
                                         .names_which_can_be_offloaded = {"e"},
                                         .offload_src = "device",
                                         .offload_dst = "pinned_host"});
  std::string text = lower_to_text(*gradient_program(named_steps, policy), {.platform = "tpu"});
  EXPECT_EQ(moves(text, "pinned_host"), 1) << text;
  EXPECT_EQ(moves(text, "device"), 1) << text;
  const std::size_t loop = text.find("stablehlo.while");
  EXPECT_LT(loop, text.find("_xla_buffer_placement = \"pinned_host\"")) << text;
  EXPECT_LT(text.find("stablehlo.while", loop + 1), text.find("_xla_buffer_placement = \"device\""))
      << text;
  const std::string program = gradient_program(named_steps, policy)->to_string();
  EXPECT_GT(count(program, "f32<host>[3]"), 0) << program;  // stacked
  for (auto f : {named_steps, named_branch}) {
    Array x = floats({3}, {0.1f, 0.5f, 2}), many = lax::stack({x, lax::neg(x)});
    auto g = grad(checkpoint(f, {.policy = policy}));
    expect_close(g(x), grad(f)(x));
    expect_close(jit(g)(x), grad(f)(x));
    expect_close(jit(vmap(g))(many), vmap(grad(f))(many));
  }
}

TEST(CheckpointName, IsTheValueItself) {
  expect_close(checkpoint_name(ramp({3}), "x"), ramp({3}));
  expect_close(checkpoint_name(Tree{{"y", ramp({3})}}, "x")["y"], ramp({3}));
  expect_close(vmap(grad([](Array x) { return checkpoint_name(lax::sin(x), "s"); }))(ramp({3})),
               lax::cos(ramp({3})));
}

}  // namespace linum
