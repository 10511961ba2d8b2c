#include "linum/np/contractions.h"

#include <algorithm>
#include <numeric>

#include "linum/lax/arithmetic.h"
#include "linum/np/indexing.h"
#include "linum/np/joining.h"
#include "linum/np/manipulation.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"

namespace linum::np {
namespace {

// dot_general in the promoted dtype, or in the preferred one.
Array contract(const Array& x, const Array& y, const lax::DotDimensionNumbers& dimensions,
               const DotOptions& o) {
  const Promoted joint = promote(x.dtype(), x.weak(), y.dtype(), y.weak());
  const Promoted result =
      o.preferred_element_type ? Promoted{*o.preferred_element_type, false} : joint;
  Array out = lax::dot_general(x, y, dimensions, o.precision, result.dtype);
  return lax::convert_element_type(out, result.dtype, result.weak);
}

void check_contracted(std::string_view what, const Array& x, std::int64_t x_axis, const Array& y,
                      std::int64_t y_axis) {
  if (x.shape(x_axis) == y.shape(y_axis)) return;
  throw ShapeError(str_cat(what, ": axis ", x_axis, " of shape ", to_text(x.shape()), " has size ",
                           x.shape(x_axis), ", but axis ", y_axis, " of shape ", to_text(y.shape()),
                           " has size ", y.shape(y_axis)));
}

void require_rank(std::string_view what, std::string_view which, const Array& x,
                  std::int64_t rank) {
  if (x.ndim() >= rank) return;
  throw ShapeError(str_cat(what, ": the ", which, " operand must have at least ", rank,
                           rank == 1 ? " dimension, got " : " dimensions, got ", x.aval()));
}

}  // namespace

Array dot(const Array& x, const Array& y, const DotOptions& options) {
  if (x.ndim() == 0 || y.ndim() == 0) return contract(x, y, {}, options);
  const std::int64_t x_axis = x.ndim() - 1, y_axis = y.ndim() == 1 ? 0 : y.ndim() - 2;
  check_contracted("dot", x, x_axis, y, y_axis);
  return contract(x, y, {{x_axis}, {y_axis}, {}, {}}, options);
}

// --- matmul -----------------------------------------------------------------------------------

namespace {

// How the leading axes of both operands pair up: in common, of one alone, or of size 1 in one.
struct MatmulPlan {
  Axes x_squeeze, y_squeeze;    // axes of size 1 that the other repeats
  Axes x_batch, y_batch;        // after squeezing
  Axes common, x_only, y_only;  // places in the result
  Axes ones;                    // places in the result of axes that both have with size 1

