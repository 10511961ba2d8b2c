// Recurrent layers (flax.linen.recurrent): cells, which take one step, and RNN, which takes all.
#pragma once

#include <functional>
#include <memory>

#include "linum/nn/activation.h"
#include "linum/nn/conv.h"
#include "linum/nn/linear.h"
#include "linum/nn/transforms.h"

namespace linum::nn {

using Activation = std::function<Array(const Array&)>;

// --- cells -------------------------------------------------------------------------------------

// A cell is a module whose forward takes (carry, inputs) and gives pair(carry, output), and that
// makes its first carry: the base of cells with one array as the carry.
//   struct MyCell : nn::RNNCellBase<MyCell> {
//     std::int64_t features = 0;
//     std::pair<Array, Array> forward(Array carry, Array x) const;
//     Array initialize_carry(const Array& key, const Shape& input_shape) const;
//   };
template <class Derived>
struct RNNCellBase : Module<Derived> {
  std::int64_t num_feature_axes() const { return 1; }
};

using LSTMCarry = std::pair<Array, Array>;  // (c, h)

// i, f, o = sigmoid(W x + U h + b), g = tanh(W x + U h + b); c' = f c + i g, h' = o tanh(c').
// Hochreiter and Schmidhuber 1997.
struct LSTMCell : RNNCellBase<LSTMCell> {
  std::int64_t features = 0;
  Activation gate_fn = sigmoid;
  Activation activation_fn = tanh;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer recurrent_kernel_init = initializers::orthogonal();
  Initializer bias_init = initializers::zeros_init();
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  Initializer carry_init = initializers::zeros_init();
  std::string name = {};

  std::pair<LSTMCarry, Array> forward(const LSTMCarry& carry, const Array& inputs) const;
  LSTMCarry initialize_carry(const Array& key, const Shape& input_shape) const;
};

// LSTMCell with its eight products as two: the same parameters and numbers, faster up to about 2048
// features.
struct OptimizedLSTMCell : RNNCellBase<OptimizedLSTMCell> {
  std::int64_t features = 0;
  Activation gate_fn = sigmoid;
  Activation activation_fn = tanh;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer recurrent_kernel_init = initializers::orthogonal();
  Initializer bias_init = initializers::zeros_init();
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  Initializer carry_init = initializers::zeros_init();
  std::string name = {};

  std::pair<LSTMCarry, Array> forward(const LSTMCarry& carry, const Array& inputs) const;
  LSTMCarry initialize_carry(const Array& key, const Shape& input_shape) const;
};

// h' = tanh(W x + b + U h), plus h inside with `residual`.
struct SimpleCell : RNNCellBase<SimpleCell> {
  std::int64_t features = 0;
  Activation activation_fn = tanh;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer recurrent_kernel_init = initializers::orthogonal();
  Initializer bias_init = initializers::zeros_init();
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  Initializer carry_init = initializers::zeros_init();
  bool residual = false;  // Kim, El-Khamy, Lee 2018
  std::string name = {};

  std::pair<Array, Array> forward(const Array& carry, const Array& inputs) const;
  Array initialize_carry(const Array& key, const Shape& input_shape) const;
};

// r, z = sigmoid(W x + b + U h), n = tanh(W x + b + r (U h + b)); h' = (1 - z) n + z h.
// Cho et al. 2014.
struct GRUCell : RNNCellBase<GRUCell> {
  std::int64_t features = 0;
  Activation gate_fn = sigmoid;
  Activation activation_fn = tanh;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer recurrent_kernel_init = initializers::orthogonal();
  Initializer bias_init = initializers::zeros_init();
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  Initializer carry_init = initializers::zeros_init();
  std::string name = {};

