#include "linum/random/choice.h"

#include <cmath>
#include <limits>

#include "linum/lax/lax.h"
#include "linum/np/creation.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"
#include "linum/np/take.h"
#include "linum/random/continuous.h"
#include "linum/random/discrete.h"
#include "linum/random/key.h"
#include "linum/random/sampling.h"

namespace linum::random {
namespace {

std::int64_t checked_axis(std::string_view what, const Array& x, std::int64_t axis) {
  const std::int64_t rank = x.ndim() == 0 ? 1 : x.ndim();
  if (axis < -rank || axis >= rank) {
    throw ShapeError(
        str_cat(what, ": axis ", axis, " is out of bounds for an array of rank ", rank));
  }
  return axis < 0 ? axis + rank : axis;
}

// The number behind a C++ integer (or a concrete scalar) that stands for 0 ... n - 1.
std::int64_t range_size(std::string_view what, const Array& x) {
  if (is_integer(x.dtype())) return x.item<std::int64_t>();
  throw DTypeError(
      str_cat(what, " needs an integer or an array of at least one dimension, got ", x.aval()));
}

// --- permutation ------------------------------------------------------------------------------

// Sorts by random words, as often as makes equal words at every round unlikely.
Array shuffle(Array key, Array x, std::int64_t axis) {
  const double words = std::numeric_limits<std::uint32_t>::max();
  const double size = static_cast<double>(std::max<std::int64_t>(1, x.size()));
  const int rounds = static_cast<int>(std::ceil(3 * std::log(size) / std::log(words)));
  for (int i = 0; i < rounds; ++i) {
    auto [next, now] = split_pair(key);
    x = lax::sort_key_val(lax::random_bits(now, 32, x.shape()), x, axis).second;
    key = next;
  }
  return x;
}

Array permutation_body(const Array& key, const Array& x, std::int64_t axis, bool independent) {
  if (independent || x.ndim() == 1) return shuffle(key, x, axis);
  return np::take(x, shuffle(key, lax::iota(int32, x.shape(axis)), 0), axis);
}

Array shuffled_range_body(const Array& key, std::int64_t size) {
  return shuffle(key, lax::iota(int32, size), 0);
}

}  // namespace

Array permutation(const Array& key, const Array& x, std::int64_t axis, bool independent) {
  check_key("permutation", key);
  axis = checked_axis("permutation", x, axis);
  if (x.ndim() > 0) return compiled<permutation_body>("_permutation")(key, x, axis, independent);
  return compiled<shuffled_range_body>("_shuffle")(key, range_size("permutation", x));
}

// --- categorical ------------------------------------------------------------------------------

namespace {

struct Categorical {
  Shape shape;  // of the result
  std::int64_t prefix, axis;
  std::string mode;
  bool operator==(const Categorical&) const = default;
};

Array categorical_body(const Array& key, const Array& logits, const Categorical& form) {
  Shape noise(form.shape.begin() + form.prefix, form.shape.end());
  noise.insert(noise.begin() + form.axis, logits.shape(form.axis));
  noise.insert(noise.begin(), form.shape.begin(), form.shape.begin() + form.prefix);
  return np::argmax(gumbel(key, noise, logits.dtype(), form.mode) + logits,
                    form.axis + form.prefix);
}

// The k largest of logits with noise.
Array without_replacement_body(const Array& key, const Array& logits, const Categorical& form) {
  Array noisy = logits + gumbel(key, logits.shape(), logits.dtype(), form.mode);
  const Shape prefix(form.shape.begin(), form.shape.begin() + form.prefix);
  Array indices = lax::top_k(np::moveaxis(noisy, form.axis, -1), element_count(prefix)).second;
  return lax::reshape(np::moveaxis(indices, -1, 0), form.shape);
}

Categorical categorical_form(const Array& logits, std::int64_t axis,
                             const CategoricalOptions& options) {
  axis = checked_axis("categorical", logits, axis);
  Shape batch = logits.shape();
  batch.erase(batch.begin() + axis);
  Shape shape = options.shape.get().value_or(batch);
  const auto extra =
      static_cast<std::int64_t>(shape.size()) - static_cast<std::int64_t>(batch.size());
  if (extra < 0 || broadcast_shapes(shape, batch, "categorical") != shape) {
    throw ShapeError(str_cat("categorical: shape ", to_text(shape), " must end in ", to_text(batch),
                             ", the shape of logits without axis ", axis));
  }
  return {shape, extra, axis, std::string(options.mode)};
}

}  // namespace

Array categorical(const Array& key, const Array& logits, std::int64_t axis,
                  const CategoricalOptions& options) {
  check_key("categorical", key);
  check_floating("categorical", logits.dtype());
  if (logits.ndim() == 0)
    throw ShapeError("categorical needs logits of at least one dimension, got a scalar");
  const Categorical form = categorical_form(logits, axis, options);
  if (options.replace) return compiled<categorical_body>("_categorical")(key, logits, form);
  const Shape prefix(form.shape.begin(), form.shape.begin() + form.prefix);
  if (element_count(prefix) > logits.shape(form.axis)) {
    throw ValueError(str_cat("categorical: the number of samples without replacement (",
                             element_count(prefix), ") cannot exceed the number of categories (",
                             logits.shape(form.axis), ")"));
  }
  return compiled<without_replacement_body>("_categorical")(key, logits, form);
}

// --- choice -----------------------------------------------------------------------------------

namespace {

struct Choice {
  Shape shape;
  std::int64_t population;
  bool replace;
  std::string mode;
  bool operator==(const Choice&) const = default;
};

// Where the cumulated probabilities reach a uniform number.
Array by_inversion(const Array& key, const Array& p, const Shape& shape) {
  Array cumulated = lax::cumsum(p);
  Array total = lax::squeeze(lax::slice(cumulated, {p.size() - 1}, {p.size()}), {0});
  Array r = total * (1 - uniform(key, shape, p.dtype()));
  Array below = cumulated < lax::expand_dims(r, {r.ndim()});
  return np::sum(below, {.axis = -1, .dtype = int32});
}

Array weighted_body(const Array& key, const Array& p, const Choice& form) {
  if (form.replace) return by_inversion(key, p, form.shape);
  Array noisy = gumbel(key, {form.population}, p.dtype(), form.mode) + lax::log(p);
  return lax::reshape(lax::top_k(noisy, element_count(form.shape)).second, form.shape);
}

Array weights(const Array& given, std::int64_t population) {
  Array p = np::strong(np::promote_dtypes_inexact(given));
  if (p.shape() == Shape{population}) return p;
  throw ShapeError(str_cat("choice: p must have one entry for each of the ", population,
                           " things to choose from, got shape ", to_text(p.shape())));
}

void check_draws(const Choice& form) {
  if (form.population <= 0)
    throw ValueError("choice: there must be something to choose from, got a population of 0");
  const std::int64_t draws = element_count(form.shape);
  if (form.replace || draws <= form.population) return;
  throw ValueError(str_cat("choice: cannot take a larger sample (size ", draws,
                           ") than the population (size ", form.population,
                           ") without replacement"));
}

// Indices in `form.shape`.
Array choose_indices(const Array& key, const Choice& form, const Array& p) {
  if (p.defined())
    return compiled<weighted_body>("_choice")(key, weights(p, form.population), form);
  if (form.replace) return randint(key, form.shape, 0, form.population);
  Array order = permutation(key, form.population);
  return lax::reshape(lax::slice(order, {0}, {element_count(form.shape)}), form.shape);
}

}  // namespace

Array choice(const Array& key, const Array& a, const Shape& shape, const ChoiceOptions& options) {
  check_key("choice", key);
  const std::int64_t axis = checked_axis("choice", a, options.axis);
  const bool range = a.ndim() == 0;
  const std::int64_t population = range ? range_size("choice", a) : a.shape(axis);
  const Choice form{shape, population, options.replace, std::string(options.mode)};
  if (element_count(shape) == 0) return lax::zeros(shape, range ? int32 : a.dtype());
  check_draws(form);
  Array indices = choose_indices(key, form, options.p);
  return range ? indices : np::take(a, indices, axis);
}

}  // namespace linum::random