  std::int64_t kept_of_x() const {
    return static_cast<std::int64_t>(common.size() + x_only.size());
  }
  std::int64_t kept_of_y() const {
    return static_cast<std::int64_t>(common.size() + y_only.size());
  }
  void squeeze_x() { x_squeeze.push_back(kept_of_x() + size_of(x_squeeze)); }
  void squeeze_y() { y_squeeze.push_back(kept_of_y() + size_of(y_squeeze)); }
  void pair(std::int64_t place) {
    x_batch.push_back(kept_of_x());
    y_batch.push_back(kept_of_y());
    common.push_back(place);
  }
  static std::int64_t size_of(const Axes& axes) { return static_cast<std::int64_t>(axes.size()); }
};

[[noreturn]] void refuse_batch(const Array& x, const Array& y) {
  throw ShapeError(str_cat("matmul: the leading axes of shapes ", to_text(x.shape()), " and ",
                           to_text(y.shape()), " do not broadcast"));
}

MatmulPlan plan_matmul(const Array& x, const Array& y) {
  const std::int64_t x_lead = std::max<std::int64_t>(0, x.ndim() - 2);
  const std::int64_t y_lead = std::max<std::int64_t>(0, y.ndim() - 2);
  const std::int64_t lead = std::max(x_lead, y_lead);
  MatmulPlan plan;
  for (std::int64_t i = 0; i < lead; ++i) {
    const std::int64_t in_x = i - (lead - x_lead), in_y = i - (lead - y_lead);
    const std::int64_t m = in_x < 0 ? 0 : x.shape(in_x), n = in_y < 0 ? 0 : y.shape(in_y);
    if (in_x < 0) {
      plan.y_only.push_back(i);
    } else if (in_y < 0) {
      plan.x_only.push_back(i);
    } else if (m == 1 && n == 1) {
      plan.squeeze_x();
      plan.squeeze_y();
      plan.ones.push_back(i);
    } else if (m == 1) {
      plan.squeeze_x();
      plan.y_only.push_back(i);
    } else if (n == 1) {
      plan.squeeze_y();
      plan.x_only.push_back(i);
    } else if (m == n) {
      plan.pair(i);
    } else {
      refuse_batch(x, y);
    }
  }
  if (x.ndim() > 1) plan.x_only.push_back(lead);
  if (y.ndim() > 1) plan.y_only.push_back(lead + (x.ndim() > 1));
  return plan;
}

// The order that sorts these places.
Axes order_of(const Axes& places) {
  Axes order = iota_axes(static_cast<std::int64_t>(places.size()));
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return places[static_cast<std::size_t>(a)] < places[static_cast<std::size_t>(b)];
  });
  return order;
}

}  // namespace

Array matmul(const Array& x, const Array& y, const DotOptions& options) {
  require_rank("matmul", "first", x, 1);
  require_rank("matmul", "second", y, 1);
  check_contracted("matmul", x, x.ndim() - 1, y, y.ndim() == 1 ? 0 : y.ndim() - 2);
  const MatmulPlan plan = plan_matmul(x, y);
  const Array a = lax::squeeze(x, plan.x_squeeze), b = lax::squeeze(y, plan.y_squeeze);
  Array out = contract(
      a, b, {{a.ndim() - 1}, {b.ndim() - (y.ndim() > 1 ? 2 : 1)}, plan.x_batch, plan.y_batch},
      options);
  Axes places = plan.common;
  places.insert(places.end(), plan.x_only.begin(), plan.x_only.end());
  places.insert(places.end(), plan.y_only.begin(), plan.y_only.end());
  out = lax::transpose(out, order_of(places));
  return plan.ones.empty() ? out : lax::expand_dims(out, plan.ones);
}

Array matvec(const Array& x, const Array& y) {
  require_rank("matvec", "first", x, 2);
  require_rank("matvec", "second", y, 1);
  return squeeze(matmul(x, expand_dims(y, -1)), -1);
}
Array vecmat(const Array& x, const Array& y) {
  require_rank("vecmat", "first", x, 1);
  require_rank("vecmat", "second", y, 2);
  return squeeze(matmul(expand_dims(conj(x), -2), y), -2);
}

// --- scalar products --------------------------------------------------------------------------

static Array conjugate_complex(const Array& x) { return is_complex(x.dtype()) ? conj(x) : x; }

Array vdot(const Array& x, const Array& y, const DotOptions& options) {
  if (x.size() != y.size()) {
    throw ShapeError(str_cat("vdot: operands must have as many elements, got shapes ",
                             to_text(x.shape()), " and ", to_text(y.shape())));
  }
  return dot(ravel(conjugate_complex(x)), ravel(y), options);
}

Array vecdot(const Array& x, const Array& y, std::int64_t axis, const DotOptions& options) {
  const Array a = moveaxis(conjugate_complex(x), axis, -1), b = moveaxis(y, axis, -1);
  if (a.shape(-1) != b.shape(-1)) {
    throw ShapeError(str_cat("vecdot: axes must match, got shapes ", to_text(x.shape()), " and ",
                             to_text(y.shape()), " with axis ", axis));
  }
  return squeeze(matmul(expand_dims(a, -2), expand_dims(b, -1), options), {-2, -1});
}

