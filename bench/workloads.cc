#include "bench/workloads.h"

namespace linum::bench {

// --- networks ---------------------------------------------------------------------------------

Array Mlp::forward(Array x) const {
  for (std::size_t i = 0; i + 1 < widths.size(); ++i)
    x = nn::relu(nn::Dense{.features = widths[i]}(x));
  return nn::Dense{.features = widths.back()}(x);
}

Array Cnn::forward(Array x) const {
  for (std::int64_t width : widths) {
    x = nn::relu(nn::Conv{.features = width, .kernel_size = {3, 3}}(x));
    x = nn::avg_pool(x, {2, 2}, {2, 2});
  }
  x = nn::relu(nn::Dense{.features = hidden}(np::reshape(x, {x.shape(0), -1})));
  return nn::Dense{.features = classes}(x);
}

static Array norm(const Array& x) { return nn::BatchNorm{.use_running_average = false}(x); }

static Array conv(const Array& x, std::int64_t width, std::int64_t side, std::int64_t stride) {
  return nn::Conv{.features = width,
                  .kernel_size = {side, side},
                  .strides = {stride, stride},
                  .use_bias = false}(x);
}

Array BasicBlock::forward(Array x) const {
  Array y = nn::relu(norm(conv(x, width, 3, stride)));
  y = norm(conv(y, width, 3, 1));
  if (x.shape() != y.shape()) x = norm(conv(x, width, 1, stride));
  return nn::relu(x + y);
}

Array ResNet::forward(Array x) const {
  x = nn::relu(norm(conv(x, widths[0], 3, 1)));
  for (std::size_t stage = 0; stage < widths.size(); ++stage)
    for (std::int64_t block = 0; block < blocks; ++block)
      x = BasicBlock{.width = widths[stage], .stride = stage > 0 && block == 0 ? 2 : 1}(x);
  return nn::Dense{.features = classes}(np::mean(x, {.axis = {1, 2}}));
}

Array Block::forward(Array x, Array mask) const {
  std::int64_t width = x.shape(-1);
  Array y = nn::LayerNorm{}(x);
  x = x + nn::MultiHeadDotProductAttention{.num_heads = heads}(y, y, {.mask = mask});
  y = nn::gelu(nn::Dense{.features = 4 * width}(nn::LayerNorm{}(x)));
  return x + nn::Dense{.features = width}(y);
}

Array Gpt::forward(Array tokens) const {
  Array positions = param("pos", nn::initializers::normal(0.02), {length, width});
  Array x = nn::Embed{.num_embeddings = vocabulary, .features = width}(tokens) + positions;
  Array mask = nn::make_causal_mask(tokens);
  for (std::int64_t i = 0; i < layers; ++i) x = Block{.heads = heads}(x, mask);
  return nn::Dense{.features = vocabulary}(nn::LayerNorm{}(x));
}

// --- steps ------------------------------------------------------------------------------------

namespace {

Tree without_params(Tree variables) {
  variables.erase("params");
  return variables;
}

template <class Model>
Workload::Step training_step(Model model, optim::GradientTransformation tx) {
  return [model, tx](const Tree& args) {
    const Tree &variables = args[0], &x = args[2], &y = args[3];
    Tree rest = without_params(variables);
    auto objective = [&](const Tree& params) {
      Tree all = rest;
      all.set("params", params);
      auto [logits, updated] =
          model.apply(all, {.mutable_collections = nn::DenyList("params")}, x.array());
      Array loss = losses::softmax_cross_entropy_with_integer_labels(logits, y);
      return std::pair{np::mean(loss), updated};
    };
    auto [value, grads] = value_and_grad(objective)(variables["params"]);
    auto [loss, updated] = value;
    auto [updates, state] = tx.update(grads, args[1], variables["params"]);
    updated.set("params", optim::apply_updates(variables["params"], updates));
    return Tree::list({updated, state, loss});
  };
}

template <class Model>
Workload workload(std::string name, Model model, optim::GradientTransformation tx, Tree x, Tree y) {
  auto init = [model, tx](const Tree& batch) {
    Tree variables = model.init(random::key(0), batch.array());
    return Tree::list({variables, tx.init(variables["params"])});
  };
  return {std::move(name), training_step(model, tx), init, std::move(x), std::move(y)};
}

Array floats(Shape shape) { return shape_struct(std::move(shape), float32); }
Array ints(Shape shape) { return shape_struct(std::move(shape), int32); }

}  // namespace

Tree Workload::abstract_arguments() const {
  Tree made = eval_shape(init, x);
  return Tree::list({made[0], made[1], x, y});
}
Lowered Workload::lower(const Tree& abstract) const {
  return JitEngine(step, {.donate = {0, 1}, .name = name}).lower(abstract);
}

Workload mlp() {
  return workload("mlp", Mlp{}, optim::adam(1e-3), floats({128, 784}), ints({128}));
}
Workload cnn() {
  return workload("cnn", Cnn{}, optim::adam(1e-3), floats({128, 28, 28, 1}), ints({128}));
}
Workload resnet18() {
  return workload("resnet18", ResNet{}, optim::sgd(0.1, {.momentum = 0.9}), floats({32, 32, 32, 3}),
                  ints({32}));
}
Workload gpt() { return workload("gpt", Gpt{}, optim::adam(1e-3), ints({8, 128}), ints({8, 128})); }
Workload gpt2() {
  Gpt model{.layers = 12, .heads = 12, .width = 768, .vocabulary = 50257, .length = 1024};
  return workload("gpt2", model, optim::adamw(1e-3), ints({8, 1024}), ints({8, 1024}));
}

}  // namespace linum::bench
