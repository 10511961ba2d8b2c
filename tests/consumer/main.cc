// Learns the sum of three numbers, to see that an installed library compiles, links, finds its
// plugin and trains.
#include <linum/linum.h>

#include <iostream>

namespace ln = linum;
namespace nn = linum::nn;

int main() {
  std::cout << "linum " << ln::version() << "\n";
  auto x = ln::random::normal(ln::random::key(0), {64, 3});
  auto y = ln::np::sum(x, {.axis = 1, .keepdims = true});

  nn::Dense model{.features = 1};
  ln::Tree params = model.init(ln::random::key(1), x)["params"];
  auto loss_of = [&](ln::Tree p) { return ln::losses::mse(model.apply({{"params", p}}, x), y); };
  auto sgd = ln::optim::sgd(0.1);
  ln::Tree state = sgd.init(params);
  auto step = ln::jit([&](ln::Tree params, ln::Tree state) {
    auto [loss, grads] = ln::value_and_grad(loss_of)(params);
    auto [updates, next] = sgd.update(grads, state, params);
    return std::tuple{ln::optim::apply_updates(params, updates), next, loss};
  });

  float first = loss_of(params).item<float>(), last = first;
  for (int i = 0; i < 50; ++i) {
    auto [new_params, new_state, loss] = step(params, state);
    params = new_params, state = new_state, last = loss.item<float>();
  }
  std::cout << "plugin " << ln::runtime::default_client().plugin().path() << "\n";
  if (!(last < first / 100)) return std::cerr << "loss " << first << " -> " << last << "\n", 1;
  std::cout << "loss fell from " << first << " to " << last << "\n";
}
