// An older plugin (API 0.106, StableHLO 1.16) compiles and runs what Linum writes, with the same
// numbers. scripts/fetch.sh compat downloads it.
#include <gmock/gmock.h>

#include <sstream>

#include "linum/base/process_testlib.h"
#include "linum/lax/lax.h"
#include "linum/losses/regression.h"
#include "linum/nn/linear.h"
#include "linum/optim/adam.h"
#include "linum/random/random.h"
#include "linum/runtime/compile_cache.h"
#include "linum/runtime/plugin.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

using testing::HasSubstr;

std::string compat_plugin() {
  return runtime::cache_dir() + "/plugins-compat/fastatomstruct-xla-cpu-2026.6.23/libpjrt_cpu.so";
}

void print(const std::string& name, const Array& x) {
  HostArray host = x.to_host();
  std::cout << "number " << name;
  for (std::int64_t i = 0; i < host.size(); ++i) std::cout << " " << host.number(i);
  std::cout << "\n";
}

// --- what both plugins run -------------------------------------------------------------------

struct SimpleNet : nn::Module<SimpleNet> {
  Array forward(Array x) {
    x = nn::Dense{.features = 8}(x);
    x = lax::tanh(x);
    return nn::Dense{.features = 1}(x);
  }
};

TEST(CompatProcess, DISABLED_Trains) {
  std::cout << "plugin API 0." << runtime::default_client().plugin().api_minor() << "\n";
  Array x = random::normal(random::key(1), {16, 4});
  Array y = lax::reduce_sum(x, {1});
  y = lax::reshape(y, {16, 1});
  SimpleNet model;
  Tree params = model.init(random::key(0), x)["params"];
  auto tx = optim::adam(0.05);
  Tree state = tx.init(params);
  auto step = jit(
      [&](Tree params, Tree state, Array x, Array y) {
        auto loss_fn = [&](Tree p) { return losses::mse(model.apply({{"params", p}}, x), y); };
        auto [loss, grads] = value_and_grad(loss_fn)(params);
        auto [updates, next] = tx.update(grads, state, params);
        return std::tuple{optim::apply_updates(params, updates), next, loss};
      },
      {.donate = {0, 1}});
  for (int i = 0; i < 20; ++i) {
    Array loss;
    std::tie(params, state, loss) = step(params, state, x, y);
    if (i % 5 == 0 || i == 19) print("loss", loss);
  }
}

TEST(CompatProcess, DISABLED_RunsEveryFamily) {
  Array x = random::uniform(random::key(0), {2, 6, 6, 2});
  Array kernel = random::normal(random::key(1), {3, 3, 2, 3});
  auto pooled = [](Array x) { return lax::reduce_window_max(x, {1, 2, 2, 1}, {1, 2, 2, 1}); };
  auto f = [&](Array x, Array kernel) {
    Array y = lax::conv_general_dilated(x, kernel, {1, 1}, "SAME",
                                        {.dimension_numbers = {"NHWC", "HWIO", "NHWC"}});
    return lax::reduce_sum(pooled(y), {0, 1, 2});
  };
  print("conv", jit(f)(x, kernel));
  auto total = [&](Array x, Array kernel) { return lax::reduce_sum(f(x, kernel), {0}); };
  print("conv gradient", jit(grad<1>(total))(x, kernel));
  Array v = lax::reshape(x, {144});
  print("sort", jit([](Array v) { return lax::slice(lax::sort(v), {0}, {5}); })(v));
  print("special", jit([](Array v) {
          return lax::reduce_sum(lax::lgamma(lax::exp(lax::erf_inv(v))), {0});
        })(v));
  print("dynamic", jit([](Array v) { return lax::dynamic_slice(v, {Array(7)}, {3}); })(v));
  print("scan", jit([](Array v) {
          return lax::scan(
                     [](Array c, Array e) {
                       return std::pair{lax::add(c, e), lax::mul(c, e)};
                     },
                     lax::zeros({}, float32), v)
              .first;
        })(v));
  print("cumulative", jit([](Array v) { return lax::slice(lax::cumsum(v), {140}, {144}); })(v));
}

// --- the comparison --------------------------------------------------------------------------

// name -> numbers, of the lines that print() wrote.
std::vector<std::pair<std::string, std::vector<double>>> numbers_of(const std::string& output) {
  std::vector<std::pair<std::string, std::vector<double>>> out;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("number ", 0) != 0) continue;
    std::istringstream words(line.substr(7));
    auto& entry = out.emplace_back();
    for (std::string word; words >> word;) {
      char* end = nullptr;
      double v = std::strtod(word.c_str(), &end);
      if (*end) {
        entry.first += word + " ";
      } else {
        entry.second.push_back(v);
      }
    }
  }
  return out;
}

class CompatPlugin : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(compat_plugin()))
        << compat_plugin() << " is missing: run scripts/fetch.sh compat";
  }
};

class CompatRun : public CompatPlugin, public testing::WithParamInterface<const char*> {};

TEST_P(CompatRun, GivesTheSameNumbers) {
  std::string test = std::string("CompatProcess.DISABLED_") + GetParam();
  TestProcess older(test, {{"LINUM_PJRT_PLUGIN", compat_plugin()}});
  TestProcess newer(test, {});
  Finished old_run = older.finish(), new_run = newer.finish();
  ASSERT_EQ(old_run.status, 0) << old_run.output;
  ASSERT_EQ(new_run.status, 0) << new_run.output;
  auto got = numbers_of(old_run.output), expected = numbers_of(new_run.output);
  ASSERT_EQ(got.size(), expected.size());
  ASSERT_GE(got.size(), 5u);
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].first, expected[i].first);
    ASSERT_EQ(got[i].second.size(), expected[i].second.size()) << got[i].first;
    for (std::size_t k = 0; k < got[i].second.size(); ++k)
      EXPECT_NEAR(got[i].second[k], expected[i].second[k],
                  1e-4 * std::max(1.0, std::abs(expected[i].second[k])))
          << got[i].first << k;
  }
}

INSTANTIATE_TEST_SUITE_P(Compat, CompatRun, testing::Values("Trains", "RunsEveryFamily"));

TEST_F(CompatPlugin, LearnsInItsTrainingSteps) {
  Finished run =
      TestProcess("CompatProcess.DISABLED_Trains", {{"LINUM_PJRT_PLUGIN", compat_plugin()}})
          .finish();
  EXPECT_THAT(run.output, HasSubstr("plugin API 0.106"));
  auto losses = numbers_of(run.output);
  ASSERT_GE(losses.size(), 2u);
  EXPECT_LT(losses.back().second[0], 0.5 * losses.front().second[0]);
}

// Both plugins live in one process, each with its own client.
TEST_F(CompatPlugin, LivesBesideANewerOne) {
  Ref<runtime::Client> older = runtime::make_client(runtime::Plugin::load(compat_plugin()));
  std::string text = R"(module @m { func.func public @main(%a: tensor<2xf32>) -> tensor<2xf32> {
    %0 = stablehlo.add %a, %a : tensor<2xf32>
    return %0 : tensor<2xf32> } })";
  for (runtime::Client* client : {older.get(), &runtime::default_client()}) {
    Ref<runtime::Executable> e = runtime::compile_cached(*client, text, {});
    std::vector<float> values{1, 2};
    Ref<runtime::Buffer> x = client->to_device(
        HostArray::of<float>({2}, std::span<const float>(values)), *client->devices()[0]);
    runtime::Buffer* args[] = {x.get()};
    EXPECT_EQ(e->execute(args)[0]->to_host().as<float>()[1], 4);
  }
}

}  // namespace
}  // namespace linum
