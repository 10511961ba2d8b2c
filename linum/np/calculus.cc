#include "linum/np/calculus.h"

#include <cmath>

#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/cumulative.h"
#include "linum/np/indexing.h"
#include "linum/np/info.h"
#include "linum/np/joining.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"
#include "linum/np/search.h"
#include "linum/np/take.h"

namespace linum::np {

static Array cut(const Array& x, std::optional<std::int64_t> start,
                 std::optional<std::int64_t> stop, std::int64_t axis) {
  return lax::slice_in_dim(x, start, stop, 1, axis);
}

// --- differences ------------------------------------------------------------------------------

namespace {

Array joined(const Array& x, const DiffOptions& o, std::int64_t axis) {
  Shape one = x.shape();
  one[static_cast<std::size_t>(axis)] = 1;
  std::vector<Array> parts;
  auto add = [&](const Array& part) {
    if (part.defined()) parts.push_back(part.ndim() == 0 ? broadcast_to(part, one) : part);
  };
  add(o.prepend);
  add(x);
  add(o.append);
  return parts.size() == 1 ? x : concatenate(parts, axis);
}

}  // namespace

Array diff(const Array& x, const DiffOptions& o) {
  if (o.n == 0) return x;
  if (o.n < 0) throw ValueError(str_cat("diff: n must not be negative, got ", o.n));
  if (x.ndim() == 0) throw ShapeError(str_cat("diff needs at least one axis, got ", x.aval()));
  const std::int64_t axis = normalize_axis(o.axis, x.ndim(), "diff");
  Array out = joined(x, o, axis);
  for (std::int64_t i = 0; i < o.n; ++i) {
    const std::int64_t last = std::max<std::int64_t>(out.shape(axis) - 1, 0);
    const Array next = cut(out, std::min<std::int64_t>(1, out.shape(axis)), {}, axis);
    const Array here = cut(out, 0, last, axis);
    out = is_bool(out.dtype()) ? lax::ne(next, here) : lax::sub(next, here);
  }
  return out;
}

Array ediff1d(const Array& x, const Array& to_end, const Array& to_begin) {
  std::vector<Array> parts;
  auto add = [&](const Array& part) {
    if (part.defined()) parts.push_back(ravel(lax::convert_element_type(part, x.dtype())));
  };
  add(to_begin);
  parts.push_back(diff(ravel(x)));
  add(to_end);
  return parts.size() == 1 ? parts[0] : concatenate(parts);
}

// --- gradient ---------------------------------------------------------------------------------

namespace {

// The weights of the three neighbors at uneven distances.
Array uneven_middle(const Array& x, const Array& h, std::int64_t axis) {
  const Array before = cut(h, 1, -1, axis) - cut(h, 0, -2, axis);
  const Array after = cut(h, 2, {}, axis) - cut(h, 1, -1, axis);
  const Array a = -after / (before * (before + after));
  const Array b = (after - before) / (before * after);
  const Array c = before / (after * (before + after));
  return a * cut(x, 0, -2, axis) + b * cut(x, 1, -1, axis) + c * cut(x, 2, {}, axis);
}

Array gradient_along(const Array& x, const Array& spacing, std::int64_t axis) {
  const Array first = cut(x, 1, 2, axis) - cut(x, 0, 1, axis);
  const Array last = cut(x, -1, {}, axis) - cut(x, -2, -1, axis);
  if (spacing.ndim() == 0) {
    const Array middle = (cut(x, 2, {}, axis) - cut(x, 0, -2, axis)) * 0.5 / spacing;
    return concatenate({first / spacing, middle, last / spacing}, axis);
  }
  if (spacing.ndim() != 1 || spacing.size() != x.shape(axis)) {
    throw ShapeError(str_cat("gradient: spacing must be a scalar, or as long as axis ", axis,
                             " of ", to_text(x.shape()), ", got ", spacing.aval()));
  }
  Shape shape(x.shape().size(), 1);
  shape[static_cast<std::size_t>(axis)] = spacing.size();
  const Array h = lax::reshape(spacing, shape);
  return concatenate({first / (cut(h, 1, 2, axis) - cut(h, 0, 1, axis)), uneven_middle(x, h, axis),
                      last / (cut(h, -1, {}, axis) - cut(h, -2, -1, axis))},
                     axis);
}

}  // namespace

std::vector<Array> gradient(const Array& x, const std::vector<Array>& spacing,
                            const AxisArg& axis) {
  const Axes axes = axis.resolve(x.ndim(), "gradient");
  if (spacing.size() > 1 && spacing.size() != axes.size()) {
    throw ValueError(str_cat("gradient: ", spacing.size(), " spacings for ", axes.size(), " axes"));
  }
  std::vector<Array> args{x};
  args.insert(args.end(), spacing.begin(), spacing.end());
  args = promote_dtypes_inexact(args);
  std::vector<Array> out;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (x.shape(axes[i]) < 2) {
      throw ShapeError(
          str_cat("gradient needs at least 2 elements along axis ", axes[i], ", got ", x.aval()));
    }
    const Array h = spacing.empty() ? Array(1.0) : args[spacing.size() == 1 ? 1 : i + 1];
    out.push_back(gradient_along(args[0], h, axes[i]));
  }
  return out;
}
std::vector<Array> gradient(const Array& x, const AxisArg& axis) { return gradient(x, {}, axis); }

