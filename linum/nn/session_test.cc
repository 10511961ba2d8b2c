// What can be seen of a model while it runs: sown values, intermediates, interceptors, names.
#include "linum/nn/session.h"

#include <thread>

#include "linum/nn/module_testlib.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/jit.h"

namespace linum::nn {
namespace {

Array one_two() { return Array::of<float>({2}, {1, 2}); }

struct Sows : Module<Sows> {
  Array forward(Array x) const {
    sow("intermediates", "h", x);
    sow("intermediates", "h", np::add(x, 1));
    auto sum = [](const Tree& stored, const Tree& value) {
      return Tree(np::add(stored.array(), value.array()));
    };
    sow("losses", "total", np::sum(x), sum, Tree(Array(0.0f)));
    sow("losses", "total", np::sum(x), sum, Tree(Array(0.0f)));
    return x;
  }
};

TEST(Sow, AppendsToAList) {
  auto [y, updated] =
      Sows().apply(Tree::empty_dict(), {.mutable_collections = {"intermediates"}}, one_two());
  EXPECT_EQ(paths(updated), (Paths{"intermediates/h/0", "intermediates/h/1"}));
  EXPECT_EQ(updated["intermediates/h"][1].array().to_vector<float>(), (std::vector<float>{2, 3}));
}

TEST(Sow, ReducesByAFunction) {
  auto [y, updated] =
      Sows().apply(Tree::empty_dict(), {.mutable_collections = {"losses"}}, one_two());
  EXPECT_EQ(updated["losses/total"].array().item<float>(), 6);
}

TEST(Sow, DoesNothingWhereTheCollectionIsImmutable) {
  auto [y, updated] = Sows().apply(Tree::empty_dict(), ApplyOptions{}, one_two());
  EXPECT_EQ(updated.size(), 0u);
}

TEST(Sow, IntermediatesAreNotMadeByInit) {
  EXPECT_EQ(paths(Sows().init(test_key(), one_two())), (Paths{"losses/total"}));
}

struct Two : Module<Two> {
  Scale first, second;
  LINUM_SUBMODULES(first, second)
  Array middle(Array x) const {
    return method("middle", [&] { return first(x); });
  }
  Array forward(Array x) const { return second(middle(x)); }
};
Tree variables_of_two() { return Two().init(test_key(), one_two()); }

TEST(CaptureIntermediates, KeepsTheResultsOfAllLayers) {
  auto [y, updated] = Two().apply(variables_of_two(), {.capture_intermediates = true}, one_two());
  EXPECT_EQ(paths(updated), (Paths{"intermediates/__call__/0", "intermediates/first/__call__/0",
                                   "intermediates/second/__call__/0"}));
}

TEST(CaptureIntermediates, ByAFunction) {
  CaptureFilter second([](const CallSite& site) { return site.path == Paths{"second"}; });
  auto [y, updated] = Two().apply(variables_of_two(), {.capture_intermediates = second}, one_two());
  EXPECT_EQ(paths(updated), (Paths{"intermediates/second/__call__/0"}));
}

struct Perturbs : Module<Perturbs> {
  Array forward(Array x) const { return np::square(perturb("h", np::multiply(x, 3))); }
};

TEST(Perturb, ItsGradientIsThatOfTheValue) {
  Tree variables = Perturbs().init(test_key(), one_two());
  EXPECT_EQ(paths(variables), (Paths{"perturbations/h"}));
  auto loss = [](Tree v) { return np::sum(Perturbs().apply(v, one_two())); };
  EXPECT_EQ(linum::grad(loss)(variables)["perturbations/h"].array().to_vector<float>(),
            (std::vector<float>{6, 12}));
}

TEST(Perturb, WithoutTheCollectionNothingIsAdded) {
  EXPECT_EQ(Perturbs().apply(Tree::empty_dict(), one_two()).to_vector<float>(),
            (std::vector<float>{9, 36}));
}

TEST(InterceptMethods, MayChangeArgumentsAndResults) {
  intercept_methods plus_one([](const NextCall& next, const Tree& args, const CallSite& site) {
    if (site.module != "Scale") return next(args);
    return Tree(np::add(next(Tree::list({np::multiply(args[0].array(), 10)})).array(), 1));
  });
  Tree ones{{"params", Tree{{"scale", Array::of<float>({2}, {1, 1})}}}};
  EXPECT_EQ(Scale().apply(ones, one_two()).to_vector<float>(), (std::vector<float>{11, 21}));
}

TEST(InterceptMethods, SeesEveryMethodAndItsPlace) {
  Paths seen;
  Tree variables = variables_of_two();
  {
    intercept_methods watch([&](const NextCall& next, const Tree& args, const CallSite& site) {
      seen.push_back((site.path.empty() ? "" : site.path[0]) + "." + site.method);
      return next(args);
    });
    Two().apply(variables, one_two());
  }
  EXPECT_EQ(seen, (Paths{".__call__", ".middle", "first.__call__", "second.__call__"}));
}

TEST(InterceptMethods, TheLatestRunsFirst) {
  std::string order;
  auto noting = [&](char c) {
    return [&order, c](const NextCall& next, const Tree& args, const CallSite&) {
      order += c;
      return next(args);
    };
  };
  intercept_methods a(noting('a'));
  intercept_methods b(noting('b'));
  Scale().init(test_key(), one_two());
  EXPECT_EQ(order, "ba");
}

TEST(InterceptMethods, EndsWithItsLife) {
  {
    intercept_methods refuse([](const NextCall&, const Tree&, const CallSite&) -> Tree {
      throw std::runtime_error("refused");
    });
    EXPECT_THROW(Scale().init(test_key(), one_two()), std::runtime_error);
  }
  EXPECT_NO_THROW(Scale().init(test_key(), one_two()));
}

std::string lowered_two() {
  auto apply = [](Tree v, Array x) { return Two().apply(v, x); };
  return linum::jit(apply).lower(variables_of_two(), one_two()).as_text();
}

TEST(NamedCall, OperationsCarryThePathOfTheirModule) {
  std::string text = lowered_two();
  EXPECT_NE(text.find("Two/Two.middle/first"), std::string::npos) << text;
  EXPECT_NE(text.find("Two/second"), std::string::npos) << text;
}

TEST(NamedCall, CanBeSwitchedOff) {
  override_named_call off(false);
  EXPECT_EQ(lowered_two().find("second"), std::string::npos);
}

TEST(NamedCall, EnableAndDisable) {
  disable_named_call();
  EXPECT_EQ(lowered_two().find("Two/second"), std::string::npos);
  enable_named_call();
  EXPECT_NE(lowered_two().find("Two/second"), std::string::npos);
}

TEST(Session, OneModelServesManyThreads) {
  Two model;
  Tree variables = variables_of_two();
  std::vector<std::thread> threads;
  std::vector<std::vector<float>> results(4);
  for (auto& result : results) {
    threads.emplace_back([&] { result = model.apply(variables, one_two()).to_vector<float>(); });
  }
  for (auto& thread : threads) thread.join();
  for (auto& result : results) EXPECT_EQ(result, (std::vector<float>{1, 2}));
}

}  // namespace
}  // namespace linum::nn
