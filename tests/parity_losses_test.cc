// optax.losses.
#include "linum/losses/losses.h"
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum::parity {
namespace {

using namespace losses;

// f of the case's two inputs.
template <class F>
auto of_two(F f) {
  return [f](const Tree& in) { return f(in[0].array(), in[1].array()); };
}
#define LOSS(name) PARITY("optax." #name, of_two([](auto& x, auto& y) { return name(x, y); }))

LOSS(huber_loss);
LOSS(l2_loss);
LOSS(log_cosh);
LOSS(squared_error);
LOSS(softmax_cross_entropy);
LOSS(safe_softmax_cross_entropy);
LOSS(softmax_cross_entropy_with_integer_labels);
LOSS(sigmoid_binary_cross_entropy);
LOSS(hinge_loss);
LOSS(cosine_similarity);
LOSS(cosine_distance);
LOSS(kl_divergence);
LOSS(convex_kl_divergence);
LOSS(ntxent);
PARITY("optax.l2_loss:alone", [](const Tree& in) { return l2_loss(in[0]); });
PARITY("optax.huber_loss:delta", of_two([](auto& x, auto& y) { return huber_loss(x, y, 0.5); }));
PARITY("optax.softmax_cross_entropy_with_integer_labels:large",
       of_two([](auto& x, auto& y) { return softmax_cross_entropy_with_integer_labels(x, y); }));
PARITY("optax.sigmoid_binary_cross_entropy:large",
       of_two([](auto& x, auto& y) { return sigmoid_binary_cross_entropy(x, y); }));
PARITY("optax.sigmoid_focal_loss",
       of_two([](auto& x, auto& y) { return sigmoid_focal_loss(x, y, {.alpha = 0.3}); }));
PARITY("optax.smooth_labels", [](const Tree& in) { return smooth_labels(in[0], 0.1); });
PARITY("optax.ctc_loss", of_two([](auto& logits, auto& labels) {
         Array paddings = np::zeros({logits.shape(0), logits.shape(1)});
         return ctc_loss(logits, paddings, labels, np::astype(labels == 0, float32));
       }));

}  // namespace
}  // namespace linum::parity