  std::pair<Array, Array> forward(const Array& carry, const Array& inputs) const;
  Array initialize_carry(const Array& key, const Shape& input_shape) const;
};

// f = sigmoid(W x + b + U h), n = tanh(W x + b + f (U h + b)); h' = (1 - f) n + f h. Without the
// reset gate, n = tanh(W x + b + U h). Zhou et al. 2016.
struct MGUCell : RNNCellBase<MGUCell> {
  std::int64_t features = 0;
  Activation gate_fn = sigmoid;
  Activation activation_fn = tanh;
  Initializer kernel_init = initializers::lecun_normal();
  Initializer recurrent_kernel_init = initializers::orthogonal();
  Initializer forget_bias_init = initializers::ones_init();
  Initializer activation_bias_init = initializers::zeros_init();
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  Initializer carry_init = initializers::zeros_init();
  bool reset_gate = true;
  std::string name = {};

  std::pair<Array, Array> forward(const Array& carry, const Array& inputs) const;
  Array initialize_carry(const Array& key, const Shape& input_shape) const;
};

// An LSTM of images: convolutions in place of products. Inputs are (batch..., space..., features).
// Shi et al. 2015.
struct ConvLSTMCell : RNNCellBase<ConvLSTMCell> {
  std::int64_t features = 0;
  Shape kernel_size = {};
  Sizes strides = 1;
  ConvPadding padding = "SAME";
  bool use_bias = true;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  Initializer carry_init = initializers::zeros_init();
  std::string name = {};

  std::pair<LSTMCarry, Array> forward(const LSTMCarry& carry, const Array& inputs) const;
  LSTMCarry initialize_carry(const Array& key, const Shape& input_shape) const;
  std::int64_t num_feature_axes() const {
    return static_cast<std::int64_t>(kernel_size.size()) + 1;
  }
};

// Any cell, as a value.
class Cell {
 public:
  template <IsModule C>
  Cell(C cell)
      : model_(std::make_unique<ModelOf<C>>(std::move(cell))), made_in_(detail::current_frame()) {}
  Cell(const Cell& other) : model_(other.model_->clone()), made_in_(other.made_in_) {}
  Cell(Cell&&) noexcept = default;
  Cell& operator=(const Cell& other) { return *this = Cell(other); }
  Cell& operator=(Cell&&) noexcept = default;

  // list(carry, output)
  Tree operator()(const Tree& carry, const Array& inputs) const {
    return model_->call(carry, inputs);
  }
  Tree initialize_carry(const Array& key, const Shape& input_shape) const {
    return model_->initialize_carry(key, input_shape);
  }
  std::int64_t num_feature_axes() const { return model_->num_feature_axes(); }
  const ModuleBase& module() const { return model_->module(); }
  detail::FrameId made_in() const { return made_in_; }
  void linum_adopt(const SubmoduleAdopter& adopter, const std::string& field) const {
    model_->adopt(adopter, field, made_in_);
  }

 private:
  struct Model {
    virtual ~Model() = default;
    virtual std::unique_ptr<Model> clone() const = 0;
    virtual Tree call(const Tree& carry, const Array& inputs) = 0;
    virtual Tree initialize_carry(const Array& key, const Shape& input_shape) const = 0;
    virtual std::int64_t num_feature_axes() const = 0;
    virtual const ModuleBase& module() const = 0;
    virtual void adopt(const SubmoduleAdopter&, const std::string& field,
                       detail::FrameId made_in) const = 0;
  };
  template <class C>
  struct ModelOf;

