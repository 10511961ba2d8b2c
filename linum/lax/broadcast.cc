// Making arrays from less: broadcasts, constants, counting.
#include <cstring>

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/memory.h"
#include "linum/lax/structure.h"

namespace linum::lax {

namespace {

constexpr std::size_t kFilledOnHost = 1 << 20;  // bytes; of more, a program is quicker

using Results = std::optional<std::vector<Array>>;

Array on_default_device(HostArray host, bool weak = false) {
  runtime::Device& device = runtime::default_device();
  return Array::from_buffer(device.client().to_device(std::move(host), device), weak);
}

// What is small takes no compiler.
bool is_small(const Aval& aval) {
  return static_cast<std::size_t>(aval.size()) * item_size(aval.dtype()) <= kFilledOnHost;
}

HostArray filled(const Shape& shape, const HostArray& number) {
  HostArray out(number.dtype(), shape);
  for (std::byte* at = out.data(); at != out.data() + out.byte_size(); at += number.byte_size())
    std::memcpy(at, number.data(), number.byte_size());
  return out;
}

// 0, 1, 2, ... along an axis.
HostArray counted(DType dtype, const Shape& shape, std::int64_t axis) {
  HostArray out(dtype, shape);
  const std::int64_t extent = shape[static_cast<std::size_t>(axis)];
  const std::int64_t inner = row_major_strides(shape)[static_cast<std::size_t>(axis)];
  for (std::int64_t i = 0; i < out.size(); ++i)
    out.set_number(i, static_cast<double>(i / inner % extent));
  return out;
}

class BroadcastInDim final : public Structural {
 public:
  BroadcastInDim(Shape shape, Axes dimensions)
      : shape_(std::move(shape)), dimensions_(std::move(dimensions)) {}
  std::string_view name() const override { return "broadcast_in_dim"; }
  void params(ParamSink& sink) const override {
    sink("shape", shape_);
    sink("broadcast_dimensions", dimensions_);
  }

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    const Aval& x = operands[0];
    if (x.rank() != static_cast<std::int64_t>(dimensions_.size())) {
      throw ShapeError(
          str_cat("broadcast_in_dim needs one broadcast dimension for each axis of the "
                  "operand; got operand shape ",
                  to_text(x.shape()), " and broadcast_dimensions ", to_text(dimensions_), "."));
    }
    for (std::size_t i = 0; i < dimensions_.size(); ++i) check_dimension(x, i);
    return {x.with_shape(shape_)};
  }

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.broadcast_in_dim", operands,
                  str_cat("broadcast_dimensions = ", mlir_i64_array(dimensions_)), results[0])};
  }

  Results run(std::span<const Array> operands) const override {
    const ScalarValue* number = as_scalar(operands[0]);
    if (!number) return {};
    const Aval out = infer({{number->aval()}})[0];
    if (!is_small(out)) return {};
    return {{on_default_device(filled(shape_, scalar_to_host(*number)), out.weak())}};
  }

 protected:
  // Sums over the new axes and over the stretched ones, which stay as ones.
  Tangent pull_back(const Tangent& ct, const Aval& x) const override {
    Axes summed, stretched, kept;
    for (std::size_t i = 0; i < dimensions_.size(); ++i) {
      bool one = x.shape()[i] == 1 && shape_[static_cast<std::size_t>(dimensions_[i])] != 1;
      if (one) stretched.push_back(static_cast<std::int64_t>(i));
      if (!one) kept.push_back(dimensions_[i]);
    }
    for (std::size_t i = 0; i < shape_.size(); ++i)
      if (!contains(kept, static_cast<std::int64_t>(i)))
        summed.push_back(static_cast<std::int64_t>(i));
    return expand_dims(reduce_sum(ct, summed), stretched);
  }

  Array batch_front(const Array& x, std::int64_t size) const override {
    Shape shape = shape_;
    shape.insert(shape.begin(), size);
    Axes dimensions{0};
    for (std::int64_t d : dimensions_) dimensions.push_back(d + 1);
    return broadcast_in_dim(x, shape, dimensions);
  }

 private:
  void check_dimension(const Aval& x, std::size_t i) const {
    std::int64_t d = dimensions_[i], rank = static_cast<std::int64_t>(shape_.size());
    bool increasing = i == 0 || dimensions_[i - 1] < d;
    if (d < 0 || d >= rank || !increasing) {
      throw ShapeError(
          str_cat("broadcast_in_dim: broadcast_dimensions must be strictly increasing "
                  "axes of the result; got ",
                  to_text(dimensions_), " for shape ", to_text(shape_), "."));
    }
    if (x.shape()[i] != 1 && x.shape()[i] != shape_[static_cast<std::size_t>(d)]) {
      throw ShapeError(
          str_cat("broadcast_in_dim: operand axes must be 1 or equal to the axes they "
                  "become; got operand shape ",
                  to_text(x.shape()), ", shape ", to_text(shape_), ", broadcast_dimensions ",
                  to_text(dimensions_), "."));
    }
  }

  Shape shape_;
  Axes dimensions_;
};

