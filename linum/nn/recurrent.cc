#include "linum/nn/recurrent.h"

#include "linum/lax/lax.h"
#include "linum/nn/dtypes.h"
#include "linum/np/np.h"
#include "linum/random/random.h"

namespace linum::nn {

// --- cells -------------------------------------------------------------------------------------

namespace {

// input_shape with the cell's features in place of the last axis.
Shape carry_shape(Shape input_shape, std::int64_t features) {
  input_shape.back() = features;
  return input_shape;
}

template <class Cell>
LSTMCarry lstm_carry(const Cell& cell, const Array& key, const Shape& input_shape) {
  auto [key_c, key_h] = random::split<2>(key);
  Shape shape = carry_shape(input_shape, cell.features);
  return {cell.carry_init(key_c, shape, cell.param_dtype),
          cell.carry_init(key_h, shape, cell.param_dtype)};
}

template <class Cell>
Array single_carry(const Cell& cell, const Array& key, const Shape& input_shape) {
  return cell.carry_init(key, carry_shape(input_shape, cell.features), cell.param_dtype);
}

// The product with the input, or with the hidden state: Dense layers as the cell wants them.
template <class Cell>
class Gates {
 public:
  Gates(const Cell& cell, std::int64_t hidden) : cell_(cell), hidden_(hidden) {}

  Array input(const Array& x, const char* name, const std::optional<Initializer>& bias = {}) const {
    return dense(x, name, cell_.kernel_init, bias);
  }
  Array hidden(const Array& h, const char* name,
               const std::optional<Initializer>& bias = {}) const {
    return dense(h, name, cell_.recurrent_kernel_init, bias);
  }

 private:
  Array dense(const Array& x, const char* name, const Initializer& kernel,
              const std::optional<Initializer>& bias) const {
    return Dense{.features = hidden_,
                 .use_bias = bias.has_value(),
                 .dtype = cell_.dtype,
                 .param_dtype = cell_.param_dtype,
                 .kernel_init = kernel,
                 .bias_init = bias.value_or(initializers::zeros_init()),
                 .name = name}(x);
  }

  const Cell& cell_;
  std::int64_t hidden_;
};

// c' and h' from what goes into the four gates.
template <class Cell>
std::pair<LSTMCarry, Array> lstm_step(const Cell& cell, const Array& c, const Array& to_i,
                                      const Array& to_f, const Array& to_g, const Array& to_o) {
  Array i = cell.gate_fn(to_i), f = cell.gate_fn(to_f), o = cell.gate_fn(to_o);
  Array g = cell.activation_fn(to_g);
  Array new_c = np::add(np::multiply(f, c), np::multiply(i, g));
  Array new_h = np::multiply(o, cell.activation_fn(new_c));
  return {{new_c, new_h}, new_h};
}

// (1 - gate) candidate + gate h
std::pair<Array, Array> interpolated(const Array& gate, const Array& candidate, const Array& h) {
  Array next = np::add(np::multiply(np::subtract(1.0, gate), candidate), np::multiply(gate, h));
  return {next, next};
}

}  // namespace

std::pair<LSTMCarry, Array> LSTMCell::forward(const LSTMCarry& carry, const Array& inputs) const {
  auto& [c, h] = carry;
  Gates<LSTMCell> gates(*this, h.shape(-1));
  Array i = np::add(gates.input(inputs, "ii"), gates.hidden(h, "hi", bias_init));
  Array f = np::add(gates.input(inputs, "if"), gates.hidden(h, "hf", bias_init));
  Array g = np::add(gates.input(inputs, "ig"), gates.hidden(h, "hg", bias_init));
  Array o = np::add(gates.input(inputs, "io"), gates.hidden(h, "ho", bias_init));
  return lstm_step(*this, c, i, f, g, o);
}
LSTMCarry LSTMCell::initialize_carry(const Array& key, const Shape& input_shape) const {
  return lstm_carry(*this, key, input_shape);
}

namespace {

// The parameters of a Dense layer, without its product.
struct DenseParams : Module<DenseParams> {
  std::int64_t features = 0;
  bool use_bias = true;
  DType param_dtype = DType::F32;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer bias_init = initializers::zeros_init();
  std::string name = {};

