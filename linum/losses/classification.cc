#include "linum/losses/classification.h"

#include "linum/lax/lax.h"
#include "linum/losses/checks.h"
#include "linum/nn/activation.h"
#include "linum/nn/functions.h"
#include "linum/nn/softmax.h"
#include "linum/np/np.h"
#include "linum/transforms/custom.h"

namespace linum::losses {
namespace {

// `where` with the axes of the logits.
Array spread(const Array& where, const Array& logits, const np::AxisArg& axis) {
  if (!where.defined() || where.ndim() == logits.ndim()) return where;
  return np::expand_dims(where, axis);
}

// The listed axes joined to one at the end.
Array classes_last(const Array& x, const Axes& class_axes) {
  Axes order;
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    if (!contains(class_axes, i)) order.push_back(i);
  }
  const std::int64_t batch_rank = static_cast<std::int64_t>(order.size());
  order.insert(order.end(), class_axes.begin(), class_axes.end());
  return lax::collapse(np::transpose(x, order), batch_rank);
}

void check_label_shape(const Array& logits, const Array& labels, std::string_view who) {
  Shape batch(logits.shape().begin(), logits.shape().end() - 1);
  if (labels.shape() == batch) return;
  throw ShapeError(str_cat(who, " needs one label for each row of logits: logits ", logits.aval(),
                           " go with labels of shape ", to_text(batch), ", got ", labels.aval()));
}

Array score_of_label(const Array& scores, const Array& labels) {
  return np::sum(scores * nn::one_hot(labels, scores.shape(-1), {.dtype = scores.dtype()}), -1);
}

void check_multiclass(const Array& scores, const Array& labels, std::string_view who) {
  check_floating(scores, who, "scores");
  check_integer(labels, who, "labels");
  check_label_shape(scores, labels, who);
}

Array product_unless_zero(const Array& weights, const Array& x) {
  return np::where(weights != 0.0, weights * x, lax::zeros_like(x));
}

// weights * log_softmax(x) whose derivative has no infinities where a weight is 0.
Array weighted_log_softmax(const Array& x, const Array& weights) {
  using Pair = std::tuple<Array, Array>;
  auto value = [](const Array& x, const Array& w) {
    return product_unless_zero(w, nn::log_softmax(x, -1));
  };
  auto rule = [value](const Pair& primals, const Pair& tangents) {
    auto& [x, w] = primals;
    auto& [x_dot, w_dot] = tangents;
    Array mean = np::sum(x_dot * nn::softmax(x, -1), {.axis = -1, .keepdims = true});
    return std::pair(value(x, w), w * x_dot - w * mean + w_dot * nn::log_softmax(x, -1));
  };
  return custom_jvp(value, rule)(x, weights);
}

}  // namespace

Array softmax_cross_entropy(const Array& logits, const Array& labels, const ClassOptions& o) {
  check_floating(logits, "softmax_cross_entropy", "logits");
  Array where = spread(o.where, logits, o.axis);
  Array weighted = labels * nn::log_softmax(logits, o.axis, where);
  return -np::sum(weighted, {.axis = o.axis, .where = where});
}

Array softmax_cross_entropy_with_integer_labels(const Array& logits, const Array& labels,
                                                const ClassOptions& o) {
  const std::string who = "softmax_cross_entropy_with_integer_labels";
  check_floating(logits, who, "logits");
  check_integer(labels, who, "labels");
  if (!o.axis.has_value()) throw ValueError(str_cat(who, " needs the axis of the classes"));
  Axes axes = o.axis.resolve(logits.ndim(), who);
  Array scores = classes_last(logits, axes);
  check_label_shape(scores, labels, who);
  Array label_score = np::squeeze(np::take_along_axis(scores, np::expand_dims(labels, -1), -1), -1);
  if (!o.where.defined()) return nn::logsumexp(scores, {.axis = -1}) - label_score;
  Array where =
      classes_last(np::broadcast_to(spread(o.where, logits, o.axis), logits.shape()), axes);
  Array loss = nn::logsumexp(scores, {.axis = -1, .where = where}) - label_score;
  return np::where(np::any(where, -1), loss, 0.0);
}

Array safe_softmax_cross_entropy(const Array& logits, const Array& labels) {
  check_floating(logits, "safe_softmax_cross_entropy", "logits");
  return -np::sum(weighted_log_softmax(logits, labels), -1);
}

