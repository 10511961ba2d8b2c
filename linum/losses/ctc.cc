#include "linum/losses/ctc.h"

#include "linum/lax/lax.h"
#include "linum/nn/functions.h"
#include "linum/nn/softmax.h"
#include "linum/np/np.h"
#include "linum/transforms/control_flow.h"

namespace linum::losses {
namespace {

void check_shapes(const Array& logits, const Array& logit_paddings, const Array& labels,
                  const Array& label_paddings) {
  auto fail = [&](std::string_view what) {
    throw ShapeError(str_cat("ctc_loss needs ", what, ", got logits ", logits.aval(),
                             ", logit_paddings ", logit_paddings.aval(), ", labels ", labels.aval(),
                             " and label_paddings ", label_paddings.aval()));
  };
  if (logits.ndim() != 3) fail("logits (batch, time, classes)");
  if (labels.ndim() != 2) fail("labels (batch, labels)");
  if (labels.shape() != label_paddings.shape()) fail("label_paddings of the labels' shape");
  if (logit_paddings.shape() != Shape{logits.shape(0), logits.shape(1)}) {
    fail("logit_paddings (batch, time)");
  }
  if (labels.shape(0) != logits.shape(0)) fail("one batch size");
}

Array to_time_first(const Array& x) { return np::transpose(x, {1, 0, 2}); }

// The last label's state gains `score` (in logarithms) in all states but the first.
Array gained(const Array& blank, const Array& score) {
  Array first = lax::slice_in_dim(blank, 0, 1, 1, 1), rest = lax::slice_in_dim(blank, 1, {}, 1, 1);
  return np::concatenate({first, np::logaddexp(rest, score)}, -1);
}

// What one step of time does to the forward probabilities.
struct Step {
  Array log_epsilon;
  Array repeats;  // 1 where the next label is the same

  std::pair<Array, Array> operator()(const std::pair<Array, Array>& before, const Array& log_emit,
                                     const Array& log_blank, const Array& padding) const {
    auto& [old_blank, old_emit] = before;
    Array blank = gained(old_blank, old_emit + log_epsilon * repeats);
    Array reached = lax::slice_in_dim(blank, 0, -1, 1, 1);
    Array emit = np::logaddexp(reached + log_emit, old_emit + log_emit);
    blank = gained(blank + log_blank, old_emit + log_blank + log_epsilon * (1.0 - repeats));
    Array pad = np::expand_dims(padding, -1);
    return {pad * old_blank + (1.0 - pad) * blank, pad * old_emit + (1.0 - pad) * emit};
  }
};

Array repeats_of(const Array& labels) {
  Array same = lax::slice_in_dim(labels, 0, -1, 1, 1) == lax::slice_in_dim(labels, 1, {}, 1, 1);
  same = lax::convert_element_type(same, DType::F32);
  return lax::pad(same, lax::full({}, 0, DType::F32), {{}, {.high = 1}});
}

}  // namespace

CtcResult ctc_loss_with_forward_probs(const Array& logits, const Array& logit_paddings,
                                      const Array& labels, const Array& label_paddings,
                                      const CtcOptions& o) {
  check_shapes(logits, logit_paddings, labels, label_paddings);
  const std::int64_t batch = labels.shape(0), longest = labels.shape(1);
  Array log_probs = nn::log_softmax(logits, -1);
  Array one_hots = nn::one_hot(labels, logits.shape(-1), {.dtype = logits.dtype()});
  Array log_emit = to_time_first(lax::dot_general(
      log_probs, one_hots,
      {.lhs_contract = {2}, .rhs_contract = {2}, .lhs_batch = {0}, .rhs_batch = {0}}));
  Array log_blank = to_time_first(lax::slice_in_dim(log_probs, o.blank_id, o.blank_id + 1, 1, 2));

  Array never = np::full({batch, longest}, o.log_epsilon, logits.dtype());
  Array start = np::concatenate({lax::zeros({batch, 1}, logits.dtype()), never}, 1);
  Step step{o.log_epsilon, repeats_of(labels)};
  using Pair = std::pair<Array, Array>;
  using Slices = std::tuple<Array, Array, Array>;
  auto body = [step](const Pair& before, const Slices& at) {
    auto& [emit, blank, padding] = at;
    Pair next = step(before, emit, blank, padding);
    return std::pair{next, next};
  };
  Slices over_time{log_emit, log_blank, np::transpose(logit_paddings)};
  auto [last, all] = lax::scan(body, Pair{start, never}, over_time);

  Array final_blank = gained(last.first, last.second);
  Array history = np::at(all.first, -1).set(final_blank);
  Array lengths = longest - lax::convert_element_type(np::sum(label_paddings, 1), DType::I32);
  Array at_end = nn::one_hot(lengths, longest + 1, {.dtype = logits.dtype()});
  return {-np::sum(final_blank * at_end, 1), history, all.second};
}

Array ctc_loss(const Array& logits, const Array& logit_paddings, const Array& labels,
               const Array& label_paddings, const CtcOptions& options) {
  return ctc_loss_with_forward_probs(logits, logit_paddings, labels, label_paddings, options).loss;
}

}  // namespace linum::losses
