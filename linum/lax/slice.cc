// Parts of arrays, and arrays from parts: slice, pad, concatenate, rev.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {

namespace {

Shape with_front(std::int64_t first, Shape rest) {
  rest.insert(rest.begin(), first);
  return rest;
}

class Slice final : public Structural {
 public:
  Slice(Shape start, Shape limit, Shape strides)
      : start_(std::move(start)), limit_(std::move(limit)), strides_(std::move(strides)) {}
  std::string_view name() const override { return "slice"; }
  void params(ParamSink& sink) const override {
    sink("start_indices", start_);
    sink("limit_indices", limit_);
    sink("strides", strides_);
  }

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    check(operands[0].shape());
    Shape shape;
    for (std::size_t i = 0; i < start_.size(); ++i)
      shape.push_back((limit_[i] - start_[i] + strides_[i] - 1) / strides_[i]);
    return {operands[0].with_shape(std::move(shape))};
  }

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.slice", operands,
                  str_cat("start_indices = ", mlir_i64_array(start_), ", limit_indices = ",
                          mlir_i64_array(limit_), ", strides = ", mlir_i64_array(strides_)),
                  results[0])};
  }

 protected:
  Tangent pull_back(const Tangent& ct, const Aval& x) const override {
    std::vector<Padding> padding;
    for (std::size_t i = 0; i < start_.size(); ++i) {
      std::int64_t n = ct.shape()[i];
      std::int64_t end = n == 0 ? start_[i] : start_[i] + 1 + (n - 1) * strides_[i];
      padding.push_back({start_[i], x.shape()[i] - end, strides_[i] - 1});
    }
    return pad(ct, make_scalar(0.0, ct.dtype()), padding);
  }
  Array batch_front(const Array& x, std::int64_t size) const override {
    return slice(x, with_front(0, start_), with_front(size, limit_), with_front(1, strides_));
  }

 private:
  void check(const Shape& shape) const {
    std::size_t rank = shape.size();
    bool good = start_.size() == rank && limit_.size() == rank && strides_.size() == rank;
    for (std::size_t i = 0; good && i < rank; ++i)
      good = 0 <= start_[i] && start_[i] <= limit_[i] && limit_[i] <= shape[i] && strides_[i] > 0;
    if (good) return;
    throw ShapeError(str_cat("slice: start_indices ", to_text(start_), ", limit_indices ",
                             to_text(limit_), ", strides ", to_text(strides_),
                             " do not fit operand shape ", to_text(shape),
                             ": one entry per axis, 0 <= start <= limit <= size, stride >= 1."));
  }
  Shape start_, limit_, strides_;
};

