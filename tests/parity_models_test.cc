// Whole networks: the variables of a seed, the loss, and the gradients of all parameters.
#include "bench/workloads.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

// {loss, its gradient} for list(params, other variables, inputs, labels).
template <class Model>
Tree loss_and_gradient(const Model& model, const Tree& in) {
  auto loss = [&](const Tree& params) {
    Tree variables = in[1];
    variables.set("params", params);
    Array logits =
        model.apply(variables, {.mutable_collections = {"batch_stats"}}, in[2].array()).first;
    return np::mean(losses::softmax_cross_entropy_with_integer_labels(logits, in[3].array()));
  };
  return to_tree(value_and_grad(loss)(in[0]));
}

template <class Model>
bool bind_model(const std::string& name, const Model& model, const Shape& shape, DType dtype,
                double tolerance, const std::string& reason) {
  parity::bind({"model." + name + "/init", [=](const Tree& in) {
                  return model.lazy_init(in[0].array(), shape_struct(shape, dtype));
                }});
  return parity::bind({"model." + name + "/loss_and_gradient",
                       [=](const Tree& in) { return loss_and_gradient(model, in); }, tolerance,
                       false, reason});
}

#define MODEL_TOL(name, model, shape, dtype, tolerance, why)                   \
  [[maybe_unused]] static const bool LINUM_PARITY_JOIN_(model_, __COUNTER__) = \
      bind_model(name, model, Shape shape, dtype, tolerance, why)
#define MODEL(name, model, shape, dtype) MODEL_TOL(name, model, shape, dtype, 0, "")

MODEL("SimpleNet", (bench::SimpleNet{.hidden = 6, .outputs = 3}), ({4, 5}), DType::F32);
MODEL("Mlp", (bench::Mlp{.widths = {6, 5, 3}}), ({4, 7}), DType::F32);
MODEL("Cnn", (bench::Cnn{.widths = {3, 4}, .hidden = 6, .classes = 3}), ({2, 8, 8, 1}), DType::F32);
MODEL("ResNet", (bench::ResNet{.widths = {4, 6}, .blocks = 1, .classes = 3}), ({2, 8, 8, 3}),
      DType::F32);
MODEL("Gpt", (bench::Gpt{.layers = 2, .heads = 2, .width = 8, .vocabulary = 11, .length = 5}),
      ({2, 5}), DType::I32);

}  // namespace
}  // namespace linum
