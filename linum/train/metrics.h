// Metrics that add up over batches (flax.nnx.metrics, clu.metrics). Values: update gives a new one.
// Each is a pytree, so a jitted step may take and give it.
//
//   train::Metrics metrics;
//   for (auto& batch : ...) metrics = metrics.update(loss, logits, labels);
//   train::compute(metrics);   // {"accuracy": 0.91, "loss": 0.24}
//
// A set of your own is a struct of metrics with LINUM_FIELDS; merge, compute and reset take it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "linum/core/pytree.h"

namespace linum::train {

// A sum in float32 and how many numbers are in it.
struct Average {
  Array total = zero_total(), count = zero_count();
  LINUM_FIELDS(total, count)

  // With the values' elements, or those where `mask` (of their shape) is not zero.
  Average update(const Array& values, const Array& mask = {}) const;
  Average merge(const Average& other) const;
  Array compute() const;  // the mean; NaN of nothing

  static Array zero_total();
  static Array zero_count();
};

// The share of right predictions.
struct Accuracy {
  Average right;
  LINUM_FIELDS(right)

  // logits (..., classes), labels (...) of integers. Throws ShapeError or DTypeError for others.
  Accuracy update(const Array& logits, const Array& labels, const Array& mask = {}) const;
  // Of yes and no: logits and labels of one shape; yes is logits >= threshold.
  Accuracy update_binary(const Array& logits, const Array& labels, const Array& threshold,
                         const Array& mask = {}) const;
  Accuracy merge(const Accuracy& other) const { return {right.merge(other.right)}; }
  Array compute() const { return right.compute(); }
};

struct Statistics {
  Array mean, standard_error_of_mean, standard_deviation;
  LINUM_FIELDS(mean, standard_error_of_mean, standard_deviation)
};
// Mean and deviation in one pass (Welford, 1962; merged as in Chan, Golub, LeVeque, 1979).
struct Welford {
  Array count = Average::zero_count(), mean = Average::zero_total(), m2 = Average::zero_total();
  LINUM_FIELDS(count, mean, m2)

  Welford update(const Array& values) const;
  Welford merge(const Welford& other) const;
  Statistics compute() const;
};

// The last value seen (clu.metrics.LastValue).
struct LastValue {
  Array value = Average::zero_total();
  LINUM_FIELDS(value)

  LastValue update(const Array& v) const { return {v}; }
  LastValue merge(const LastValue& other) const { return other; }
  Array compute() const { return value; }
};

// --- several together -------------------------------------------------------------------------

// What most training loops report.
struct Metrics {
  Average loss;
  Accuracy accuracy;
  LINUM_FIELDS(loss, accuracy)

  Metrics update(const Array& loss, const Array& logits, const Array& labels,
                 const Array& mask = {}) const;
};

// Field by field.
template <HasFields M>
M merge(const M& a, const M& b) {
  M out = a;
  std::vector<const void*> theirs;
  M::linum_visit_fields(b, [&](const char*, const auto& f) { theirs.push_back(&f); });
  M::linum_visit_fields(out, [&, i = std::size_t{0}](const char*, auto& f) mutable {
    f = f.merge(*static_cast<const std::remove_cvref_t<decltype(f)>*>(theirs[i++]));
  });
  return out;
}
// The numbers, by field. Blocks until they are computed.
template <HasFields M>
std::map<std::string, double> compute(const M& metrics) {
  std::map<std::string, double> out;
  M::linum_visit_fields(metrics, [&](const char* name, const auto& f) {
    out[name] = f.compute().template item<double>();
  });
  return out;
}
template <HasFields M>
M reset(const M&) {
  return M();
}

}  // namespace linum::train