Array poly_loss_cross_entropy(const Array& logits, const Array& labels, const PolyOptions& o) {
  check_floating(logits, "poly_loss_cross_entropy", "logits");
  check_floating(labels, "poly_loss_cross_entropy", "labels");
  Array missing = labels * (1 - nn::softmax(logits, o.axis, o.where));
  Array cross_entropy = softmax_cross_entropy(logits, labels, {.axis = o.axis, .where = o.where});
  return cross_entropy + o.epsilon * np::sum(missing, {.axis = o.axis, .where = o.where});
}

Array multiclass_hinge_loss(const Array& scores, const Array& labels) {
  check_multiclass(scores, labels, "multiclass_hinge_loss");
  Array margins = scores + 1.0 - nn::one_hot(labels, scores.shape(-1), {.dtype = scores.dtype()});
  return np::max(margins, -1) - score_of_label(scores, labels);
}

Array multiclass_perceptron_loss(const Array& scores, const Array& labels) {
  check_multiclass(scores, labels, "multiclass_perceptron_loss");
  return np::max(scores, -1) - score_of_label(scores, labels);
}

// --- yes or no --------------------------------------------------------------------------------

Array sigmoid_binary_cross_entropy(const Array& logits, const Array& labels) {
  check_floating(logits, "sigmoid_binary_cross_entropy", "logits");
  Array yes = lax::convert_element_type(labels, logits.dtype());
  return -yes * nn::log_sigmoid(logits) - (1.0 - yes) * nn::log_sigmoid(-logits);
}

Array sigmoid_focal_loss(const Array& logits, const Array& labels, const FocalOptions& o) {
  check_floating(logits, "sigmoid_focal_loss", "logits");
  Array yes = lax::convert_element_type(labels, logits.dtype());
  Array log_p = nn::log_sigmoid(logits), log_q = nn::log_sigmoid(-logits);
  Array log_miss = nn::logsumexp(np::stack({log_p, log_q}, -1),
                                 {.axis = -1, .b = np::stack({1 - yes, yes}, -1)});
  Array loss = sigmoid_binary_cross_entropy(logits, yes) * np::exp(o.gamma * log_miss);
  if (!o.alpha) return loss;
  return (*o.alpha * yes + (1.0 - *o.alpha) * (1.0 - yes)) * loss;
}

Array hinge_loss(const Array& outputs, const Array& targets) {
  return np::maximum(0, 1 - outputs * targets);
}

Array perceptron_loss(const Array& outputs, const Array& targets) {
  check_same_shape(outputs, targets, "perceptron_loss");
  return np::maximum(0, -outputs * targets);
}

Array sparsemax_loss(const Array& logits, const Array& labels) {
  Array x = np::where(labels, -logits, logits);
  Array middle = np::square(x + 1.0) / 4;
  return np::where(x <= -1.0, 0.0, np::where(x >= 1.0, x, middle));
}

// --- distances of distributions ---------------------------------------------------------------

Array kl_divergence(const Array& log_predictions, const Array& targets, const ClassOptions& o) {
  check_floating(log_predictions, "kl_divergence", "log_predictions");
  check_floating(targets, "kl_divergence", "targets");
  Array log_targets = np::where(targets == 0, 0, np::log(targets));
  return np::sum(targets * (log_targets - log_predictions), {.axis = o.axis, .where = o.where});
}

Array kl_divergence_with_log_targets(const Array& log_predictions, const Array& log_targets,
                                     const ClassOptions& o) {
  check_floating(log_predictions, "kl_divergence_with_log_targets", "log_predictions");
  check_floating(log_targets, "kl_divergence_with_log_targets", "log_targets");
  Array weighted = np::exp(log_targets) * (log_targets - log_predictions);
  return np::sum(weighted, {.axis = o.axis, .where = o.where});
}

Array generalized_kl_divergence(const Array& log_predictions, const Array& targets,
                                const ClassOptions& o) {
  Array excess = np::exp(log_predictions) - targets;
  return kl_divergence(log_predictions, targets, o) +
         np::sum(excess, {.axis = o.axis, .where = o.where});
}

Array smooth_labels(const Array& labels, const Array& alpha, const ClassOptions& o) {
  check_floating(labels, "smooth_labels", "labels");
  Array classes;
  if (o.where.defined()) {
    classes = np::sum(o.where, {.axis = o.axis, .keepdims = true});
  } else {
    std::int64_t count = 1;
    for (std::int64_t i : o.axis.resolve(labels.ndim(), "smooth_labels")) count *= labels.shape(i);
    classes = count;
  }
  return (1.0 - alpha) * labels + alpha / classes;
}

}  // namespace linum::losses