Array inner(const Array& x, const Array& y, const DotOptions& options) {
  if (x.ndim() == 0 || y.ndim() == 0) return dot(x, y, options);
  check_contracted("inner", x, x.ndim() - 1, y, y.ndim() - 1);
  return tensordot(x, y, {{-1}, {-1}}, options);
}

Array outer(const Array& x, const Array& y) {
  auto [a, b] = promote_dtypes(ravel(x), ravel(y));
  return lax::expand_dims(a, {1}) * lax::expand_dims(b, {0});
}

// --- tensordot --------------------------------------------------------------------------------

Array tensordot(const Array& x, const Array& y, std::int64_t axes, const DotOptions& options) {
  if (axes < 0 || axes > std::min(x.ndim(), y.ndim())) {
    throw ShapeError(str_cat("tensordot: shapes ", to_text(x.shape()), " and ", to_text(y.shape()),
                             " do not have ", axes, " axes to sum over"));
  }
  Axes last(static_cast<std::size_t>(axes));
  std::iota(last.begin(), last.end(), x.ndim() - axes);
  return tensordot(x, y, {last, iota_axes(axes)}, options);
}

Array tensordot(const Array& x, const Array& y, const std::pair<Axes, Axes>& axes,
                const DotOptions& options) {
  const Axes of_x = normalize_axes(axes.first, x.ndim(), "tensordot");
  const Axes of_y = normalize_axes(axes.second, y.ndim(), "tensordot");
  if (of_x.size() != of_y.size()) {
    throw ShapeError(str_cat("tensordot needs as many axes of x as of y, got ", to_text(axes.first),
                             " and ", to_text(axes.second)));
  }
  for (std::size_t i = 0; i < of_x.size(); ++i) {
    check_contracted("tensordot", x, of_x[i], y, of_y[i]);
  }
  return contract(x, y, {of_x, of_y, {}, {}}, options);
}

// --- Kronecker's and the vector product -------------------------------------------------------

Array kron(const Array& x, const Array& y) {
  auto [a, b] = promote_dtypes(x, y);
  const std::int64_t rank = std::max(a.ndim(), b.ndim());
  a = lax::broadcast_to_rank(a, rank);
  b = lax::broadcast_to_rank(b, rank);
  Axes even, odd;
  Shape shape;
  for (std::int64_t i = 0; i < rank; ++i) {
    even.push_back(2 * i);
    odd.push_back(2 * i + 1);
    shape.push_back(a.shape(i) * b.shape(i));
  }
  return lax::reshape(lax::expand_dims(a, odd) * lax::expand_dims(b, even), shape);
}

// Component i of vectors in the last axis; the third of a plane's is 0.
static Array component(const Array& x, std::int64_t i) {
  return i < x.shape(-1) ? index(x, {ellipsis, i}) : lax::zeros_like(index(x, {ellipsis, 0}));
}

Array cross(const Array& x, const Array& y, const CrossOptions& o) {
  const Array a = moveaxis(x, o.axis.value_or(o.axisa), -1);
  const Array b = moveaxis(y, o.axis.value_or(o.axisb), -1);
  for (const Array* v : {&a, &b}) {
    if (v->shape(-1) == 2 || v->shape(-1) == 3) continue;
    throw ShapeError(str_cat("cross: vectors must have 2 or 3 components, got ", v->shape(-1),
                             " for shapes ", to_text(x.shape()), " and ", to_text(y.shape())));
  }
  auto minor = [&](std::int64_t i, std::int64_t j) {
    return component(a, i) * component(b, j) - component(a, j) * component(b, i);
  };
  if (a.shape(-1) == 2 && b.shape(-1) == 2) return minor(0, 1);
  return moveaxis(stack({minor(1, 2), minor(2, 0), minor(0, 1)}), 0, o.axis.value_or(o.axisc));
}

}  // namespace linum::np
