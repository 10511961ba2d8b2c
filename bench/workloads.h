// The networks and training steps that every benchmark times (tests/oracle/workloads.py has them in
// Flax).
#pragma once

#include <functional>

#include "linum/linum.h"

namespace linum::bench {

struct SimpleNet : nn::Module<SimpleNet> {
  std::int64_t hidden = 64, outputs = 10;
  Array forward(Array x) const {
    x = nn::relu(nn::Dense{.features = hidden}(x));
    return nn::Dense{.features = outputs}(x);
  }
};

// Dense layers of these widths with relu between them.
struct Mlp : nn::Module<Mlp> {
  std::vector<std::int64_t> widths{512, 512, 10};
  Array forward(Array x) const;
};

struct Cnn : nn::Module<Cnn> {
  std::vector<std::int64_t> widths{32, 64};
  std::int64_t hidden = 256, classes = 10;
  Array forward(Array x) const;
};

struct BasicBlock : nn::Module<BasicBlock> {
  std::int64_t width = 64, stride = 1;
  Array forward(Array x) const;
};

// CIFAR's ResNet-18, BatchNorm in training mode.
struct ResNet : nn::Module<ResNet> {
  std::vector<std::int64_t> widths{64, 128, 256, 512};
  std::int64_t blocks = 2, classes = 10;
  Array forward(Array x) const;
};

// A pre-LayerNorm transformer block.
struct Block : nn::Module<Block> {
  std::int64_t heads = 8;
  Array forward(Array x, Array mask) const;
};

struct Gpt : nn::Module<Gpt> {
  std::int64_t layers = 4, heads = 8, width = 256, vocabulary = 1000, length = 128;
  Array forward(Array tokens) const;
};

// One training step: (variables, optimizer state, x, y) -> (variables, state, loss); integer
// cross-entropy.
struct Workload {
  using Step = std::function<Tree(const Tree& args)>;

  std::string name;
  Step step;                                // for jit
  std::function<Tree(const Tree& x)> init;  // list(variables, optimizer state)
  Tree x, y;                                // shape_struct()s of a batch

  // The step's arguments as shapes without data.
  Tree abstract_arguments() const;
  Lowered lower(const Tree& abstract) const;
};

Workload mlp();
Workload cnn();
Workload resnet18();
Workload gpt();
Workload gpt2();  // 12 layers, width 768, 12 heads, vocabulary 50257, 8 x 1024 tokens, adamw

}  // namespace linum::bench
