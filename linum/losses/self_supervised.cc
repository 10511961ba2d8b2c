#include "linum/losses/self_supervised.h"

#include <limits>

#include "linum/lax/lax.h"
#include "linum/losses/checks.h"
#include "linum/losses/regression.h"
#include "linum/np/np.h"

namespace linum::losses {

Array ntxent(const Array& embeddings, const Array& labels, const Array& temperature) {
  check_floating(embeddings, "ntxent", "embeddings");
  if (labels.ndim() != 1 || labels.shape(0) != embeddings.shape(0)) {
    throw ShapeError(str_cat("ntxent needs one label for each embedding, got embeddings ",
                             embeddings.aval(), " and labels ", labels.aval()));
  }
  constexpr double kExcluded = -std::numeric_limits<double>::infinity();
  Array cosines = cosine_similarity(np::expand_dims(embeddings, 0), np::expand_dims(embeddings, 1),
                                    {.epsilon = np::finfo(embeddings.dtype()).eps}) /
                  temperature;
  Array same = np::expand_dims(labels, 1) == np::expand_dims(labels, 0);
  Array matches =
      np::logical_and(same, np::logical_not(np::eye(labels.shape(0), {}, 0, DType::Bool)));
  Array others = np::where(same, kExcluded, cosines);
  Array partners = np::where(matches, cosines, kExcluded);
  Array top = lax::stop_gradient(
      np::max(np::concatenate({others, partners}, -1), {.axis = 1, .keepdims = true}));
  Array shifted = partners - top;
  Array total = np::sum(np::exp(others - top), {.axis = 1, .keepdims = true}) + np::exp(shifted);
  Array log_softmax = np::where(matches, shifted - np::log(total), 0.0);
  return -np::sum(log_softmax) / np::sum(matches);
}

Array triplet_margin_loss(const Array& anchors, const Array& positives, const Array& negatives,
                          const TripletOptions& o) {
  check_floating(anchors, "triplet_margin_loss", "anchors");
  check_floating(positives, "triplet_margin_loss", "positives");
  check_floating(negatives, "triplet_margin_loss", "negatives");
  auto distance = [&](const Array& other) {
    Array sum = np::sum(np::power(anchors - other, o.norm_degree), o.axis);
    return np::power(sum + o.eps, 1 / o.norm_degree);
  };
  return np::maximum(distance(positives) - distance(negatives) + o.margin, 0);
}

}  // namespace linum::losses
