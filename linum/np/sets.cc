#include "linum/np/sets.h"

#include <cmath>

#include "linum/lax/lax.h"
#include "linum/np/calculus.h"
#include "linum/np/comparison.h"
#include "linum/np/indexing.h"
#include "linum/np/joining.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"
#include "linum/np/sorting.h"
#include "linum/np/take.h"

namespace linum::np {
namespace {

void require_known(std::string_view what, const Array& x, std::optional<std::int64_t> size) {
  if (size || !x.is_traced()) return;
  throw ConcretizationError(str_cat(what, " of a traced array (", x.aval(),
                                    "): how many elements the result has would depend on its "
                                    "values. Pass `size`."));
}

// --- unique -----------------------------------------------------------------------------------

// Slices in order, whether each differs from the one before it, and where they come from.
struct Sorted {
  Array slices, is_new, order;
};

Array differ(const Array& x, const Array& y, bool equal_nan) {
  const Array ne = x != y;
  return equal_nan && is_inexact(x.dtype()) ? ne & ~(isnan(x) & isnan(y)) : ne;
}

Array after(const Array& x) { return index(x, Slice{.start = 1}); }
Array before(const Array& x) { return index(x, Slice{.stop = -1}); }

Sorted sort_slices(const Array& x, bool equal_nan) {
  const std::int64_t n = x.shape(0);
  const Array rows = lax::reshape(x, {n, n == 0 ? 1 : x.size() / n});
  std::vector<Array> keys;
  for (std::int64_t i = rows.shape(1); i-- > 0;) keys.push_back(index(rows, {Slice{}, i}));
  Sorted out;
  out.order = keys.empty() ? lax::iota(int32, n) : lexsort(keys);
  out.slices = take(x, out.order, 0);
  const Array sorted_rows = take(rows, out.order, 0);
  const Array news = any(differ(after(sorted_rows), before(sorted_rows), equal_nan), 1);
  out.is_new = n == 0 ? lax::zeros({0}, bool_) : concatenate({lax::ones({1}, bool_), news});
  return out;
}

Array fill_rest(const Array& slices, const Array& valid, const Array& fill) {
  Shape shape(slices.shape().size(), 1);
  shape[0] = valid.size();
  return where(lax::reshape(valid, shape), slices, lax::convert_element_type(fill, slices.dtype()));
}

// How often each occurs: the distance to the next new one.
Array run_lengths(const Sorted& s, std::optional<std::int64_t> size) {
  const std::int64_t n = s.is_new.size();
  if (!size) return diff(append(flatnonzero(s.is_new), Array(n)));
  const Array starts = flatnonzero(s.is_new, {.size = *size + 1});
  const Array later = after(starts);
  return diff(concatenate({index(starts, Slice{.stop = 1}), where(later != 0, later, n)}));
}

Unique unique_slices(const Array& x, const UniqueOptions& o) {
  const Sorted s = sort_slices(x, o.equal_nan);
  const std::int64_t n = x.shape(0);
  if (n == 0 && o.size.value_or(0) > 0 && !o.fill_value.defined()) {
    throw ValueError("unique of nothing with a size needs a fill_value");
  }
  if (n == 0) {
    Shape shape = x.shape();
    shape[0] = o.size.value_or(0);
    const Array none = lax::zeros({0}, int32);
    const Array fill = o.fill_value.defined() ? o.fill_value : Array(0);
    return {lax::full(shape, lax::convert_element_type(fill, x.dtype())), none, none, none};
  }
  const Array firsts = flatnonzero(s.is_new, {.size = o.size});
  Unique out;
  out.values = take(s.slices, firsts, 0, {.mode = "clip"});
  if (o.size && o.fill_value.defined()) {
    out.values = fill_rest(out.values, lax::iota(int32, *o.size) < sum(s.is_new), o.fill_value);
  }
  out.indices = take(s.order, firsts, 0, {.mode = "clip"});
  const Array rank = lax::cumsum(lax::convert_element_type(s.is_new, int32)) - 1;
  out.inverse_indices = at(lax::zeros({n}, int32), s.order).set(rank);
  out.counts = run_lengths(s, o.size);
  return out;
}

}  // namespace

Unique unique_all(const Array& x, const UniqueOptions& o) {
  require_known("unique", x, o.size);
  const std::int64_t axis = o.axis ? normalize_axis(*o.axis, x.ndim(), "unique") : 0;
  Unique out = unique_slices(o.axis ? moveaxis(x, axis, 0) : ravel(x), o);
  out.values = moveaxis(out.values, 0, axis);
  if (!o.axis) out.inverse_indices = lax::reshape(out.inverse_indices, x.shape());
  return out;
}
Array unique(const Array& x, const UniqueOptions& options) { return unique_all(x, options).values; }

static UniqueOptions strict(const SetOptions& o) {
  return {.equal_nan = false, .size = o.size, .fill_value = o.fill_value};
}
UniqueCounts unique_counts(const Array& x, const SetOptions& options) {
  const Unique all = unique_all(x, strict(options));
  return {all.values, all.counts};
}
UniqueInverse unique_inverse(const Array& x, const SetOptions& options) {
  const Unique all = unique_all(x, strict(options));
  return {all.values, all.inverse_indices};
}
Array unique_values(const Array& x, const SetOptions& options) {
  return unique(x, strict(options));
}

// --- membership -------------------------------------------------------------------------------

Array isin(const Array& x, const Array& elements, bool invert) {
  auto [a, b] = promote_dtypes(x, ravel(elements));
  const Array found = any(lax::expand_dims(a, {a.ndim()}) == b, -1);
  return invert ? ~found : found;
}

// --- sets of two ------------------------------------------------------------------------------

namespace {

// The elements of both as sets, sorted together: where each comes from (places in x, or in y plus
// x's size), and whether it is one of the sets' elements at all.
struct Merged {
  Array values, origin, valid;
};

struct SetOfOne {
  Array values, places, valid;
};
SetOfOne set_of(const Array& x) {
  const Sorted s = sort_slices(ravel(x), true);
  return {s.slices, s.order, s.is_new};
}

Merged merge(const Array& x, const Array& y) {
  auto [a, b] = promote_dtypes(ravel(x), ravel(y));
  const SetOfOne first = set_of(a), second = set_of(b);
  const Array invalid = concatenate({~first.valid, ~second.valid});
  const Array values = concatenate({first.values, second.values});
  const Array origin = concatenate({first.places, second.places + a.size()});
  const std::vector<Array> sorted =
      lax::sort(std::vector<Array>{invalid, values, origin}, 0, true, 2);
  return {sorted[1], sorted[2], ~sorted[0]};
}

// For each element but the last: does the next one equal it, both being elements?
Array equals_next(const Merged& m) {
  return (before(m.values) == after(m.values)) & after(m.valid);
}

// The chosen ones; when there are fewer than asked for, the rest is filled.
Array choose_values(const Array& values, const Array& chosen, const SetOptions& o) {
  const Array places = flatnonzero(chosen, {.size = o.size});
  Array picked = take(values, places, 0, {.mode = "clip"});
  if (!o.size || picked.size() == 0) return picked;
  const Array valid = lax::iota(int32, *o.size) < sum(chosen);
  if (o.fill_value.defined()) return fill_rest(picked, valid, o.fill_value);
  const Array least = where(any(chosen), index(picked, 0), lax::zeros({}, picked.dtype()));
  return where(valid, picked, least);
}

void require_both(std::string_view what, const Array& x, const Array& y, const SetOptions& o) {
  require_known(what, x, o.size);
  require_known(what, y, o.size);
}

}  // namespace

Array union1d(const Array& x, const Array& y, const SetOptions& o) {
  require_both("union1d", x, y, o);
  return unique(concatenate({x, y}, std::nullopt), {.size = o.size, .fill_value = o.fill_value});
}

Array intersect1d(const Array& x, const Array& y, const SetOptions& o) {
  require_both("intersect1d", x, y, o);
  const Merged m = merge(x, y);
  return choose_values(before(m.values), equals_next(m), o);
}

Intersection intersect1d_with_indices(const Array& x, const Array& y, const SetOptions& o) {
  require_both("intersect1d", x, y, o);
  const Merged m = merge(x, y);
  const Array both = equals_next(m);
  auto places = [&](const Array& origin, std::int64_t none) {
    const SetOptions fill{o.size, static_cast<int>(none)};
    return choose_values(origin, both, fill);
  };
  return {choose_values(before(m.values), both, o), places(before(m.origin), x.size()),
          places(after(m.origin) - x.size(), y.size())};
}

Array setdiff1d(const Array& x, const Array& y, const SetOptions& o) {
  require_both("setdiff1d", x, y, o);
  const SetOfOne first = set_of(x);
  const Array chosen = first.valid & isin(first.values, y, true);
  return choose_values(first.values, chosen,
                       {o.size, o.fill_value.defined() ? o.fill_value : Array(0)});
}

Array setxor1d(const Array& x, const Array& y, const SetOptions& o) {
  require_both("setxor1d", x, y, o);
  const Merged m = merge(x, y);
  const Array same = equals_next(m), no = lax::zeros({1}, bool_);
  if (m.values.size() == 0) return m.values;
  const Array alone = m.valid & ~concatenate({no, same}) & ~concatenate({same, no});
  return choose_values(m.values, alone, o);
}

}  // namespace linum::np
