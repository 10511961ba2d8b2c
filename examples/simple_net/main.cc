// The README's network: fits random data with mean squared error and predicts.
#include <linum/linum.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

namespace ln = linum;
namespace nn = linum::nn;

struct SimpleNet : nn::Module<SimpleNet> {
  ln::Array forward(ln::Array x) {
    x = nn::Dense{.features = 64}(x);
    x = nn::relu(x);
    x = nn::Dense{.features = 10}(x);
    return x;
  }
};

static void train(int steps, double lr, std::int64_t seed) {
  auto [data_key, target_key, init_key] = ln::random::split<3>(ln::random::key(seed));
  ln::Array x = ln::random::normal(data_key, {256, 8});
  ln::Array y = ln::np::tanh(ln::np::matmul(x, ln::random::normal(target_key, {8, 10})));

  SimpleNet model;
  ln::Tree variables = model.init(init_key, x);
  std::cout << model.tabulate(init_key, nn::TabulateOptions{.color = isatty(STDOUT_FILENO) != 0},
                              x);
  auto state = ln::train::State::create(model, variables["params"], ln::optim::adam(lr));

  auto step = ln::jit(
      [&](ln::train::State state, ln::Array x, ln::Array y) {
        auto loss_fn = [&](ln::Tree params) {
          return ln::losses::mse(model.apply({{"params", params}}, x), y);
        };
        auto [loss, grads] = ln::value_and_grad(loss_fn)(state.params);
        return std::tuple{state.apply_gradients(grads), loss};
      },
      {.donate = {0}});

  for (int i = 0; i <= steps; ++i) {
    auto [next, loss] = step(state, x, y);
    state = next;
    if (i % std::max(steps / 5, 1) == 0) std::cout << "step " << i << ": loss " << loss << "\n";
  }
  ln::Array first = ln::np::index(x, ln::np::Slice{0, 1});
  std::cout << "prediction " << model.apply({{"params", state.params}}, first) << "\n"
            << "target     " << ln::np::index(y, ln::np::Slice{0, 1}) << "\n";
}

int main(int argc, char** argv) {
  CLI::App app("Fits a small network to random data.");
  int steps = 500;
  double lr = 1e-2;
  std::int64_t seed = 0;
  app.add_option("--steps", steps, "training steps")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--lr", lr, "learning rate of adam")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", seed, "of the data and the parameters")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    train(steps, lr, seed);
  } catch (const std::exception& e) {
    std::cerr << "simple_net: " << e.what() << "\n";
    return 1;
  }
}
