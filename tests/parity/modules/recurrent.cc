// flax.linen: recurrent layers.
#include "tests/parity/modules/layer_testlib.h"

namespace linum {
namespace {

LAYER("LSTMCell", ({2, 4, 3}), nn::RNN{.cell = nn::LSTMCell{.features = 5}});
LAYER("OptimizedLSTMCell", ({2, 4, 3}), nn::RNN{.cell = nn::OptimizedLSTMCell{.features = 5}});
LAYER("SimpleCell", ({2, 4, 3}), nn::RNN{.cell = nn::SimpleCell{.features = 5}});
LAYER("GRUCell", ({2, 4, 3}), nn::RNN{.cell = nn::GRUCell{.features = 5}});
LAYER("MGUCell", ({2, 4, 3}), nn::RNN{.cell = nn::MGUCell{.features = 5}});
LAYER("SimpleCell:residual", ({2, 4, 3}),
      nn::RNN{.cell = nn::SimpleCell{.features = 3, .residual = true}});
LAYER("MGUCell:no_reset", ({2, 4, 3}),
      nn::RNN{.cell = nn::MGUCell{.features = 3, .reset_gate = false}});
LAYER("ConvLSTMCell", ({2, 3, 4, 3, 1}),
      nn::RNN{.cell = nn::ConvLSTMCell{.features = 2, .kernel_size = {3, 2}}});
LAYER("Bidirectional", ({2, 4, 3}),
      nn::Bidirectional{.forward_rnn = {.cell = nn::LSTMCell{.features = 2}},
                        .backward_rnn = {.cell = nn::GRUCell{.features = 2}}});

struct MakesRnns : nn::Module<MakesRnns> {
  Array forward(Array x) const {
    x = nn::RNN{.cell = nn::SimpleCell{.features = 3}}(x);
    x = nn::Bidirectional{.forward_rnn = {.cell = nn::SimpleCell{.features = 2}},
                          .backward_rnn = {.cell = nn::GRUCell{.features = 2}}}(x);
    return nn::Sequential{.layers = {nn::Dense{.features = 3}, nn::tanh, nn::Dense{.features = 2}}}(
        x);
  }
};
LAYER("RNN:inside", ({2, 4, 3}), MakesRnns());

nn::RNN gru() { return {.cell = nn::GRUCell{.features = 3}}; }
Tree with_carry(const Tree& in, const nn::RNNCall& call) {
  auto whole = [](const nn::RNN& m, Array x, nn::RNNCall c) { return m.with_carry(x, c); };
  nn::RNNOutput out = gru().apply_method(in[0], whole, in[1].array(), call);
  return Tree::list({out.carry, out.outputs});
}
PARITY("linen.RNN:seq_lengths",
       [](const Tree& in) { return with_carry(in, {.seq_lengths = in[2].array()}); });
PARITY("linen.RNN:time_major",
       [](const Tree& in) { return with_carry(in, {.time_major = true, .reverse = true}); });
PARITY("linen.RNN:reverse", [](const Tree& in) {
  nn::RNNCall call{.seq_lengths = in[2].array(), .reverse = true, .keep_order = true};
  return gru().apply(in[0], in[1].array(), call);
});
PARITY("linen.RNNCellBase", [](const Tree& in) {
  nn::LSTMCell cell{.features = 4, .carry_init = nn::initializers::normal(1.0)};
  return cell.initialize_carry(in[0], {2, 3});
});

}  // namespace
}  // namespace linum
