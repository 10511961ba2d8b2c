#include "linum/lax/associative_scan.h"

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

using Arrays = std::vector<Array>;

// Elements start, start + stride, ... below limit along one axis of every array.
Arrays slices(const Arrays& xs, std::int64_t axis, std::int64_t start, std::int64_t limit,
              std::int64_t stride) {
  Arrays out;
  for (const Array& x : xs) out.push_back(slice_in_dim(x, start, limit, stride, axis));
  return out;
}

// a0 b0 a1 b1 ...: a is as long as b, or one longer.
Array interleave(const Array& a, const Array& b, std::int64_t axis) {
  const bool equal = a.shape(axis) == b.shape(axis);
  std::vector<Padding> pad_a(a.shape().size()), pad_b(b.shape().size());
  pad_a[static_cast<std::size_t>(axis)] = {0, equal ? 1 : 0, 1};
  pad_b[static_cast<std::size_t>(axis)] = {1, equal ? 0 : 1, 1};
  const Array zero = make_scalar(0.0, a.dtype());
  const Array wide_a = pad(a, zero, pad_a), wide_b = pad(b, zero, pad_b);
  return is_bool(a.dtype()) ? bitwise_or(wide_a, wide_b) : add(wide_a, wide_b);
}

// fn(a, b), which must be of the types of a.
Arrays combined(const CombineFn& fn, const Arrays& a, const Arrays& b) {
  Arrays out = fn(a, b);
  std::vector<Aval> taken, given;
  for (const Array& x : a) taken.push_back(x.aval());
  for (const Array& x : out) given.push_back(x.aval());
  bool same = taken.size() == given.size();
  for (std::size_t i = 0; same && i < taken.size(); ++i)
    same = taken[i].shape() == given[i].shape() && taken[i].dtype() == given[i].dtype();
  if (same) return out;
  throw TreeError(str_cat("associative_scan: fn must give what it takes.\n  takes: (",
                          to_text(taken), ")\n  gives: (", to_text(given), ")"));
}

// The scan of neighbours' combinations gives the odd results; one more combination the even ones.
Arrays scan(const CombineFn& fn, const Arrays& elems, std::int64_t axis) {
  const std::int64_t n = elems[0].shape(axis);
  if (n < 2) return elems;
  const Arrays pairs = combined(fn, slices(elems, axis, 0, n - 1, 2), slices(elems, axis, 1, n, 2));
  const Arrays odd = scan(fn, pairs, axis);
  const Arrays before = n % 2 == 0 ? slices(odd, axis, 0, n / 2 - 1, 1) : odd;
  const Arrays even = combined(fn, before, slices(elems, axis, 2, n, 2));
  const Arrays first = slices(elems, axis, 0, 1, 1);
  Arrays out;
  for (std::size_t i = 0; i < elems.size(); ++i) {
    out.push_back(interleave(concatenate({first[i], even[i]}, axis), odd[i], axis));
  }
  return out;
}

Arrays reversed(Arrays xs, std::int64_t axis) {
  for (Array& x : xs) x = rev(x, {axis});
  return xs;
}

}  // namespace

Arrays associative_scan(const CombineFn& fn, std::span<const Array> elems, bool reverse,
                        std::int64_t axis) {
  if (elems.empty()) throw ValueError("associative_scan needs at least one array");
  axis = normalize_axis(axis, elems[0].ndim(), "associative_scan");
  for (const Array& x : elems) {
    if (x.ndim() <= axis || x.shape(axis) != elems[0].shape(axis)) {
      throw ShapeError(str_cat("associative_scan: the arrays must agree in axis ", axis, ", got ",
                               to_text(elems[0].shape()), " and ", to_text(x.shape())));
    }
  }
  Arrays in(elems.begin(), elems.end());
  return reverse ? reversed(scan(fn, reversed(std::move(in), axis), axis), axis)
                 : scan(fn, in, axis);
}

Array associative_scan(const std::function<Array(const Array&, const Array&)>& fn,
                       const Array& elems, bool reverse, std::int64_t axis) {
  const auto one = [&fn](std::span<const Array> a, std::span<const Array> b) {
    return Arrays{fn(a[0], b[0])};
  };
  return associative_scan(CombineFn(one), std::span<const Array>(&elems, 1), reverse, axis)[0];
}

}  // namespace linum::lax
