#include "linum/lax/sort.h"

#include <limits>

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/gather_scatter.h"
#include "linum/lax/index_checks.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

// One value for both zeros and one for all NaN: the total order of the comparison tells them apart.
Array canonical_float(const Array& x) {
  const Array zero = make_scalar(0.0, x.dtype());
  const Array nan = make_scalar(std::numeric_limits<double>::quiet_NaN(), x.dtype());
  return select(ne(x, x), nan, select(eq(x, zero), zero, x));
}

// What a key compares by, most significant first.
std::vector<Array> comparison_keys(std::span<const Array> x) {
  if (is_complex(x[0].dtype())) return {canonical_float(real(x[0])), canonical_float(imag(x[0]))};
  if (is_floating(x[0].dtype())) return {canonical_float(x[0])};
  return {x[0]};
}

Ssa compare(Emitter& emitter, std::string_view direction, const Ssa& x, const Ssa& y) {
  const std::string_view type =
      is_floating(x.aval.dtype()) ? ", compare_type = #stablehlo<comparison_type TOTALORDER>" : "";
  return emitter.op1(
      "stablehlo.compare", {x, y},
      str_cat("comparison_direction = #stablehlo<comparison_direction ", direction, ">", type),
      Aval(DType::Bool, {}));
}

// Whether the first of each pair sorts before the second; `args` holds x, y of each operand.
std::vector<Ssa> less(Emitter& emitter, std::span<const Ssa> args, std::int64_t num_keys) {
  std::vector<Ssa> x, y;
  for (std::size_t i = 0; i < 2 * static_cast<std::size_t>(num_keys); ++i) {
    auto& side = i % 2 == 0 ? x : y;
    for (const Ssa& key : lower_composed(emitter, comparison_keys, args.subspan(i, 1))) {
      side.push_back(key);
    }
  }
  const Aval flag(DType::Bool, {});
  Ssa before = compare(emitter, "LT", x.back(), y.back());
  for (std::size_t i = x.size() - 1; i-- > 0;) {
    const Ssa tie[] = {compare(emitter, "EQ", x[i], y[i]), before};
    const Ssa either[] = {compare(emitter, "LT", x[i], y[i]),
                          emitter.elementwise("and", tie, flag)};
    before = emitter.elementwise("or", either, flag);
  }
  return {before};
}

// Gathers from x along `axis` at `indices`, element by element.
Array take_along(const Array& x, const Array& indices, std::int64_t axis) {
  const Axes others = without_axes(iota_axes(x.ndim()), {axis});
  return gather(x, expand_dims(indices, {indices.ndim()}), {{}, {axis}, {axis}, others, others},
                Shape(x.shape().size(), 1));
}

class Sort final : public Primitive {
 public:
  Sort(std::int64_t dimension, bool is_stable, std::int64_t num_keys)
      : dimension_(dimension), is_stable_(is_stable), num_keys_(num_keys) {}
  std::string_view name() const override { return "sort"; }
  void params(ParamSink& sink) const override {
    sink("dimension", dimension_);
    sink("is_stable", is_stable_);
    sink("num_keys", num_keys_);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    return refuse_transpose(*this);
  }
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  const std::int64_t dimension_;
  const bool is_stable_;
  const std::int64_t num_keys_;
};

std::vector<Array> bind_sort(std::span<const Array> operands, std::int64_t dimension,
                             bool is_stable, std::int64_t num_keys) {
  return linum::bind(make_ref<const Sort>(dimension, is_stable, num_keys), operands);
}

std::vector<Aval> Sort::infer(std::span<const Aval> operands) const {
  if (num_keys_ < 1 || static_cast<std::size_t>(num_keys_) > operands.size()) {
    throw ValueError(
        str_cat("sort: num_keys must be in [1, ", operands.size(), "], got ", num_keys_));
  }
  for (const Aval& operand : operands) {
    if (operand.shape() != operands[0].shape()) {
      throw ShapeError(str_cat("sort needs operands of one shape, got ",
                               to_text(operands[0].shape()), " and ", to_text(operand.shape())));
    }
  }
  return {operands.begin(), operands.end()};
}

// Sorts the positions along, then reads the tangents there.
JvpResult Sort::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const Shape& shape = x[0].shape();
  std::vector<Array> operands(x.begin(), x.end());
  operands.push_back(broadcasted_iota(index_dtype_for(shape, false), shape, dimension_));
  std::vector<Array> sorted = bind_sort(operands, dimension_, is_stable_, num_keys_);
  const Array positions = sorted.back();
  sorted.pop_back();
  std::vector<Tangent> tangents;
  for (const Tangent& tangent : t) {
    tangents.push_back(tangent.defined() ? take_along(tangent, positions, dimension_) : Tangent());
  }
  return {std::move(sorted), std::move(tangents)};
}