// No operands, so nothing to differentiate or batch.
class Iota final : public Primitive {
 public:
  Iota(DType dtype, Shape shape, std::int64_t dimension)
      : dtype_(dtype), shape_(std::move(shape)), dimension_(dimension) {}
  std::string_view name() const override { return "iota"; }
  void params(ParamSink& sink) const override {
    sink("dtype", dtype_);
    sink("shape", shape_);
    sink("dimension", dimension_);
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 0);
    Aval out(dtype_, shape_);
    if (is_bool(dtype_)) refuse_dtype(*this, out, kNumber.words);
    return {out};
  }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent>) const override {
    return {linum::bind(Ref<const Primitive>(this), primals), {Tangent()}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    return {};
  }
  Batched batch(const BatchAxis&, std::span<const Array> operands,
                std::span<const std::int64_t>) const override {
    return {linum::bind(Ref<const Primitive>(this), operands), {kNotBatched}};
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.iota", operands, str_cat("iota_dimension = ", dimension_, " : i64"),
                  results[0])};
  }

  Results run(std::span<const Array>) const override {
    const Aval out = infer({})[0];
    // What lies beyond the end of a narrow type is the compiler's to say.
    if (!is_small(out) || is_complex(dtype_) || item_size(dtype_) < 4) return {};
    return {{on_default_device(counted(dtype_, shape_, dimension_))}};
  }

 private:
  DType dtype_;
  Shape shape_;
  std::int64_t dimension_;
};

void check_sizes(const Shape& shape, std::string_view what) {
  for (std::int64_t n : shape)
    if (n < 0)
      throw ShapeError(str_cat(what, ": sizes must not be negative, got ", to_text(shape), "."));
}

}  // namespace

Array broadcast_in_dim(const Array& x, const Shape& shape, const Axes& dimensions) {
  if (x.shape() == shape && dimensions == iota_axes(x.ndim())) return x;
  check_sizes(shape, "broadcast_in_dim");
  return bind1<BroadcastInDim>({x}, shape, dimensions);
}

Array broadcast(const Array& x, const Shape& sizes) {
  const Shape shape = joined_shape(sizes, x.shape());
  Axes dimensions;
  for (std::size_t i = sizes.size(); i < shape.size(); ++i)
    dimensions.push_back(static_cast<std::int64_t>(i));
  return broadcast_in_dim(x, shape, dimensions);
}

Array full(const Shape& shape, const Array& value) {
  if (value.ndim() != 0) {
    throw ShapeError(str_cat("full: the value must be a scalar, got shape ", to_text(value.shape()),
                             ". (Tip: linum::np::full broadcasts.)"));
  }
  return broadcast_in_dim(value, shape, {});
}
Array full(const Shape& shape, const Array& value, DType dtype) {
  return full(shape, convert_element_type(value, dtype));
}
Array zeros(const Shape& shape, DType dtype) { return full(shape, make_scalar(0.0, dtype)); }
Array ones(const Shape& shape, DType dtype) { return full(shape, make_scalar(1.0, dtype)); }
Array zeros_like(const Array& x) { return full_like(x, 0); }
Array empty(const Shape& shape, DType dtype) { return zeros(shape, dtype); }
Array full_like(const Array& x, const Array& value) {
  return device_put(full(x.shape(), convert_element_type(value, x.dtype(), x.weak())), x.memory());
}

Array broadcasted_iota(DType dtype, const Shape& shape, std::int64_t dimension) {
  check_sizes(shape, "broadcasted_iota");
  auto rank = static_cast<std::int64_t>(shape.size());
  dimension = normalize_axis(dimension, rank, "broadcasted_iota");
  return bind1<Iota>({}, dtype, shape, dimension);
}
Array iota(DType dtype, std::int64_t size) { return broadcasted_iota(dtype, {size}, 0); }

}  // namespace linum::lax