  std::unique_ptr<Model> model_;
  detail::FrameId made_in_;
};

template <class C>
struct Cell::ModelOf final : Cell::Model {
  using Carry = std::remove_cvref_t<decltype(std::declval<const C&>().initialize_carry(
      std::declval<const Array&>(), std::declval<const Shape&>()))>;
  explicit ModelOf(C c) : cell(std::move(c)) {}
  std::unique_ptr<Model> clone() const override { return std::make_unique<ModelOf>(cell); }
  Tree call(const Tree& carry, const Array& inputs) override {
    auto [next, output] = cell(from_tree<Carry>(carry), inputs);
    return Tree::list({to_tree<Carry>(next), Tree(output)});
  }
  Tree initialize_carry(const Array& key, const Shape& input_shape) const override {
    return to_tree<Carry>(cell.initialize_carry(key, input_shape));
  }
  std::int64_t num_feature_axes() const override { return cell.num_feature_axes(); }
  const ModuleBase& module() const override { return cell; }
  void adopt(const SubmoduleAdopter& adopter, const std::string& field,
             detail::FrameId made_in) const override {
    adopter.passed(field, cell, made_in);
  }
  C cell;
};

// --- sequences ---------------------------------------------------------------------------------

// What a call of RNN or Bidirectional may set; what it leaves open is the layer's.
struct RNNCall {
  std::optional<Tree> initial_carry = {};  // of Bidirectional: list(forward, backward)
  std::optional<Array> init_key = {};      // for the first carry; default: key(0)
  std::optional<Array> seq_lengths = {};   // (batch...): what comes later in a sequence is padding
  std::optional<bool> time_major = {};
  std::optional<bool> reverse = {};
  std::optional<bool> keep_order = {};
  LINUM_FIELDS(initial_carry, init_key, seq_lengths, time_major, reverse, keep_order)
};

// The last carry and all outputs.
struct RNNOutput {
  Tree carry;
  Array outputs;
  LINUM_FIELDS(carry, outputs)
};

// A cell over the time axis of (batch..., time, features...); (time, batch..., features...) with
// time_major. Gives the outputs in the same layout.
//   nn::RNN lstm{.cell = nn::LSTMCell{.features = 64}};
//   Array ys = lstm(xs);   auto [carry, ys] = lstm.with_carry(xs);
struct RNN : Module<RNN> {
  Cell cell;
  bool time_major = false;
  bool reverse = false;     // from the last step to the first, and so the outputs ...
  bool keep_order = false;  // ... unless this turns them back
  std::int64_t unroll = 1;
  VariableAxes variable_axes = {};
  Filter variable_broadcast = "params";
  Filter variable_carry = false;
  SplitRngs split_rngs = {{"params", false}};
  std::string name = {};
  LINUM_SUBMODULES(cell)

  using Module<RNN>::operator();
  Array operator()(const Array& inputs, const RNNCall& call) const {
    return this->template operator()<const Array&, const RNNCall&>(inputs, call);
  }
  Array forward(const Array& inputs, const RNNCall& call = {}) const;
  // Also the last carry (Flax's return_carry): of each sequence's last step before its padding.
  RNNOutput with_carry(const Array& inputs, const RNNCall& call = {}) const;

 private:
  RNNOutput run(const Array& inputs, const RNNCall& call, bool wants_carry) const;
};

// Two RNNs over one input, the second from its end; their outputs are merged (default: joined along
// the last axis). Schuster and Paliwal 1997.
//   nn::Bidirectional{.forward_rnn = {.cell = nn::GRUCell{.features = 4}},
//                     .backward_rnn = {.cell = nn::GRUCell{.features = 4}}}(xs)
struct Bidirectional : Module<Bidirectional> {
  RNN forward_rnn, backward_rnn;
  std::function<Array(const Array&, const Array&)> merge_fn = {};
  bool time_major = false;
  std::string name = {};
  template <class Self, class Visitor>
  static void linum_visit_submodules(Self& self, Visitor&& visit) {
    visit.passed("forward_rnn", self.forward_rnn, self.forward_rnn.cell.made_in());
    visit.passed("backward_rnn", self.backward_rnn, self.backward_rnn.cell.made_in());
  }

  using Module<Bidirectional>::operator();
  Array operator()(const Array& inputs, const RNNCall& call) const {
    return this->template operator()<const Array&, const RNNCall&>(inputs, call);
  }
  Array forward(const Array& inputs, const RNNCall& call = {}) const;
  RNNOutput with_carry(const Array& inputs, const RNNCall& call = {}) const;
};

// The time axis turned around; with seq_lengths, of each sequence alone, its padding stays behind.
Array flip_sequences(const Array& inputs, const std::optional<Array>& seq_lengths,
                     std::int64_t num_batch_dims, bool time_major);

}  // namespace linum::nn
