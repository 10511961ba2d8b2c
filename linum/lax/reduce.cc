// Reductions by a fixed operation: sum, max, min, prod, and, or, xor.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/limits.h"
#include "linum/lax/structure.h"

namespace linum::lax {

namespace {

class Reduction : public Primitive {
 public:
  explicit Reduction(Axes axes) : axes_(std::move(axes)) {}
  void params(ParamSink& sink) const override { sink("axes", axes_); }

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    const Aval& x = operands[0];
    if (!accepts().test(x.dtype())) refuse_dtype(*this, x, accepts().words);
    return {x.with_shape(without_axes(x.shape(), axes_))};
  }

  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    refuse_transpose(*this);
  }

  Batched batch(const BatchAxis&, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    Axes axes;
    std::int64_t dim = dims[0], before = 0;
    for (std::int64_t axis : axes_) {
      axes.push_back(axis < dim ? axis : axis + 1);
      before += axis < dim;
    }
    return {{again(operands[0], axes)}, {dim - before}};
  }

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    Aval scalar(results[0].dtype(), {});
    const Ssa inputs[] = {operands[0], e.literal(identity(scalar.dtype()))};
    Emitter::Region body{{scalar, scalar}, [&](Emitter& inner, std::span<const Ssa> pair) {
                           return combine(inner, pair, scalar);
                         }};
    return e.op_with_regions("stablehlo.reduce", inputs,
                             str_cat("dimensions = ", mlir_i64_array(axes_)), {&body, 1}, results);
  }

 protected:
  virtual const Accepts& accepts() const = 0;
  virtual std::string_view stablehlo() const = 0;
  virtual Array identity(DType) const = 0;
  // The same reduction over other axes.
  virtual Array again(const Array& x, const Axes& axes) const = 0;
  virtual std::vector<Ssa> combine(Emitter& e, std::span<const Ssa> pair,
                                   const Aval& scalar) const {
    return {e.elementwise(stablehlo(), pair, scalar)};
  }

  // A reduced array, stretched over the axes it lost.
  Array spread(const Array& reduced, const Shape& shape) const {
    Axes kept;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(shape.size()); ++i)
      if (!contains(axes_, i)) kept.push_back(i);
    return broadcast_in_dim(reduced, shape, kept);
  }

  Axes axes_;
};

class ReduceSum final : public Reduction {
 public:
  using Reduction::Reduction;
  std::string_view name() const override { return "reduce_sum"; }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    return {{again(primals[0], axes_)}, {again(tangents[0], axes_)}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand> operands) const override {
    return {spread(cts[0], operands[0].aval.shape())};
  }

 protected:
  const Accepts& accepts() const override { return kNumber; }
  std::string_view stablehlo() const override { return "add"; }
  Array identity(DType d) const override { return make_scalar(0.0, d); }
  Array again(const Array& x, const Axes& axes) const override { return reduce_sum(x, axes); }
};

// max and min: elements that tie for the result share its tangent equally.
template <class Self>
class ReduceChooser : public Reduction {
 public:
  using Reduction::Reduction;
  std::string_view name() const override { return Self::kName; }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    const Array &x = primals[0], &t = tangents[0];
    Array chosen = again(x, axes_);
    Array chosen_here = eq(x, spread(chosen, x.shape()));
    Array where = convert_element_type(chosen_here, t.dtype());
    Array count = reduce_sum(where, axes_);
    return {{chosen}, {div(reduce_sum(mul(t, where), axes_), count)}};
  }

 protected:
  const Accepts& accepts() const override { return kAnyDType; }
  std::string_view stablehlo() const override { return Self::kOp; }
  Array identity(DType d) const override { return Self::start(d); }
  Array again(const Array& x, const Axes& axes) const override { return Self::reduce(x, axes); }
  std::vector<Ssa> combine(Emitter& e, std::span<const Ssa> pair,
                           const Aval& scalar) const override {
    if (!is_complex(scalar.dtype())) return Reduction::combine(e, pair, scalar);
    auto f = [](std::span<const Array> x) { return std::vector{Self::choose(x[0], x[1])}; };
    return lower_composed(e, f, pair);
  }
};

struct ReduceMax final : ReduceChooser<ReduceMax> {
  using ReduceChooser::ReduceChooser;
  static constexpr std::string_view kName = "reduce_max", kOp = "maximum";
  static Array start(DType d) { return lowest(d); }
  static Array reduce(const Array& x, const Axes& axes) { return reduce_max(x, axes); }
  static Array choose(const Array& x, const Array& y) { return max(x, y); }
};

struct ReduceMin final : ReduceChooser<ReduceMin> {
  using ReduceChooser::ReduceChooser;
  static constexpr std::string_view kName = "reduce_min", kOp = "minimum";
  static Array start(DType d) { return highest(d); }
  static Array reduce(const Array& x, const Axes& axes) { return reduce_min(x, axes); }
  static Array choose(const Array& x, const Array& y) { return min(x, y); }
};

