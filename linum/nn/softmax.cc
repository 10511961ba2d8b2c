#include "linum/nn/softmax.h"

#include <cmath>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/np/promote.h"
#include "linum/transforms/custom.h"

namespace linum::nn {
namespace {

using MaybeArray = std::optional<Array>;
using SoftmaxArgs = std::tuple<Array, MaybeArray, Axes>;

Array normalized_exp(const Array& x, const MaybeArray& where, const Axes& axes) {
  Array mask = where.value_or(Array());
  Array x_max = np::max(x, {.axis = axes, .keepdims = true, .initial = -INFINITY, .where = mask});
  Array x_safe = where ? np::where(mask, x, -INFINITY) : x;
  Array unnormalized = np::exp(x_safe - x_max);
  Array y = unnormalized / np::sum(unnormalized, {.axis = axes, .keepdims = true, .where = mask});
  return where ? np::where(mask, y, 0) : y;
}

Array compiled_softmax(const Array& x, const MaybeArray& where, const Axes& axes);

// Needs y alone of what was computed before.
std::pair<Array, Array> softmax_jvp(const SoftmaxArgs& primals, const SoftmaxArgs& tangents) {
  const auto& [x, where, axes] = primals;
  const Array& t = std::get<0>(tangents);
  Array y = compiled_softmax(x, where, axes);
  Array mean = np::sum(y * t, {.axis = axes, .keepdims = true, .where = where.value_or(Array())});
  return {y, y * (t - mean)};
}

Array compiled_softmax(const Array& x, const MaybeArray& where, const Axes& axes) {
  static const auto& f =
      *new auto(jit(custom_jvp(normalized_exp, softmax_jvp), {.name = "softmax"}));
  return f(x, where, axes);
}

// log|sum|, the sum and its sign.
struct LogSum {
  Array log, sign;
};

Array finite_max(const Array& x, const Axes& axes, bool keepdims, const Array& where) {
  Array top = np::max(np::real(x),
                      {.axis = axes, .keepdims = keepdims, .initial = -INFINITY, .where = where});
  return lax::stop_gradient(np::where(np::isfinite(top), top, 0));
}

LogSum log_sum(Array x, const LogSumExpOptions& o, bool with_sign) {
  Array b = o.b;
  if (o.where.defined()) x = np::where(o.where, x, 0);
  if (b.defined()) {
    std::tie(x, b) = np::promote_dtypes_inexact(x, b);
    x = np::where(b != 0, x, -INFINITY);
  } else {
    x = np::promote_dtypes_inexact(x);
  }
  Axes axes = o.axis.resolve(x.ndim(), "logsumexp");
  Array top = finite_max(x, axes, true, o.where);
  Array terms = lax::exp(x - np::astype(top, x.dtype()));
  if (b.defined()) terms = terms * b;
  Array sum = np::sum(terms, {.axis = axes, .keepdims = true, .where = o.where});
  Array sign = lax::sign(sum);
  if (with_sign || !is_complex(x.dtype())) sum = lax::abs(sum);
  Array log = lax::log(sum) + np::astype(top, sum.dtype());
  if (o.keepdims) return {log, sign};
  return {lax::squeeze(log, axes), lax::squeeze(sign, axes)};
}

}  // namespace

Array softmax(const Array& x, const np::AxisArg& axis, const Array& where) {
  Array values = np::promote_dtypes_inexact(x);
  Axes axes = axis.resolve(x.ndim(), "softmax");
  return compiled_softmax(values, where.defined() ? MaybeArray(where) : MaybeArray(), axes);
}

Array log_softmax(const Array& x, const np::AxisArg& axis, const Array& where) {
  Array values = np::promote_dtypes_inexact(x);
  Axes axes = axis.resolve(x.ndim(), "log_softmax");
  Array x_max =
      np::max(values, {.axis = axes, .keepdims = true, .initial = -INFINITY, .where = where});
  Array x_safe = where.defined() ? np::where(where, values, -INFINITY) : values;
  Array shifted = x_safe - lax::stop_gradient(x_max);
  Array sum = np::sum(np::exp(shifted), {.axis = axes, .keepdims = true, .where = where});
  Array y = shifted - np::log(sum);
  return where.defined() ? np::where(where, y, -INFINITY) : y;
}

Array logsumexp(const Array& x, const LogSumExpOptions& options) {
  LogSum out = log_sum(x, options, false);
  if (!options.b.defined() || is_complex(out.log.dtype())) return out.log;
  return np::where(out.sign < 0, NAN, out.log);
}

std::pair<Array, Array> logsumexp_and_sign(const Array& x, const LogSumExpOptions& options) {
  LogSum out = log_sum(x, options, true);
  return {out.log, out.sign};
}

Array logmeanexp(const Array& x, const LogMeanExpOptions& o) {
  Array sum = logsumexp(x, {.axis = o.axis, .keepdims = o.keepdims, .where = o.where});
  Array one = lax::full(x.shape(), 1.0, sum.dtype());
  Array count = np::sum(one, {.axis = o.axis, .keepdims = o.keepdims, .where = o.where});
  return sum - np::log(count);
}

}  // namespace linum::nn