  std::pair<Array, std::optional<Array>> forward(const Array& inputs) const {
    Array kernel = param("kernel", kernel_init, {inputs.shape(-1), features}, param_dtype);
    std::optional<Array> bias;
    if (use_bias) bias = param("bias", bias_init, {features}, param_dtype);
    return {kernel, bias};
  }
};

// One product with the kernels side by side, taken apart again.
std::vector<Array> joint_dense(Array x, const std::vector<Array>& kernels,
                               const std::vector<Array>& biases, std::optional<DType> dtype) {
  Array kernel = np::concatenate(kernels, -1);
  Array bias = biases.empty() ? Array() : np::concatenate(biases, -1);
  promote_dtype({&x, &kernel, &bias}, dtype);
  Array y = np::dot(x, kernel);
  if (bias.defined()) y = np::add(y, bias);
  return np::split(y, static_cast<std::int64_t>(kernels.size()), -1);
}

}  // namespace

std::pair<LSTMCarry, Array> OptimizedLSTMCell::forward(const LSTMCarry& carry,
                                                       const Array& inputs) const {
  auto& [c, h] = carry;
  std::vector<Array> input_kernels, hidden_kernels, biases;
  for (std::string gate : {"i", "f", "g", "o"}) {
    DenseParams input{.features = h.shape(-1),
                      .use_bias = false,
                      .param_dtype = param_dtype,
                      .kernel_init = kernel_init,
                      .bias_init = bias_init,
                      .name = str_cat("i", gate)};
    DenseParams hidden{.features = h.shape(-1),
                       .use_bias = true,
                       .param_dtype = param_dtype,
                       .kernel_init = recurrent_kernel_init,
                       .bias_init = bias_init,
                       .name = str_cat("h", gate)};
    input_kernels.push_back(input(inputs).first);
    auto [kernel, bias] = hidden(h);
    hidden_kernels.push_back(kernel);
    biases.push_back(*bias);
  }
  std::vector<Array> y = joint_dense(h, hidden_kernels, biases, dtype);
  std::vector<Array> x = joint_dense(inputs, input_kernels, {}, dtype);
  for (std::size_t k = 0; k < y.size(); ++k) y[k] = np::add(y[k], x[k]);
  return lstm_step(*this, c, y[0], y[1], y[2], y[3]);
}
LSTMCarry OptimizedLSTMCell::initialize_carry(const Array& key, const Shape& input_shape) const {
  return lstm_carry(*this, key, input_shape);
}

std::pair<Array, Array> SimpleCell::forward(const Array& carry, const Array& inputs) const {
  Gates<SimpleCell> gates(*this, carry.shape(-1));
  Array next = np::add(gates.input(inputs, "i", bias_init), gates.hidden(carry, "h"));
  if (residual) next = np::add(next, carry);
  next = activation_fn(next);
  return {next, next};
}
Array SimpleCell::initialize_carry(const Array& key, const Shape& input_shape) const {
  return single_carry(*this, key, input_shape);
}

std::pair<Array, Array> GRUCell::forward(const Array& h, const Array& inputs) const {
  Gates<GRUCell> gates(*this, h.shape(-1));
  Array r = gate_fn(np::add(gates.input(inputs, "ir", bias_init), gates.hidden(h, "hr")));
  Array z = gate_fn(np::add(gates.input(inputs, "iz", bias_init), gates.hidden(h, "hz")));
  Array input = gates.input(inputs, "in", bias_init);
  Array n = activation_fn(np::add(input, np::multiply(r, gates.hidden(h, "hn", bias_init))));
  return interpolated(z, n, h);
}
Array GRUCell::initialize_carry(const Array& key, const Shape& input_shape) const {
  return single_carry(*this, key, input_shape);
}

std::pair<Array, Array> MGUCell::forward(const Array& h, const Array& inputs) const {
  Gates<MGUCell> gates(*this, h.shape(-1));
  Array f = gate_fn(np::add(gates.input(inputs, "if", forget_bias_init), gates.hidden(h, "hf")));
  std::optional<Initializer> hidden_bias;
  if (reset_gate) hidden_bias = activation_bias_init;
  Array x = gates.hidden(h, "hn", hidden_bias);
  if (reset_gate) x = np::multiply(x, f);
  Array n = activation_fn(np::add(gates.input(inputs, "in", activation_bias_init), x));
  return interpolated(f, n, h);
}
Array MGUCell::initialize_carry(const Array& key, const Shape& input_shape) const {
  return single_carry(*this, key, input_shape);
}

std::pair<LSTMCarry, Array> ConvLSTMCell::forward(const LSTMCarry& carry,
                                                  const Array& inputs) const {
  auto& [c, h] = carry;
  auto conv = [&](const char* its_name) {
    return Conv{.features = 4 * features,
                .kernel_size = kernel_size,
                .strides = strides,
                .padding = padding,
                .use_bias = use_bias,
                .dtype = dtype,
                .param_dtype = param_dtype,
                .name = its_name};
  };
  Array gates = np::add(conv("ih")(inputs), conv("hh")(h));
  std::vector<Array> parts = np::split(gates, 4, -1);
  Array i = sigmoid(parts[0]), g = np::tanh(parts[1]), o = sigmoid(parts[3]);
  Array f = sigmoid(np::add(parts[2], 1));
  Array new_c = np::add(np::multiply(f, c), np::multiply(i, g));
  Array new_h = np::multiply(o, np::tanh(new_c));
  return {{new_c, new_h}, new_h};
}
LSTMCarry ConvLSTMCell::initialize_carry(const Array& key, const Shape& input_shape) const {
  return lstm_carry(*this, key, input_shape);
}

// --- sequences ---------------------------------------------------------------------------------

Array flip_sequences(const Array& inputs, const std::optional<Array>& seq_lengths,
                     std::int64_t num_batch_dims, bool time_major) {
  std::int64_t time_axis = time_major ? 0 : num_batch_dims;
  if (!seq_lengths) return np::flip(inputs, time_axis);
  std::int64_t steps = inputs.shape(time_axis);
  Shape shape(static_cast<std::size_t>(num_batch_dims) + 1, 1);
  shape[static_cast<std::size_t>(time_axis)] = steps;
  Array places = np::reshape(np::flip(np::arange(steps), 0), shape);
  Array lengths = np::expand_dims(*seq_lengths, time_axis);
  places = np::mod(np::add(places, lengths), Array(steps));
  Shape expanded = places.shape();
  expanded.resize(inputs.shape().size(), 1);
  return np::take_along_axis(inputs, np::reshape(places, expanded), time_axis);
}

namespace {

// Entry seq_lengths - 1 of each batch entry of (time, batch, ...).
Tree last_valid(const Tree& carries, const Array& seq_lengths) {
  Array last = np::subtract(seq_lengths, 1);
  return tree::map(
      [&](const Array& x) {
        Shape shape(x.shape().size(), 1);
        shape[1] = x.shape(1);
        Array entry = np::take_along_axis(x, np::reshape(last, shape), 0);
        return np::squeeze(entry, 0);
      },
      carries);
}

Shape without_axis(Shape shape, std::int64_t axis) {
  shape.erase(shape.begin() + axis);
  return shape;
}

}  // namespace

RNNOutput RNN::run(const Array& given, const RNNCall& call, bool wants_carry) const {
  bool major = call.time_major.value_or(time_major), backward = call.reverse.value_or(reverse);
  std::int64_t time_axis = major ? 0 : given.ndim() - (cell.num_feature_axes() + 1);
  std::int64_t batch_dims = given.ndim() - cell.num_feature_axes() - 1;
  auto flipped = [&](const Array& x) {
    return flip_sequences(x, call.seq_lengths, batch_dims, major);
  };
  Array inputs = backward ? flipped(given) : given;
  Array key = call.init_key ? *call.init_key : random::key(0);
  Tree carry = call.initial_carry
                   ? *call.initial_carry
                   : cell.initialize_carry(key, without_axis(inputs.shape(), time_axis));
  // With padding, the carry of every step is kept and the last valid one taken afterwards.
  bool keep_carries = call.seq_lengths && wants_carry;
  auto step = [&](const Tree& in) {
    Tree out = cell(in[0], in[1].array());
    return keep_carries ? Tree::list({out[0], Tree::list({out[0], out[1]})}) : out;
  };
  ScanOptions options{.variable_axes = variable_axes,
                      .variable_broadcast = variable_broadcast,
                      .variable_carry = variable_carry,
                      .split_rngs = split_rngs,
                      .in_axes = {time_axis},
                      .out_axes = {time_axis},
                      .unroll = unroll};
  if (keep_carries) options.out_axes = {0, time_axis};
  Tree out = lift::scan(cell.module(), step, Tree::list({carry, inputs}), options);
  Array outputs = keep_carries ? out[1][1].array() : out[1].array();
  bool turn_back = backward && call.keep_order.value_or(keep_order);
  return {keep_carries ? last_valid(out[1][0], *call.seq_lengths) : out[0],
          turn_back ? flipped(outputs) : outputs};
}

Array RNN::forward(const Array& inputs, const RNNCall& call) const {
  return run(inputs, call, false).outputs;
}
RNNOutput RNN::with_carry(const Array& inputs, const RNNCall& call) const {
  return method("__call__", [&] { return run(inputs, call, true); });
}

RNNOutput Bidirectional::with_carry(const Array& inputs, const RNNCall& call) const {
  return method("__call__", [&] {
    RNNCall ahead{.seq_lengths = call.seq_lengths,
                  .time_major = call.time_major.value_or(time_major),
                  .reverse = false};
    RNNCall back = ahead;
    back.reverse = back.keep_order = true;
    if (call.init_key) {
      auto [key_ahead, key_back] = random::split<2>(*call.init_key);
      ahead.init_key = key_ahead;
      back.init_key = key_back;
    }
    if (call.initial_carry) {
      ahead.initial_carry = (*call.initial_carry)[0];
      back.initial_carry = (*call.initial_carry)[1];
    }
    RNNOutput first = forward_rnn.with_carry(inputs, ahead);
    RNNOutput second = backward_rnn.with_carry(inputs, back);
    Array merged = merge_fn ? merge_fn(first.outputs, second.outputs)
                            : np::concatenate({first.outputs, second.outputs}, -1);
    return RNNOutput{Tree::list({first.carry, second.carry}), merged};
  });
}
Array Bidirectional::forward(const Array& inputs, const RNNCall& call) const {
  return with_carry(inputs, call).outputs;
}

}  // namespace linum::nn
