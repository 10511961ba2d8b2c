// Where the greatest or smallest element of an axis is.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/limits.h"
#include "linum/lax/structure.h"

namespace linum::lax {

namespace {

// Reduces pairs (value, index) by `before`; NaN comes before everything, equals by index.
class ArgMinMax final : public Flat {
 public:
  ArgMinMax(bool is_max, std::int64_t axis, DType index_dtype)
      : is_max_(is_max), axis_(axis), index_dtype_(index_dtype) {}
  std::string_view name() const override { return is_max_ ? "argmax" : "argmin"; }
  void params(ParamSink& sink) const override {
    sink("axes", Axes{axis_});
    sink("index_dtype", index_dtype_);
  }

  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    const Aval& x = operands[0];
    if (!kOrdered.test(x.dtype())) refuse_dtype(*this, x, kOrdered.words);
    if (!is_integer(index_dtype_)) {
      throw DTypeError(str_cat(name(), ": index_dtype must be an integer dtype, got ",
                               name_of(index_dtype_), "."));
    }
    if (x.dim(axis_) < 1) {
      throw ShapeError(str_cat(name(), " of an empty axis: axis ", axis_, " of shape ",
                               to_text(x.shape()), "."));
    }
    return {Aval(index_dtype_, without_axes(x.shape(), {axis_}))};
  }
  Batched batch(const BatchAxis&, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    bool behind = axis_ < dims[0];
    Array out = bind1<ArgMinMax>({operands[0]}, is_max_, behind ? axis_ : axis_ + 1, index_dtype_);
    return {{out}, {behind ? dims[0] - 1 : dims[0]}};
  }

  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    const Aval& x = operands[0].aval;
    Aval value(x.dtype(), {}), index(index_dtype_, {});
    Aval indices = x.with_dtype(index_dtype_);
    const Ssa inputs[] = {
        operands[0],
        e.op1("stablehlo.iota", {}, str_cat("iota_dimension = ", axis_, " : i64"), indices),
        e.literal(is_max_ ? lowest(x.dtype()) : highest(x.dtype())), e.integer_constant(0, index)};
    auto choose = [this](std::span<const Array> v) { return chosen(v[0], v[1], v[2], v[3]); };
    Emitter::Region body{{value, index, value, index}, [&](Emitter& inner, std::span<const Ssa> v) {
                           return lower_composed(inner, choose, v);
                         }};
    const Aval outputs[] = {results[0].with_dtype(x.dtype()), results[0]};
    return {e.op_with_regions("stablehlo.reduce", inputs,
                              str_cat("dimensions = ", mlir_i64_array({&axis_, 1})), {&body, 1},
                              outputs)[1]};
  }

 private:
  std::vector<Array> chosen(const Array& x, const Array& i, const Array& y, const Array& j) const {
    Array take_x = bitwise_or(is_max_ ? gt(x, y) : lt(x, y), ne(x, x));
    Array take_i = bitwise_or(take_x, bitwise_and(eq(x, y), lt(i, j)));
    return {select(take_x, x, y), select(take_i, i, j)};
  }
  bool is_max_;
  std::int64_t axis_;
  DType index_dtype_;
};

}  // namespace

Array argmax(const Array& x, std::int64_t axis, DType index_dtype) {
  return bind1<ArgMinMax>({x}, true, normalize_axis(axis, x.ndim(), "argmax"), index_dtype);
}
Array argmin(const Array& x, std::int64_t axis, DType index_dtype) {
  return bind1<ArgMinMax>({x}, false, normalize_axis(axis, x.ndim(), "argmin"), index_dtype);
}

}  // namespace linum::lax