class ReduceProd final : public Reduction {
 public:
  using Reduction::Reduction;
  std::string_view name() const override { return "reduce_prod"; }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override;

 protected:
  const Accepts& accepts() const override { return kNumber; }
  std::string_view stablehlo() const override { return "multiply"; }
  Array identity(DType d) const override { return make_scalar(1.0, d); }
  Array again(const Array& x, const Axes& axes) const override { return reduce_prod(x, axes); }
};

// The reduced axes as one, in front.
Array gather_in_front(const Array& x, const Axes& axes) {
  Axes permutation = axes;
  Shape shape{1};
  for (std::int64_t axis : axes) shape[0] *= x.shape(axis);
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    if (contains(axes, i)) continue;
    permutation.push_back(i);
    shape.push_back(x.shape(i));
  }
  return reshape(transpose(x, permutation), shape);
}

Array rows(const Array& x, std::int64_t from, std::int64_t to) {
  Shape start(x.shape().size(), 0), limit = x.shape();
  start[0] = from;
  limit[0] = to;
  return slice(x, start, limit);
}

// Multiplies the front halves with the back halves until one row is left: no division, so factors
// of zero are no trouble.
JvpResult ReduceProd::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  Array x = gather_in_front(primals[0], axes_), t = gather_in_front(tangents[0], axes_);
  Array product = again(primals[0], axes_);
  if (x.shape(0) == 0) return {{product}, {Tangent()}};
  while (x.shape(0) > 1) {
    std::int64_t n = x.shape(0), half = n / 2;
    Array x0 = rows(x, 0, half), x1 = rows(x, half, 2 * half);
    Array t0 = rows(t, 0, half), t1 = rows(t, half, 2 * half);
    Array xs = mul(x0, x1), ts = add(mul(t0, x1), mul(x0, t1));
    bool odd = n % 2;
    x = odd ? concatenate({xs, rows(x, n - 1, n)}, 0) : xs;
    t = odd ? concatenate({ts, rows(t, n - 1, n)}, 0) : ts;
  }
  return {{product}, {reshape(t, product.shape())}};
}

// and, or, xor of bool and integers.
template <class Self>
class ReduceBits : public Reduction {
 public:
  using Reduction::Reduction;
  std::string_view name() const override { return Self::kName; }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent>) const override {
    return {{again(primals[0], axes_)}, {Tangent()}};
  }

 protected:
  const Accepts& accepts() const override { return kBits; }
  std::string_view stablehlo() const override { return Self::kOp; }
  Array identity(DType d) const override { return make_integer_scalar(Self::kIdentity, d); }
  Array again(const Array& x, const Axes& axes) const override { return Self::reduce(x, axes); }
};

struct ReduceAnd final : ReduceBits<ReduceAnd> {
  using ReduceBits::ReduceBits;
  static constexpr std::string_view kName = "reduce_and", kOp = "and";
  static constexpr int kIdentity = -1;
  static Array reduce(const Array& x, const Axes& axes) { return reduce_and(x, axes); }
};
struct ReduceOr final : ReduceBits<ReduceOr> {
  using ReduceBits::ReduceBits;
  static constexpr std::string_view kName = "reduce_or", kOp = "or";
  static constexpr int kIdentity = 0;
  static Array reduce(const Array& x, const Axes& axes) { return reduce_or(x, axes); }
};
struct ReduceXor final : ReduceBits<ReduceXor> {
  using ReduceBits::ReduceBits;
  static constexpr std::string_view kName = "reduce_xor", kOp = "xor";
  static constexpr int kIdentity = 0;
  static Array reduce(const Array& x, const Axes& axes) { return reduce_xor(x, axes); }
};

template <class R>
Array reduce_with(const Array& x, const Axes& axes, std::string_view what) {
  return bind1<R>({x}, normalize_axes(axes, x.ndim(), what));
}

}  // namespace

Array reduce_sum(const Array& x, const Axes& axes) {
  return axes.empty() && !is_bool(x.dtype()) ? x : reduce_with<ReduceSum>(x, axes, "reduce_sum");
}
Array reduce_max(const Array& x, const Axes& axes) {
  return reduce_with<ReduceMax>(x, axes, "reduce_max");
}
Array reduce_min(const Array& x, const Axes& axes) {
  return reduce_with<ReduceMin>(x, axes, "reduce_min");
}
Array reduce_prod(const Array& x, const Axes& axes) {
  return reduce_with<ReduceProd>(x, axes, "reduce_prod");
}
Array reduce_and(const Array& x, const Axes& axes) {
  return reduce_with<ReduceAnd>(x, axes, "reduce_and");
}
Array reduce_or(const Array& x, const Axes& axes) {
  return reduce_with<ReduceOr>(x, axes, "reduce_or");
}
Array reduce_xor(const Array& x, const Axes& axes) {
  return reduce_with<ReduceXor>(x, axes, "reduce_xor");
}

}  // namespace linum::lax
