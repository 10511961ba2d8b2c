// Losses of embeddings (optax/losses/_self_supervised.py).
#pragma once

#include "linum/core/array.h"

namespace linum::losses {

// The normalized, temperature-scaled cross entropy of a batch: embeddings (batch, features), labels
// (batch,); examples of one label attract each other (Chen et al, 2020, arXiv 2002.05709). A
// scalar.
Array ntxent(const Array& embeddings, const Array& labels, const Array& temperature = 0.07);

struct TripletOptions {
  std::int64_t axis = -1;  // of the features
  Array norm_degree = 2;
  Array margin = 1.0;
  Array eps = 1e-6;
};
// max(distance to the positive - distance to the negative + margin, 0) (Schroff et al, 2015).
Array triplet_margin_loss(const Array& anchors, const Array& positives, const Array& negatives,
                          const TripletOptions& options = {});

}  // namespace linum::losses
