// Whole training runs against Flax's: the same seed, data and order give the same parameters at
// init and the same losses (fixtures: tests/oracle/curves.py).
#include <gtest/gtest.h>

#include <cmath>

#include "bench/workloads.h"

namespace linum {
namespace {

constexpr std::int64_t kSteps = 100, kBatch = 64, kExamples = 512;
constexpr std::int64_t kInitSeed = 0, kDataSeed = 1, kOrderSeed = 2;

struct Run {
  std::vector<double> losses;
  Tree initial;
};
using Data = std::pair<Array, Array>;
using Loss = std::function<Array(const Array& prediction, const Array& target)>;

Data regression() {
  auto [kx, kw] = random::split<2>(random::key(kDataSeed));
  Array x = random::normal(kx, {kExamples, 16});
  return {x, np::tanh(np::matmul(x, random::normal(kw, {16, 10}) * 0.5))};
}

// A square on faint noise; its place is the label.
Data squares() {
  auto [kx, ky, kb] = random::split<3>(random::key(kDataSeed));
  Array y = random::randint(ky, {kExamples}, 0, 10);
  Array row = np::reshape(np::floor_divide(y, 5) * 14, {-1, 1, 1});
  Array column = np::reshape(y % 5 * 5, {-1, 1, 1});
  Array i = np::reshape(np::arange(28), {1, -1, 1}), j = np::reshape(np::arange(28), {1, 1, -1});
  Array inside = (i >= row) & (i < row + 8) & (j >= column) & (j < column + 8);
  Array brightness = random::uniform(kb, {kExamples, 1, 1});
  Array images = random::uniform(kx, {kExamples, 28, 28}) * 0.1 + brightness * inside;
  return {np::expand_dims(images, -1), y};
}

Array cross_entropy(const Array& logits, const Array& labels) {
  return np::mean(losses::softmax_cross_entropy_with_integer_labels(logits, labels));
}

template <class Model>
Run train(const Model& model, const Data& data, const Loss& loss_fn) {
  auto [x, y] = data;
  Tree first = model.init(random::key(kInitSeed), np::index(x, np::Slice{0, 1}))["params"];
  auto state = train::State::create(model, first, optim::adam(1e-3));
  auto step = jit([&](train::State s, Array xs, Array ys) {
    auto objective = [&](Tree params) {
      return loss_fn(model.apply({{"params", params}}, xs), ys);
    };
    auto [loss, grads] = value_and_grad(objective)(s.params);
    return std::pair{s.apply_gradients(grads), loss};
  });
  Run run{.losses = {}, .initial = first};
  Array order;
  for (std::int64_t i = 0; i < kSteps; ++i) {
    std::int64_t per_epoch = kExamples / kBatch, place = i % per_epoch * kBatch;
    if (place == 0)
      order =
          random::permutation(random::fold_in(random::key(kOrderSeed), i / per_epoch), kExamples);
    Array rows = np::index(order, np::Slice{place, place + kBatch});
    auto [next, loss] = step(state, np::index(x, rows), np::index(y, rows));
    state = next;
    run.losses.push_back(Array(loss).item<double>());
  }
  return run;
}

// Every k-th element, as the fixture has them.
std::vector<float> sample(const Array& x) {
  std::vector<float> all = x.to_vector<float>(), out;
  std::size_t stride = std::max<std::size_t>(1, all.size() / 256);
  for (std::size_t i = 0; i < all.size(); i += stride) out.push_back(all[i]);
  return out;
}

void expect_close(double got, double wanted, double relative, double scale,
                  const std::string& what) {
  EXPECT_LE(std::abs(got - wanted), relative * std::max(std::abs(wanted), scale)) << what;
}

void expect_as_flax(const Run& run, const std::string& name) {
  Tree fixture =
      io::load_safetensors(str_cat(LINUM_SOURCE_DIR, "/tests/curves/", name, ".safetensors"));
  std::vector<float> losses = fixture["losses"].array().to_vector<float>();
  ASSERT_EQ(losses.size(), run.losses.size());
  for (std::size_t i = 0; i < losses.size(); ++i)
    expect_close(run.losses[i], losses[i], 1e-4, 0, str_cat("loss of step ", i));
  for (auto& [path, leaf] : tree::leaves_with_path(run.initial)) {
    std::vector<float> got = sample(leaf),
                       wanted = fixture["params"][path].array().to_vector<float>();
    ASSERT_EQ(got.size(), wanted.size()) << path;
    float largest = 0;
    for (float w : wanted) largest = std::max(largest, std::abs(w));
    for (std::size_t i = 0; i < got.size(); ++i)
      expect_close(got[i], wanted[i], 1e-6, 1e-2 * largest, str_cat(path, " element ", i));
  }
}

TEST(TrainingCurve, SimpleNetFollowsFlax) {
  auto mse = [](const Array& p, const Array& t) { return losses::mse(p, t); };
  expect_as_flax(train(bench::SimpleNet{}, regression(), mse), "simple_net");
}

TEST(TrainingCurve, CnnFollowsFlax) {
  expect_as_flax(train(bench::Cnn{}, squares(), cross_entropy), "cnn");
}

}  // namespace
}  // namespace linum
