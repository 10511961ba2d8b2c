// Losses of classes (optax/losses/_classification.py). Each gives one value per example: nothing is
// averaged. `axis` holds the classes, `where` (bool) says which of them take part.
#pragma once

#include <optional>

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::losses {

struct ClassOptions {
  np::NamedOnly named_only = {};
  np::AxisArg axis = -1;
  Array where = {};
};

// --- several classes --------------------------------------------------------------------------

// -sum(labels * log_softmax(logits)): labels are distributions, such as one-hot vectors.
// logits, labels: (..., classes) -> (...).
Array softmax_cross_entropy(const Array& logits, const Array& labels,
                            const ClassOptions& options = {});
// The same for labels that are class numbers: logits (..., classes), labels (...) of integers. With
// several axes the classes are numbered over their product. Where no class takes part the loss is
// 0.
Array softmax_cross_entropy_with_integer_labels(const Array& logits, const Array& labels,
                                                const ClassOptions& options = {});
// softmax_cross_entropy over the last axis, where a label of 0 cancels a logit of -infinity, in the
// derivative too.
Array safe_softmax_cross_entropy(const Array& logits, const Array& labels);

// Cross entropy plus epsilon * (1 - probability of the labels) (Leng et al, 2022, arXiv
// 2204.12511).
struct PolyOptions {
  np::NamedOnly named_only = {};
  Array epsilon = 2.0;
  np::AxisArg axis = -1;
  Array where = {};
};
Array poly_loss_cross_entropy(const Array& logits, const Array& labels,
                              const PolyOptions& options = {});

// scores (..., classes), labels (...) of integers: max(scores + 1 - one_hot) - score of the label
// (Crammer, Singer, 2001), and the same without the margin (Rosenblatt, 1958).
Array multiclass_hinge_loss(const Array& scores, const Array& labels);
Array multiclass_perceptron_loss(const Array& scores, const Array& labels);

// --- yes or no --------------------------------------------------------------------------------

// Elementwise; labels in [0, 1].
Array sigmoid_binary_cross_entropy(const Array& logits, const Array& labels);
// Cross entropy scaled down where the prediction is good already (Lin et al, 2017, arXiv
// 1708.02002). alpha weighs the positive class, 1 - alpha the negative one.
struct FocalOptions {
  std::optional<Array> alpha = std::nullopt;
  Array gamma = 2.0;
};
Array sigmoid_focal_loss(const Array& logits, const Array& labels,
                         const FocalOptions& options = {});
// max(0, 1 - output * target) and max(0, -output * target); targets are -1 or 1.
Array hinge_loss(const Array& outputs, const Array& targets);
Array perceptron_loss(const Array& outputs, const Array& targets);
// The sparsemax loss of two classes (Martins, Astudillo, 2016); labels are 0 or 1.
Array sparsemax_loss(const Array& logits, const Array& labels);

// --- distances of distributions ---------------------------------------------------------------

// sum(targets * (log(targets) - log_predictions)) over the axis.
Array kl_divergence(const Array& log_predictions, const Array& targets,
                    const ClassOptions& options = {});
Array kl_divergence_with_log_targets(const Array& log_predictions, const Array& log_targets,
                                     const ClassOptions& options = {});
// Plus sum(predictions - targets): jointly convex, and 0 only where both are equal.
Array generalized_kl_divergence(const Array& log_predictions, const Array& targets,
                                const ClassOptions& options = {});
inline Array convex_kl_divergence(const Array& log_predictions, const Array& targets,
                                  const ClassOptions& options = {}) {
  return generalized_kl_divergence(log_predictions, targets, options);
}

// (1 - alpha) * labels + alpha / classes (Szegedy et al, 2016).
Array smooth_labels(const Array& labels, const Array& alpha, const ClassOptions& options = {});

}  // namespace linum::losses