// Operands: the array, and the scalar to pad with.
class Pad final : public Primitive {
 public:
  explicit Pad(std::vector<Padding> padding) : padding_(std::move(padding)) {}
  std::string_view name() const override { return "pad"; }
  void params(ParamSink& sink) const override {
    std::vector<std::int64_t> flat;
    for (const Padding& p : padding_) flat.insert(flat.end(), {p.low, p.high, p.interior});
    sink("padding_config", flat);
  }

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 2);
    const Aval &x = operands[0], &value = operands[1];
    check(x, value);
    Shape shape;
    for (std::size_t i = 0; i < padding_.size(); ++i) {
      const Padding& p = padding_[i];
      std::int64_t n = x.shape()[i];
      shape.push_back(p.low + p.high + n + (n > 0 ? (n - 1) * p.interior : 0));
      if (shape.back() >= 0) continue;
      throw ShapeError(str_cat("pad: axis ", i, " of size ", n, " becomes negative with low=",
                               p.low, ", high=", p.high, ", interior=", p.interior, "."));
    }
    return {Aval(x.dtype(), std::move(shape), x.weak() && value.weak())};
  }

  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    Array t = instantiate(tangents[0], primals[0].aval());
    Array tv = instantiate(tangents[1], primals[1].aval());
    return {{pad(primals[0], primals[1], padding_)}, {pad(t, tv, padding_)}};
  }

  // The operand's part is cut out again; what is left went into the padding.
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand> operands) const override {
    const Array& ct = cts[0];
    std::vector<Tangent> out(2);
    Array zero = make_scalar(0.0, ct.dtype());
    Array cut = unpad(pad(ct, zero, outward()));
    if (operands[0].is_linear()) out[0] = cut;
    if (operands[1].is_linear())
      out[1] = sub(reduce_sum(ct, iota_axes(ct.ndim())), reduce_sum(cut, iota_axes(cut.ndim())));
    return out;
  }

  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override;

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    std::vector<std::int64_t> low, high, interior;
    for (const Padding& p : padding_) {
      low.push_back(p.low);
      high.push_back(p.high);
      interior.push_back(p.interior);
    }
    return {e.op1("stablehlo.pad", operands,
                  str_cat("edge_padding_low = ", mlir_i64_array(low), ", edge_padding_high = ",
                          mlir_i64_array(high), ", interior_padding = ", mlir_i64_array(interior)),
                  results[0])};
  }

 private:
  void check(const Aval& x, const Aval& value) const {
    if (x.dtype() != value.dtype()) {
      throw DTypeError(str_cat("pad: the padding value must have the operand's dtype, got ",
                               name_of(value.dtype()), " for ", name_of(x.dtype()), "."));
    }
    if (value.rank() != 0) {
      throw ShapeError(str_cat("pad: the padding value must be a scalar, got shape ",
                               to_text(value.shape()), "."));
    }
    if (padding_.size() != x.shape().size()) {
      throw ShapeError(str_cat("pad: one (low, high, interior) per axis, got ", padding_.size(),
                               " for shape ", to_text(x.shape()), "."));
    }
    for (const Padding& p : padding_) {
      if (p.interior < 0)
        throw ShapeError(
            str_cat("pad: interior padding must not be negative, got ", p.interior, "."));
    }
  }
  // Undoes the edges, not the interior.
  std::vector<Padding> outward() const {
    std::vector<Padding> out;
    for (const Padding& p : padding_) out.push_back({-p.low, -p.high, 0});
    return out;
  }
  Array unpad(const Array& x) const {
    Shape strides;
    for (const Padding& p : padding_) strides.push_back(p.interior + 1);
    return slice(x, Shape(padding_.size(), 0), x.shape(), strides);
  }
  std::vector<Padding> padding_;
};

// With a padding value for each example: pads a mask too, and chooses by it.
Batched Pad::batch(const BatchAxis& axis, std::span<const Array> operands,
                   std::span<const std::int64_t> dims) const {
  Array x = move_batch_axis(operands[0], axis.size, dims[0], 0);
  std::vector<Padding> padding = padding_;
  padding.insert(padding.begin(), Padding{0, 0, 0});
  if (dims[1] == kNotBatched) return {{pad(x, operands[1], padding)}, {0}};
  Array padded = pad(x, make_scalar(0.0, x.dtype()), padding);
  Array outside = pad(full(x.shape(), false), true, padding);
  return {{select(outside, broadcast_in_dim(operands[1], padded.shape(), {0}), padded)}, {0}};
}

