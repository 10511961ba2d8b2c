// Connectionist temporal classification (Graves et al, 2006): the loss of a label sequence whose
// alignment with the input is unknown.
#pragma once

#include "linum/core/array.h"

namespace linum::losses {

struct CtcOptions {
  std::int64_t blank_id = 0;
  Array log_epsilon = -1e5;  // stands for log(0)
};
struct CtcResult {
  Array loss;            // (batch,)
  Array logalpha_blank;  // (time, batch, labels + 1): log of the forward probabilities
  Array logalpha_emit;   // (time, batch, labels)
};

// logits (batch, time, classes), labels (batch, labels) of integers; the paddings, of the shapes
// (batch, time) and (batch, labels), are 1 where there is nothing, on the right. Loss: (batch,).
Array ctc_loss(const Array& logits, const Array& logit_paddings, const Array& labels,
               const Array& label_paddings, const CtcOptions& options = {});
CtcResult ctc_loss_with_forward_probs(const Array& logits, const Array& logit_paddings,
                                      const Array& labels, const Array& label_paddings,
                                      const CtcOptions& options = {});

}  // namespace linum::losses
