#include "linum/np/ufunc.h"

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/manipulation.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/search.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/eval_shape.h"

namespace linum::np {
namespace {

Array element(const Array& x, const Array& i) { return lax::dynamic_index_in_dim(x, i, 0, false); }

// The shape of x without the axis in front.
Shape inner_shape(const Array& x) { return {x.shape().begin() + 1, x.shape().end()}; }

Array as(const Array& x, DType dtype) { return lax::convert_element_type(x, dtype); }

}  // namespace

ufunc::ufunc(const ManyFunction& f, std::size_t nin, Array identity)
    : f_(vectorize(f)), nin_(nin), identity_(std::move(identity)) {}

ufunc frompyfunc(const ManyFunction& f, std::size_t nin, Array identity) {
  return ufunc(f, nin, std::move(identity));
}

Array ufunc::call(const std::vector<Array>& args) const {
  if (args.size() == nin_) return f_(args);
  throw ValueError(str_cat("a ufunc of ", nin_, " arguments got ", args.size()));
}

void ufunc::check_binary(std::string_view method) const {
  if (nin_ == 2) return;
  throw ValueError(str_cat(method, " only supported for binary ufuncs, this one takes ", nin_));
}

DType ufunc::result_dtype(const std::vector<Array>& args) const {
  Tree::List ones;
  for (const Array& x : args) ones.emplace_back(lax::full({}, make_scalar(1.0, x.dtype())));
  const TreeFn f = [this](const Tree& x) { return Tree(f_(tree::leaves(x))); };
  return eval_shape_tree(f, Tree::list(std::move(ones))).array().dtype();
}

// --- reductions -------------------------------------------------------------------------------

Array ufunc::reduce(const Array& x, const UfuncReduceOptions& options) const {
  check_binary("reduce");
  const Array initial = options.initial.defined() ? options.initial : identity_;
  if (options.where.defined() && !initial.defined()) {
    throw ValueError("reduce with `where` needs an identity, or `initial`");
  }
  const DType dtype = options.dtype.value_or(result_dtype({x, x}));
  const Array all = options.axis ? x : ravel(x);
  const std::int64_t axis = normalize_axis(options.axis.value_or(0), all.ndim(), "reduce");
  const Array rows = moveaxis(all, axis, 0);
  const std::int64_t count = rows.shape(0);
  if (count == 0 && !initial.defined()) {
    throw ValueError("zero-size array to a reduction that has no identity");
  }
  Array mask;
  if (options.where.defined()) {
    const Array where = broadcast_to(options.where, x.shape());
    mask = moveaxis(options.axis ? where : ravel(where), axis, 0);
  }
  const auto body = [&](const Array& i, const Array& sum) {
    const Array next = as(f_({sum, as(element(rows, i), dtype)}), dtype);
    return mask.defined() ? lax::select(element(mask, i), next, sum) : next;
  };
  const Array first = initial.defined() ? initial : lax::index_in_dim(rows, 0, 0, false);
  const Array start = broadcast_to(as(first, dtype), inner_shape(rows));
  Array out = lax::fori_loop(initial.defined() ? 0 : 1, count, body, start);
  if (!options.keepdims) return out;
  if (options.axis) return lax::expand_dims(out, {axis});
  return lax::reshape(out, Shape(x.shape().size(), 1));
}

Array ufunc::accumulate(const Array& x, std::int64_t axis, OptionalDType dtype) const {
  check_binary("accumulate");
  axis = normalize_axis(axis, x.ndim(), "accumulate");
  const DType own = dtype.value_or(result_dtype({x, x}));
  if (x.size() == 0) return lax::zeros(x.shape(), own);
  const Array rows = as(moveaxis(x, axis, 0), own);
  const Array first = lax::index_in_dim(rows, 0, 0, false);
  const auto step = [&](const Array& sum, const Array& row) {
    const Array next = as(f_({sum, row}), own);
    return std::pair{next, next};
  };
  const Array rest = lax::slice_in_dim(rows, 1, std::nullopt);
  const Array sums = lax::scan(step, first, rest).second;
  return moveaxis(lax::concatenate({lax::expand_dims(first, {0}), sums}, 0), 0, axis);
}

Array ufunc::reduceat(const Array& x, const Array& places, std::int64_t axis) const {
  check_binary("reduceat");
  if (places.ndim() != 1 || !is_integer(places.dtype())) {
    throw ShapeError(str_cat("reduceat takes a vector of integers, got ", places.aval()));
  }
  axis = normalize_axis(axis, x.ndim(), "reduceat");
  const Array rows = moveaxis(x, axis, 0);
  const Array end = lax::full({1}, make_integer_scalar(rows.shape(0), places.dtype()));
  const Array ends = lax::concatenate({lax::slice_in_dim(places, 1, std::nullopt), end}, 0);
  const auto body = [&](const Array& i, const Array& sums) {
    const Array here = as(i, places.dtype());
    const Array inside = lax::bitwise_and(lax::gt(here, places), lax::lt(here, ends));
    const Array next = as(f_({sums, element(rows, i)}), x.dtype());
    return lax::select(lax::broadcast_in_dim(inside, sums.shape(), {0}), next, sums);
  };
  const Array sums = lax::fori_loop(0, rows.shape(0), body, take(rows, places, 0));
  return moveaxis(sums, 0, axis);
}

// --- all pairs, some places -------------------------------------------------------------------

Array ufunc::outer(const Array& x, const Array& y) const {
  check_binary("outer");
  const Array column = lax::reshape(x, {x.size(), 1}), row = lax::reshape(y, {1, y.size()});
  Shape shape = x.shape();
  shape.insert(shape.end(), y.shape().begin(), y.shape().end());
  return lax::reshape(f_({column, row}), shape);
}

Array ufunc::at(const Array& x, const Array& places, const Array& b) const {
  if (nin_ != (b.defined() ? 2u : 1u)) {
    throw ValueError(str_cat("at of a ufunc of ", nin_, " arguments got ", b.defined() ? 2 : 1));
  }
  std::vector<Array> args{x};
  if (b.defined()) args.push_back(b);
  const DType dtype = result_dtype(args);
  const Array flat_places = ravel(places);
  Array values;
  if (b.defined()) {
    Shape shape = places.shape();
    const Shape inner = inner_shape(x);
    shape.insert(shape.end(), inner.begin(), inner.end());
    Shape flat = inner;
    flat.insert(flat.begin(), places.size());
    values = lax::reshape(broadcast_to(as(b, dtype), shape), flat);
  }
  const auto body = [&](const Array& i, const Array& sums) {
    const Array place = element(flat_places, i);
    std::vector<Array> operands{index(sums, {place})};
    if (values.defined()) operands.push_back(element(values, i));
    return np::at(sums, {place}).set(f_(operands));
  };
  return lax::fori_loop(0, places.size(), body, as(x, dtype));
}

}  // namespace linum::np