// --- integral ---------------------------------------------------------------------------------

Array trapezoid(const Array& y, const TrapezoidOptions& o) {
  Array values = promote_dtypes_inexact(y), widths = o.dx;
  if (o.x.defined()) {
    auto [v, x] = promote_dtypes_inexact(y, o.x);
    values = v;
    widths = x.ndim() == 1 ? diff(x) : moveaxis(diff(x, 1, o.axis), o.axis, -1);
  } else if (widths.ndim() > 0) {
    widths = moveaxis(lax::broadcast_to_rank(widths, y.ndim()), o.axis, -1);
  }
  values = moveaxis(values, o.axis, -1);
  const std::int64_t last = values.ndim() - 1;
  if (widths.ndim() == 0 || widths.shape(-1) == 1) {
    const Array width = widths.ndim() == 0 ? widths : squeeze(widths, -1);
    const Array ends = index(values, {ellipsis, 0}) + index(values, {ellipsis, -1});
    return width * (sum(values, -1) - 0.5 * ends);
  }
  return 0.5 * sum(widths * (cut(values, 1, {}, last) + cut(values, 0, -1, last)), -1);
}

// --- interpolation ----------------------------------------------------------------------------

namespace {

struct Polygon {
  Array xp, fp;
};

Polygon one_period(const Array& xp, const Array& fp, const Array& period) {
  auto [x, f] = lax::sort_key_val(xp % period, fp);
  return {
      concatenate({index(x, Slice{.start = -1}) - period, x, index(x, Slice{.stop = 1}) + period}),
      concatenate({index(f, Slice{.start = -1}), f, index(f, Slice{.stop = 1})})};
}

// On the segment that x lies on (or the nearest one). Segments without length give their start.
Array on_segment(const Array& x, const Polygon& p) {
  const Array right = clip(searchsorted(p.xp, x, {.side = "right"}), 1, p.xp.size() - 1);
  const Array x0 = take(p.xp, right - 1), f0 = take(p.fp, right - 1);
  const Array dx = take(p.xp, right) - x0, df = take(p.fp, right) - f0;
  const double eps = finfo(p.xp.dtype()).eps;
  const double least = std::nextafter(eps, INFINITY) - eps;
  const Array flat = lax::abs(dx) <= least;
  return where(flat, f0, f0 + (x - x0) / where(flat, 1, dx) * df);
}

}  // namespace

Array interp(const Array& x, const Array& xp, const Array& fp, const InterpOptions& o) {
  if (xp.ndim() != 1 || xp.shape() != fp.shape()) {
    throw ShapeError(str_cat("interp: xp and fp must be vectors of one size, got ", xp.aval(),
                             " and ", fp.aval()));
  }
  if (is_complex(x.dtype()) || is_complex(xp.dtype())) {
    throw DTypeError("interp: x and xp must be real");
  }
  auto [at, from] = promote_dtypes_inexact(x, xp);
  Polygon polygon{from, promote_dtypes_inexact(fp)};
  if (o.period.defined()) {
    const Array period = abs(o.period);
    return on_segment(at % period, one_period(polygon.xp, polygon.fp, period));
  }
  Array out = on_segment(at, polygon);
  if (!o.extrapolate_left) {
    const Array value = o.left.defined() ? o.left : index(polygon.fp, 0);
    out = where(at < index(polygon.xp, 0), value, out);
  }
  if (!o.extrapolate_right) {
    const Array value = o.right.defined() ? o.right : index(polygon.fp, -1);
    out = where(at > index(polygon.xp, -1), value, out);
  }
  return out;
}

// --- unwrap -----------------------------------------------------------------------------------

Array unwrap(const Array& x, const UnwrapOptions& o) {
  auto [p, period] = promote_dtypes(x, o.period);
  if (is_complex(p.dtype())) throw DTypeError(str_cat("unwrap: x must be real, got ", x.aval()));
  const std::int64_t axis = normalize_axis(o.axis, p.ndim(), "unwrap");
  if (p.shape(axis) == 0) return p;
  const Array half = is_integer(p.dtype()) ? floor_divide(period, 2) : period / 2;
  const Array step = diff(p, 1, axis);
  Array wrapped = (step + half) % period - half;
  wrapped = where((wrapped == -half) & (step > 0), half, wrapped);
  const Array limit = o.discont.defined() ? o.discont : period / 2;
  const Array correction = where(abs(step) < limit, 0, wrapped - step);
  return concatenate({cut(p, 0, 1, axis), cut(p, 1, {}, axis) + cumsum(correction, axis)}, axis);
}

}  // namespace linum::np
