#include "linum/np/promote.h"

#include "linum/base/log.h"
#include "linum/core/settings.h"
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/structure.h"

namespace linum::np {

Array strong(const Array& x) { return lax::convert_element_type(x, x.dtype()); }

// --- dtypes -----------------------------------------------------------------------------------

static Promoted own_type(const Array& x) { return {x.dtype(), x.weak()}; }
static Array as_type(const Array& x, Promoted to) {
  return lax::convert_element_type(x, to.dtype, to.weak);
}
// Strict promotion: the only dtypes that change are those of C++ numbers, to more general ones.
static Promoted strictly(Promoted x, Promoted y, Promoted joint) {
  auto keeps = [&](Promoted own) { return own.dtype == joint.dtype || own.weak; };
  if (keeps(x) && keeps(y)) return joint;
  throw DTypeError(str_cat("dtypes ", x.dtype, " and ", y.dtype,
                           " do not promote while numpy_dtype_promotion is 'strict'; convert one "
                           "of them with astype"));
}
static Promoted joint_type(Promoted x, Promoted y) {
  const Promoted joint = promote(x.dtype, x.weak, y.dtype, y.weak);
  const bool strict = trace_settings().dtype_promotion == DTypePromotion::Strict;
  return strict ? strictly(x, y, joint) : joint;
}
static Promoted joint_type(const Array& x, const Array& y) {
  return joint_type(own_type(x), own_type(y));
}
static Promoted numeric(Promoted p) { return is_bool(p.dtype) ? Promoted{DType::I32, p.weak} : p; }
static Promoted inexact_type(Promoted p) { return {to_inexact(p.dtype), p.weak}; }

Promoted promoted_type(std::span<const Array> args) {
  if (args.empty()) throw ValueError("type promotion needs at least one array");
  Promoted p = own_type(args[0]);
  for (const Array& x : args.subspan(1)) p = joint_type(p, own_type(x));
  return p;
}

static std::vector<Array> all_as(std::span<const Array> args, Promoted to) {
  std::vector<Array> out;
  out.reserve(args.size());
  for (const Array& x : args) out.push_back(as_type(x, to));
  return out;
}
static ArrayPair both_as(const Array& x, const Array& y, Promoted to) {
  return {as_type(x, to), as_type(y, to)};
}

std::vector<Array> promote_dtypes(std::span<const Array> args) {
  return all_as(args, promoted_type(args));
}
ArrayPair promote_dtypes(const Array& x, const Array& y) { return both_as(x, y, joint_type(x, y)); }
Array promote_dtypes_numeric(const Array& x) { return as_type(x, numeric(own_type(x))); }
ArrayPair promote_dtypes_numeric(const Array& x, const Array& y) {
  return both_as(x, y, numeric(joint_type(x, y)));
}
Array promote_dtypes_inexact(const Array& x) { return as_type(x, inexact_type(own_type(x))); }
ArrayPair promote_dtypes_inexact(const Array& x, const Array& y) {
  return both_as(x, y, inexact_type(joint_type(x, y)));
}
std::vector<Array> promote_dtypes_inexact(std::span<const Array> args) {
  return all_as(args, inexact_type(promoted_type(args)));
}
Array promote_dtypes_complex(const Array& x) {
  return as_type(x, {complex_of(to_inexact(x.dtype())), x.weak()});
}

// --- shapes -----------------------------------------------------------------------------------

// Size-1 axes that repeat are dropped, then all missing axes are made at once.
static Array broadcast_operand(const Array& x, const Shape& shape) {
  if (x.ndim() == 0 || x.shape() == shape) return x;
  const std::int64_t lead = static_cast<std::int64_t>(shape.size()) - x.ndim();
  Axes repeated, kept;
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    const bool repeats = x.shape(i) == 1 && shape[static_cast<std::size_t>(lead + i)] != 1;
    if (repeats) {
      repeated.push_back(i);
    } else {
      kept.push_back(lead + i);
    }
  }
  return lax::broadcast_in_dim(repeated.empty() ? x : lax::squeeze(x, repeated), shape, kept);
}

// By the setting of NumpyRankPromotion.
static void check_ranks(std::string_view what, const Array& x, const Array& y) {
  const RankPromotion mode = trace_settings().rank_promotion;
  if (mode == RankPromotion::Allow || x.ndim() == y.ndim()) return;
  const std::string message = str_cat(what, ": operands of shapes ", x.shape(), " and ", y.shape(),
                                      " differ in rank; give both the same with expand_dims");
  if (mode == RankPromotion::Raise) throw ShapeError(message);
  log_warning(message);
}

ArrayPair promote_shapes(std::string_view what, const Array& x, const Array& y) {
  if (x.shape() == y.shape() || x.ndim() == 0 || y.ndim() == 0) return {x, y};
  check_ranks(what, x, y);
  const Shape shape = linum::broadcast_shapes(x.shape(), y.shape(), what);
  return {broadcast_operand(x, shape), broadcast_operand(y, shape)};
}

static ArrayPair in_one_shape(std::string_view what, const ArrayPair& pair) {
  return promote_shapes(what, pair.first, pair.second);
}
ArrayPair promote_args(std::string_view what, const Array& x, const Array& y) {
  return in_one_shape(what, promote_dtypes(x, y));
}
ArrayPair promote_args_numeric(std::string_view what, const Array& x, const Array& y) {
  return in_one_shape(what, promote_dtypes_numeric(x, y));
}
ArrayPair promote_args_inexact(std::string_view what, const Array& x, const Array& y) {
  return in_one_shape(what, promote_dtypes_inexact(x, y));
}

Array constant_like(const Array& x, double number) {
  return make_scalar(number, x.dtype(), x.weak());
}

}  // namespace linum::np
