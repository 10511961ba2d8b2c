#include "linum/nn/recurrent.h"

#include "linum/nn/module_testlib.h"

namespace linum::nn {
namespace {

Array sequences() {  // (batch 2, time 3, features 2)
  return Array::of<float>({2, 3, 2}, {1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6});
}
// h' = h + x: sums the sequence.
struct Sum : RNNCellBase<Sum> {
  std::string name = {};
  std::pair<Array, Array> forward(const Array& h, const Array& x) const {
    Array next = np::add(h, x);
    return {next, next};
  }
  Array initialize_carry(const Array&, const Shape& input_shape) const {
    return lax::zeros(input_shape, DType::F32);
  }
};

Array run(const RNN& rnn, const Array& x, const RNNCall& call = {}) {
  return rnn.apply(Tree::empty_dict(), x, call);
}

TEST(Rnn, RunsTheCellOverTime) {
  EXPECT_EQ(floats(run({.cell = Sum{}}, sequences())),
            (std::vector<float>{1, 2, 4, 6, 9, 12, -1, -2, -4, -6, -9, -12}));
}

TEST(Rnn, TimeMajorTakesTimeFirst) {
  Array by_time = np::swapaxes(sequences(), 0, 1);
  Array y = run({.cell = Sum{}, .time_major = true}, by_time);
  EXPECT_EQ(floats(np::swapaxes(y, 0, 1)), floats(run({.cell = Sum{}}, sequences())));
}

TEST(Rnn, ReverseRunsFromTheEnd) {
  EXPECT_EQ(floats(run({.cell = Sum{}, .reverse = true}, sequences())),
            (std::vector<float>{5, 6, 8, 10, 9, 12, -5, -6, -8, -10, -9, -12}));
}

TEST(Rnn, KeepOrderTurnsTheOutputsBack) {
  EXPECT_EQ(floats(run({.cell = Sum{}, .reverse = true, .keep_order = true}, sequences())),
            (std::vector<float>{9, 12, 8, 10, 5, 6, -9, -12, -8, -10, -5, -6}));
}

TEST(Rnn, ACallMayOverrideTheAttributes) {
  RNNCall back{.reverse = true, .keep_order = true};
  EXPECT_EQ(floats(run({.cell = Sum{}}, sequences(), back)),
            floats(run({.cell = Sum{}, .reverse = true, .keep_order = true}, sequences())));
}

RNNOutput run_with_carry(const RNN& rnn, const RNNCall& call) {
  auto whole = [](const RNN& m, Array x, RNNCall c) { return m.with_carry(x, c); };
  return rnn.apply_method(Tree::empty_dict(), whole, sequences(), call);
}

TEST(Rnn, WithCarryGivesTheLastOne) {
  EXPECT_EQ(floats(run_with_carry({.cell = Sum{}}, {}).carry),
            (std::vector<float>{9, 12, -9, -12}));
}

TEST(Rnn, TheCarryOfAPaddedSequenceIsThatOfItsLastStep) {
  RNNCall padded{.seq_lengths = Array::of<std::int32_t>({2}, {1, 2})};
  EXPECT_EQ(floats(run_with_carry({.cell = Sum{}}, padded).carry),
            (std::vector<float>{1, 2, -4, -6}));
}

TEST(Rnn, BeginsWithAGivenCarry) {
  RNNCall call{.initial_carry = Tree(lax::full({2, 2}, 100.0f))};
  EXPECT_EQ(floats(run({.cell = Sum{}}, sequences(), call))[0], 101);
}

TEST(Rnn, UnrollingChangesNothing) {
  RNN plain{.cell = GRUCell{.features = 3}}, unrolled{.cell = GRUCell{.features = 3}, .unroll = 3};
  Tree variables = plain.init(test_key(), sequences());
  EXPECT_TRUE(bool(
      np::allclose(plain.apply(variables, sequences()), unrolled.apply(variables, sequences()))));
}

TEST(Rnn, ItsParametersAreTheCells) {
  EXPECT_EQ(paths(RNN{.cell = SimpleCell{.features = 3}}.init(test_key(), sequences())),
            (Paths{"params/cell/h/kernel", "params/cell/i/bias", "params/cell/i/kernel"}));
}

struct MakesRnns : Module<MakesRnns> {
  Array forward(Array x) const {
    x = RNN{.cell = SimpleCell{.features = 3}}(x);
    return Bidirectional{.forward_rnn = {.cell = SimpleCell{.features = 3}},
                         .backward_rnn = {.cell = GRUCell{.features = 3}}}(x);
  }
};

TEST(Rnn, CellsMadeInAForwardBelongThere) {
  Tree params = MakesRnns().init(test_key(), sequences())["params"];
  EXPECT_TRUE(params.contains("SimpleCell_0/i/kernel"));
  EXPECT_TRUE(params.contains("SimpleCell_1/i/kernel"));
  EXPECT_TRUE(params.contains("GRUCell_0/ir/kernel"));
  EXPECT_EQ(params.size(), 3u);
}

TEST(Cells, OptimizedLstmIsTheLstm) {
  RNN plain{.cell = LSTMCell{.features = 3}}, fast{.cell = OptimizedLSTMCell{.features = 3}};
  Tree variables = plain.init(test_key(), sequences());
  EXPECT_EQ(paths(variables), paths(fast.init(test_key(), sequences())));
  EXPECT_TRUE(bool(np::allclose(plain.apply(variables, sequences()),
                                fast.apply(variables, sequences()), {.atol = 1e-6})));
}

TEST(Cells, ConvLstmKeepsImages) {
  Array video = lax::zeros({2, 3, 4, 5, 1}, DType::F32);
  RNN rnn{.cell = ConvLSTMCell{.features = 2, .kernel_size = {3, 3}}};
  EXPECT_EQ(rnn.init_with_output(test_key(), video).first.shape(), (Shape{2, 3, 4, 5, 2}));
}

TEST(Cells, StandAlone) {
  LSTMCell cell{.features = 4};
  Array x = lax::zeros({2, 3}, DType::F32);
  LSTMCarry carry = cell.initialize_carry(test_key(), x.shape());
  auto [out, variables] = cell.init_with_output(test_key(), carry, x);
  EXPECT_EQ(out.second.shape(), (Shape{2, 4}));
}

TEST(Bidirectional, JoinsBothDirections) {
  Bidirectional both{.forward_rnn = {.cell = Sum{}}, .backward_rnn = {.cell = Sum{}}};
  Array y = both.apply(Tree::empty_dict(), sequences());
  EXPECT_EQ(y.shape(), (Shape{2, 3, 4}));
  EXPECT_EQ(floats(lax::slice_in_dim(y, 0, 1, 1, 1)),
            (std::vector<float>{1, 2, 9, 12, -1, -2, -9, -12}));
}

TEST(Bidirectional, MergesByAFunction) {
  Bidirectional both{
      .forward_rnn = {.cell = Sum{}}, .backward_rnn = {.cell = Sum{}}, .merge_fn = np::add};
  EXPECT_EQ(both.apply(Tree::empty_dict(), sequences()).shape(), (Shape{2, 3, 2}));
}

TEST(FlipSequences, LeavesPaddingBehind) {
  Array x = Array::of<float>({3, 3}, {1, 0, 0, 2, 3, 0, 4, 5, 6});
  Array lengths = Array::of<std::int32_t>({3}, {1, 2, 3});
  EXPECT_EQ(floats(flip_sequences(x, lengths, 1, false)),
            (std::vector<float>{1, 0, 0, 3, 2, 0, 6, 5, 4}));
  EXPECT_EQ(floats(np::transpose(flip_sequences(np::transpose(x), lengths, 1, true))),
            (std::vector<float>{1, 0, 0, 3, 2, 0, 6, 5, 4}));
  EXPECT_EQ(floats(flip_sequences(x, {}, 1, false)),
            (std::vector<float>{0, 0, 1, 0, 3, 2, 6, 5, 4}));
}

}  // namespace
}  // namespace linum::nn