class Concatenate final : public Primitive {
 public:
  explicit Concatenate(std::int64_t dimension) : dimension_(dimension) {}
  std::string_view name() const override { return "concatenate"; }
  void params(ParamSink& sink) const override { sink("dimension", dimension_); }

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    const Aval& first = operands[0];
    Shape shape = first.shape();
    bool weak = first.weak();
    for (const Aval& x : operands.subspan(1)) {
      check_fits(first, x);
      shape[static_cast<std::size_t>(dimension_)] += x.dim(dimension_);
      weak = weak && x.weak();
    }
    return {Aval(first.dtype(), std::move(shape), weak)};
  }

  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    std::vector<Array> along;
    for (std::size_t i = 0; i < primals.size(); ++i)
      along.push_back(instantiate(tangents[i], primals[i].aval()));
    return {{concatenate(primals, dimension_)}, {concatenate(along, dimension_)}};
  }

  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand> operands) const override {
    std::vector<Tangent> out;
    auto axis = static_cast<std::size_t>(dimension_);
    Shape start(cts[0].shape().size(), 0), limit = cts[0].shape();
    for (const Operand& x : operands) {
      limit[axis] = start[axis] + x.aval.dim(dimension_);
      out.push_back(x.is_linear() ? slice(cts[0], start, limit) : Tangent());
      start[axis] = limit[axis];
    }
    return out;
  }

  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    std::vector<Array> moved;
    for (std::size_t i = 0; i < operands.size(); ++i)
      moved.push_back(move_batch_axis(operands[i], axis.size, dims[i], 0));
    return {{concatenate(moved, dimension_ + 1)}, {0}};
  }

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.concatenate", operands, str_cat("dimension = ", dimension_, " : i64"),
                  results[0])};
  }

 private:
  void check_fits(const Aval& first, const Aval& x) const {
    if (x.dtype() != first.dtype()) {
      throw DTypeError(str_cat("concatenate requires operands of one dtype, got ",
                               name_of(first.dtype()), " and ", name_of(x.dtype()),
                               ". (Tip: linum::np::concatenate promotes.)"));
    }
    if (x.rank() == first.rank() &&
        without_axes(x.shape(), {dimension_}) == without_axes(first.shape(), {dimension_}))
      return;
    throw ShapeError(str_cat("concatenate: shapes may differ only along axis ", dimension_,
                             ", got ", to_text(first.shape()), " and ", to_text(x.shape()), "."));
  }
  std::int64_t dimension_;
};

class Rev final : public Structural {
 public:
  explicit Rev(Axes dimensions) : dimensions_(std::move(dimensions)) {}
  std::string_view name() const override { return "rev"; }
  void params(ParamSink& sink) const override { sink("dimensions", dimensions_); }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    return {operands[0]};
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.reverse", operands,
                  str_cat("dimensions = ", mlir_i64_array(dimensions_)), results[0])};
  }

 protected:
  Tangent pull_back(const Tangent& ct, const Aval&) const override { return again(ct); }
  Array batch_front(const Array& x, std::int64_t) const override {
    Axes dimensions;
    for (std::int64_t axis : dimensions_) dimensions.push_back(axis + 1);
    return rev(x, dimensions);
  }

 private:
  Axes dimensions_;
};

}  // namespace

Array slice(const Array& x, const Shape& start, const Shape& limit, const Shape& strides) {
  Shape steps = strides.empty() ? Shape(start.size(), 1) : strides;
  bool whole =
      limit == x.shape() && start == Shape(limit.size(), 0) && steps == Shape(limit.size(), 1);
  return whole ? x : bind1<Slice>({x}, start, limit, std::move(steps));
}

Array pad(const Array& x, const Array& value, const std::vector<Padding>& padding) {
  bool nothing = padding.size() == x.shape().size();
  for (const Padding& p : padding) nothing = nothing && !p.low && !p.high && !p.interior;
  if (nothing) return x;
  auto [a, v] = match_dtypes(x, value);
  return bind1<Pad>({a, v}, padding);
}

Array concatenate(std::span<const Array> operands, std::int64_t dimension) {
  if (operands.empty()) throw ShapeError("concatenate requires at least one operand.");
  if (operands[0].ndim() == 0) {
    throw ShapeError("concatenate: scalars have no axis to join along. (Tip: lax::stack.)");
  }
  dimension = normalize_axis(dimension, operands[0].ndim(), "concatenate");
  if (operands.size() == 1) return operands[0];
  return bind1(Ref<const Primitive>(new Concatenate(dimension)), operands);
}

Array rev(const Array& x, const Axes& dimensions) {
  if (dimensions.empty()) return x;
  return bind1<Rev>({x}, normalize_axes(dimensions, x.ndim(), "rev"));
}

}  // namespace linum::lax
