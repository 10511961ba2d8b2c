#include "linum/np/statistics.h"

#include <cmath>

#include "linum/core/value.h"
#include "linum/lax/conv.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/diagonal.h"
#include "linum/np/indexing.h"
#include "linum/np/joining.h"
#include "linum/np/manipulation.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"

namespace linum::np {

// --- sequences --------------------------------------------------------------------------------

namespace {

lax::Pads overlap(std::string_view what, std::string_view mode, std::int64_t n) {
  if (mode == "valid") return {{0, 0}};
  if (mode == "same") return {{n / 2, n - n / 2 - 1}};
  if (mode == "full") return {{n - 1, n - 1}};
  throw ValueError(
      str_cat(what, ": mode must be \"full\", \"same\" or \"valid\", got \"", mode, "\""));
}

std::pair<Array, Array> sequences(std::string_view what, const Array& x, const Array& y,
                                  const DotOptions& o) {
  for (const Array* a : {&x, &y}) {
    if (a->ndim() == 1 && a->size() > 0) continue;
    throw ShapeError(
        str_cat(what, " takes vectors that are not empty, got ", x.aval(), " and ", y.aval()));
  }
  return o.preferred_element_type ? promote_dtypes(x, y) : promote_dtypes_inexact(x, y);
}

// The products' sums of x and a window that slides over it.
Array slide(const Array& x, const Array& window, const lax::Pads& padding, const DotOptions& o) {
  const Array out = lax::conv_general_dilated(
      lax::expand_dims(x, {0, 1}), lax::expand_dims(window, {0, 1}), {1}, padding,
      {.precision = o.precision, .preferred_element_type = o.preferred_element_type});
  return lax::squeeze(out, {0, 1});
}

}  // namespace

Array convolve(const Array& x, const Array& y, std::string_view mode, const DotOptions& o) {
  auto [a, b] = sequences("convolve", x, y, o);
  if (a.size() < b.size()) std::swap(a, b);
  return slide(a, flip(b), overlap("convolve", mode, b.size()), o);
}

Array correlate(const Array& x, const Array& y, std::string_view mode, const DotOptions& o) {
  auto [a, b] = sequences("correlate", x, y, o);
  b = conj(b);
  const bool swapped = a.size() < b.size();
  if (swapped) std::swap(a, b);
  const Array out = slide(a, b, overlap("correlate", mode, b.size()), o);
  return swapped ? flip(out) : out;
}

// --- samples ----------------------------------------------------------------------------------

namespace {

Array variables(std::string_view which, const Array& x, const CovOptions& o) {
  if (x.ndim() > 2) {
    throw ShapeError(str_cat("cov: ", which, " has more than 2 dimensions: ", x.aval()));
  }
  const Array rows = atleast_2d(x);
  return !o.rowvar && x.ndim() != 1 ? transpose(rows) : rows;
}

Array checked_weights(std::string_view which, const Array& w, std::int64_t samples) {
  if (w.ndim() == 1 && w.size() == samples) return abs(w);
  throw ShapeError(str_cat("cov: ", which, " must be one number for each of ", samples,
                           " samples, got ", w.aval()));
}

Array weights_of(const CovOptions& o, std::int64_t samples) {
  Array w;
  if (o.fweights.defined()) {
    if (!is_integer(o.fweights.dtype())) {
      throw DTypeError(str_cat("cov: fweights must be integers, got ", o.fweights.aval()));
    }
    w = checked_weights("fweights", o.fweights, samples);
  }
  if (!o.aweights.defined()) return w;
  const Array a = checked_weights("aweights", o.aweights, samples);
  return w.defined() ? w * a : a;
}

Array divisor(const Array& w, const Array& total, std::int64_t samples, const CovOptions& o) {
  const double ddof = o.ddof.value_or(o.bias ? 0 : 1);
  if (!w.defined()) return static_cast<double>(samples) - ddof;
  if (ddof == 0) return total;
  if (!o.aweights.defined()) return total - ddof;
  return total - ddof * sum(w * abs(o.aweights)) / total;
}

}  // namespace

Array cov(const Array& x, const CovOptions& o) {
  Array a = promote_dtypes_inexact(x), b = o.y;
  if (b.defined()) std::tie(a, b) = promote_dtypes_inexact(x, o.y);
  Array rows = variables("x", a, o);
  if (b.defined()) rows = concatenate({rows, variables("y", b, o)});
  const std::int64_t samples = rows.shape(1);
  if (rows.size() == 0) {
    return squeeze(lax::full({rows.shape(0), rows.shape(0)}, make_scalar(NAN, rows.dtype())));
  }
  Array w = weights_of(o, samples);
  if (o.dtype) {
    rows = lax::convert_element_type(rows, *o.dtype);
    if (w.defined()) w = lax::convert_element_type(w, *o.dtype);
  }
  auto [mean, total] = average_and_weight(rows, {.axis = 1, .weights = w, .keepdims = true});
  rows = rows - mean;
  const Array weighted = w.defined() ? rows * w : rows;
  const Array sums = dot(rows, conj(transpose(weighted)));
  return squeeze(sums / divisor(w, index(total, {0, 0}), samples, o));
}

Array corrcoef(const Array& x, const Array& y, bool rowvar) {
  const Array c = cov(x, {.y = y, .rowvar = rowvar});
  if (c.ndim() == 0) return lax::div(c, c);  // one, or nan
  const Array deviation = lax::convert_element_type(sqrt(real(diag(c))), c.dtype());
  const Array r = c / lax::expand_dims(deviation, {1}) / lax::expand_dims(deviation, {0});
  if (!is_complex(r.dtype())) return clip(r, -1, 1);
  return lax::complex(clip(real(r), -1, 1), clip(imag(r), -1, 1));
}

}  // namespace linum::np
