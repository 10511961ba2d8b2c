// From the start of the process to the end of SimpleNet's first training step, as one JSON line:
// {"first_step_s": ..., "loss": ...}. With an empty LINUM_CACHE that is a cold start, with a filled
// one a warm one.
#include <sys/times.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>

#include "bench/workloads.h"

namespace ln = linum;

namespace {

// Seconds since the kernel started this process, to a hundredth: /proc/self/stat counts in ticks.
double seconds_since_start() {
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 3; i < 22; ++i) fields >> skipped;
  double ticks = 0;
  fields >> ticks;
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  double uptime = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  return uptime - ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double first_loss() {
  ln::bench::SimpleNet model;
  ln::Array x = ln::random::normal(ln::random::key(1), {32, 8});
  ln::Array y = ln::random::normal(ln::random::key(2), {32, 10});
  ln::Tree variables = model.init(ln::random::key(0), x);
  auto state = ln::train::State::create(model, variables["params"], ln::optim::adam(1e-3));
  auto step = ln::jit(
      [&](ln::train::State state, ln::Array x, ln::Array y) {
        auto loss_fn = [&](ln::Tree params) {
          return ln::losses::mse(model.apply({{"params", params}}, x), y);
        };
        auto [loss, grads] = ln::value_and_grad(loss_fn)(state.params);
        return std::tuple{state.apply_gradients(grads), loss};
      },
      {.donate = {0}});
  auto [next, loss] = step(state, x, y);
  return loss.item<double>();
}

}  // namespace

int main() {
  double loss = first_loss();
  std::cout << "{\"first_step_s\": " << seconds_since_start() << ", \"loss\": " << loss << "}\n";
}