Batched Sort::batch(const BatchAxis& axis, std::span<const Array> x,
                    std::span<const std::int64_t> dims) const {
  std::vector<Array> operands;
  for (std::size_t i = 0; i < x.size(); ++i) {
    operands.push_back(move_batch_axis(x[i], axis.size, dims[i], 0));
  }
  return {bind_sort(operands, dimension_ + 1, is_stable_, num_keys_),
          std::vector<std::int64_t>(x.size(), 0)};
}

std::vector<Ssa> Sort::lower(Emitter& emitter, std::span<const Ssa> operands,
                             std::span<const Aval> results) const {
  Emitter::Region comparator;
  for (const Aval& result : results) {
    comparator.arguments.insert(comparator.arguments.end(), 2, Aval(result.dtype(), {}));
  }
  comparator.body = [this](Emitter& inner, std::span<const Ssa> args) {
    return less(inner, args, num_keys_);
  };
  return emitter.op_with_regions(
      "stablehlo.sort", operands,
      str_cat("dimension = ", dimension_, " : i64, is_stable = ", is_stable_ ? "true" : "false"),
      {&comparator, 1}, results);
}

class TopK final : public Primitive {
 public:
  TopK(std::int64_t k, std::int64_t axis) : k_(k), axis_(axis) {}
  std::string_view name() const override { return "top_k"; }
  void params(ParamSink& sink) const override {
    sink("k", k_);
    sink("axis", axis_);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    return refuse_transpose(*this);
  }
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  const std::int64_t k_, axis_;
};

std::vector<Array> bind_top_k(const Array& x, std::int64_t k, std::int64_t axis) {
  return linum::bind(make_ref<const TopK>(k, axis), std::span<const Array>(&x, 1));
}

std::vector<Aval> TopK::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 1);
  const Aval& x = operands[0];
  if (!kOrdered.test(x.dtype())) refuse_dtype(*this, x, kOrdered.words);
  if (k_ < 0 || k_ > x.dim(axis_)) {
    throw ValueError(str_cat("top_k: k must be in [0, ", x.dim(axis_), "] for shape ",
                             to_text(x.shape()), " and axis ", axis_, ", got ", k_));
  }
  Shape shape = x.shape();
  shape[static_cast<std::size_t>(axis_)] = k_;
  return {x.with_shape(shape), Aval(DType::I32, shape)};
}

JvpResult TopK::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  std::vector<Array> out = bind_top_k(x[0], k_, axis_);
  const Tangent tangent = t[0].defined() ? take_along(t[0], out[1], axis_) : Tangent();
  return {std::move(out), {tangent, {}}};
}

Batched TopK::batch(const BatchAxis&, std::span<const Array> x,
                    std::span<const std::int64_t> dims) const {
  return {bind_top_k(x[0], k_, axis_ < dims[0] ? axis_ : axis_ + 1), {dims[0], dims[0]}};
}

std::vector<Ssa> TopK::lower(Emitter& emitter, std::span<const Ssa> operands,
                             std::span<const Aval> results) const {
  const std::int64_t last = operands[0].aval.rank() - 1;
  const std::string attributes = str_cat("k = ", k_, " : i64");
  if (axis_ == last) return emitter.op("chlo.top_k", operands, attributes, results);
  Axes order = iota_axes(last + 1);
  std::swap(order[static_cast<std::size_t>(axis_)], order[static_cast<std::size_t>(last)]);
  const auto swap_axes = [&order](std::span<const Array> xs) {
    std::vector<Array> out;
    for (const Array& x : xs) out.push_back(lax::transpose(x, order));
    return out;
  };
  std::vector<Aval> avals;
  for (const Aval& result : results) {
    Shape shape = result.shape();
    std::swap(shape[static_cast<std::size_t>(axis_)], shape[static_cast<std::size_t>(last)]);
    avals.push_back(result.with_shape(std::move(shape)));
  }
  return lower_composed(
      emitter, swap_axes,
      emitter.op("chlo.top_k", lower_composed(emitter, swap_axes, operands), attributes, avals));
}

}  // namespace

Array sort(const Array& operand, std::int64_t dimension, bool is_stable) {
  return bind_sort({&operand, 1}, normalize_axis(dimension, operand.ndim(), "sort"), is_stable,
                   1)[0];
}

std::vector<Array> sort(std::span<const Array> operands, std::int64_t dimension, bool is_stable,
                        std::int64_t num_keys) {
  if (operands.empty()) throw ValueError("sort needs at least one operand");
  return bind_sort(operands, normalize_axis(dimension, operands[0].ndim(), "sort"), is_stable,
                   num_keys);
}

std::pair<Array, Array> sort_key_val(const Array& keys, const Array& values, std::int64_t dimension,
                                     bool is_stable) {
  const Array operands[] = {keys, values};
  const auto out =
      bind_sort(operands, normalize_axis(dimension, keys.ndim(), "sort_key_val"), is_stable, 1);
  return {out[0], out[1]};
}

std::pair<Array, Array> top_k(const Array& operand, std::int64_t k, std::int64_t axis) {
  const auto out = bind_top_k(operand, k, normalize_axis(axis, operand.ndim(), "top_k"));
  return {out[0], out[1]};
}

}  // namespace linum::lax
