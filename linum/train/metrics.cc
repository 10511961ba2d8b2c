#include "linum/train/metrics.h"

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"

namespace linum::train {

static Array as_float(const Array& x) { return lax::convert_element_type(x, DType::F32); }
static Array as_count(const Array& x) { return lax::convert_element_type(x, DType::I32); }
static Array count_of(const Array& x) { return make_integer_scalar(x.size(), DType::I32); }

Array Average::zero_total() { return make_scalar(0.0, DType::F32); }
Array Average::zero_count() { return make_integer_scalar(0, DType::I32); }

Average Average::update(const Array& values, const Array& mask) const {
  Array numbers = as_float(values);
  if (!mask.defined()) return {total + np::sum(numbers), count + count_of(values)};
  if (mask.shape() != values.shape()) {
    throw ShapeError(str_cat("Average: a mask of shape ", to_text(mask.shape()),
                             " for values of shape ", to_text(values.shape())));
  }
  return {total + np::sum(numbers * as_float(mask)), count + as_count(np::sum(mask))};
}

Average Average::merge(const Average& other) const {
  return {total + other.total, count + other.count};
}

Array Average::compute() const { return total / count; }

static void check_labels(const Array& labels) {
  if (is_integer(labels.dtype())) return;
  throw DTypeError(str_cat("Accuracy needs integer labels, got ", labels.aval(),
                           "; of one-hot labels take np::argmax(labels, -1)"));
}

Accuracy Accuracy::update(const Array& logits, const Array& labels, const Array& mask) const {
  check_labels(labels);
  if (logits.ndim() != labels.ndim() + 1) {
    throw ShapeError(
        str_cat("Accuracy needs logits with one axis (the classes) more than labels, got ",
                logits.aval(), " and ", labels.aval()));
  }
  return {right.update(np::argmax(logits, -1) == as_count(labels), mask)};
}

Accuracy Accuracy::update_binary(const Array& logits, const Array& labels, const Array& threshold,
                                 const Array& mask) const {
  check_labels(labels);
  if (logits.ndim() != labels.ndim()) {
    throw ShapeError(str_cat("Accuracy of yes and no needs logits and labels of one shape, got ",
                             logits.aval(), " and ", labels.aval()));
  }
  return {right.update((logits >= threshold) == (labels > 0), mask)};
}

Welford Welford::update(const Array& values) const {
  Array n = count_of(values);
  Array center = as_float(np::mean(values));
  return merge({n, center, as_float(np::var(values)) * n});
}

Welford Welford::merge(const Welford& other) const {
  Array together = count + other.count;
  Array safe = np::maximum(together, 1);
  Array delta = other.mean - mean;
  Array spread = delta * delta * other.count * count / safe;
  return {together, mean + delta * other.count / safe, m2 + other.m2 + spread};
}

Statistics Welford::compute() const {
  Array deviation = np::sqrt(m2 / count);
  return {mean, deviation / np::sqrt(as_float(count)), deviation};
}

Metrics Metrics::update(const Array& loss_value, const Array& logits, const Array& labels,
                        const Array& mask) const {
  Array values = mask.defined() && loss_value.ndim() == 0
                     ? np::broadcast_to(loss_value, mask.shape())
                     : loss_value;
  return {loss.update(values, mask), accuracy.update(logits, labels, mask)};
}

}  // namespace linum::train
