#include "linum/lax/rng.h"

#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

std::string_view name_of_algorithm(RandomAlgorithm a) {
  constexpr std::string_view names[] = {"DEFAULT", "THREE_FRY", "PHILOX"};
  return names[static_cast<std::size_t>(a)];
}

class RngBitGenerator final : public Flat {
 public:
  RngBitGenerator(Shape shape, DType dtype, RandomAlgorithm algorithm)
      : shape_(std::move(shape)), dtype_(dtype), algorithm_(algorithm) {}
  std::string_view name() const override { return "rng_bit_generator"; }
  void params(ParamSink& sink) const override {
    sink("shape", shape_);
    sink("dtype", dtype_);
    sink("algorithm", name_of_algorithm(algorithm_));
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  Shape shape_;
  DType dtype_;
  RandomAlgorithm algorithm_;
};

std::vector<Aval> RngBitGenerator::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 1);
  const Aval& key = operands[0];
  const bool narrow = key.dtype() == DType::U32 && key.shape() == Shape{4};
  const bool wide = key.dtype() == DType::U64 && key.shape() == Shape{2};
  if (!narrow && !wide) {
    throw ShapeError(str_cat("rng_bit_generator takes a key of type u32[4] or u64[2], got ", key));
  }
  if (!is_unsigned_int(dtype_)) {
    throw DTypeError(str_cat("rng_bit_generator: unsupported dtype ", dtype_,
                             "; it must be an unsigned integer"));
  }
  return {key.strong(), Aval(dtype_, shape_)};
}

// One generator for each key, after the other: they have no batched form.
Batched RngBitGenerator::batch(const BatchAxis& axis, std::span<const Array> keys,
                               std::span<const std::int64_t> dims) const {
  std::vector<Array> next, bits;
  for (std::int64_t i = 0; i < axis.size; ++i) {
    const Array key = index_in_dim(keys[0], i, dims[0], false);
    std::vector<Array> out = linum::bind(Ref<const Primitive>(this), {&key, 1});
    next.push_back(out[0]);
    bits.push_back(out[1]);
  }
  return {{stack(next), stack(bits)}, {0, 0}};
}

Ssa bitcast(Emitter& e, const Ssa& x, const Aval& to) {
  return e.op1("stablehlo.bitcast_convert", {x}, "", to);
}
Ssa reshaped(Emitter& e, const Ssa& x, const Shape& shape) {
  return e.op1("stablehlo.reshape", {x}, "", x.aval.with_shape(shape));
}

// XLA's key is u64[2], and its bits have 32 or more.
std::vector<Ssa> RngBitGenerator::lower(Emitter& e, std::span<const Ssa> operands,
                                        std::span<const Aval> results) const {
  const Aval state(DType::U64, {2}), words(DType::U32, {2, 2});
  const bool narrow_key = operands[0].aval.dtype() == DType::U32;
  const Ssa key = narrow_key ? bitcast(e, reshaped(e, operands[0], {2, 2}), state) : operands[0];
  const Aval drawn = results[1].with_dtype(item_size(dtype_) < 4 ? DType::U32 : dtype_);
  const Aval types[] = {state, drawn};
  std::vector<Ssa> out =
      e.op("stablehlo.rng_bit_generator", {&key, 1},
           str_cat("rng_algorithm = #stablehlo<rng_algorithm ", name_of_algorithm(algorithm_), ">"),
           types);
  if (narrow_key) out[0] = reshaped(e, bitcast(e, out[0], words), {4});
  out[1] = convert_ssa(e, out[1], dtype_);
  return out;
}

class RngUniform final : public Flat {
 public:
  explicit RngUniform(Shape shape) : shape_(std::move(shape)) {}
  std::string_view name() const override { return "rng_uniform"; }
  void params(ParamSink& sink) const override { sink("shape", shape_); }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  Shape shape_;
};

std::vector<Aval> RngUniform::infer(std::span<const Aval> bounds) const {
  check_arity(*this, bounds, 2);
  const Aval &a = bounds[0], &b = bounds[1];
  if (a.dtype() != b.dtype()) {
    throw DTypeError(
        str_cat("rng_uniform takes bounds of one dtype, got ", a.dtype(), " and ", b.dtype()));
  }
  if (a.rank() != 0 || b.rank() != 0) {
    throw ShapeError(str_cat("rng_uniform takes scalar bounds, got ", a, " and ", b));
  }
  return {Aval(a.dtype(), shape_, a.weak() && b.weak())};
}

Batched RngUniform::batch(const BatchAxis& axis, std::span<const Array> bounds,
                          std::span<const std::int64_t> dims) const {
  std::vector<Array> out;
  for (std::int64_t i = 0; i < axis.size; ++i) {
    const auto bound = [&](std::size_t k) {
      return dims[k] == kNotBatched ? bounds[k] : index_in_dim(bounds[k], i, dims[k], false);
    };
    out.push_back(rng_uniform(bound(0), bound(1), shape_));
  }
  return {{stack(out)}, {0}};
}

std::vector<Ssa> RngUniform::lower(Emitter& e, std::span<const Ssa> bounds,
                                   std::span<const Aval> results) const {
  const Aval sizes(DType::I64, {static_cast<std::int64_t>(shape_.size())});
  std::vector<Ssa> parts;
  for (std::int64_t size : shape_) {
    parts.push_back(reshaped(e, e.integer_constant(size, Aval(DType::I64, {})), {1}));
  }
  const Ssa shape = parts.empty()
                        ? e.integer_constant(0, sizes)
                        : e.op1("stablehlo.concatenate", parts, "dimension = 0 : i64", sizes);
  return {e.op1("stablehlo.rng", {bounds[0], bounds[1], shape},
                "rng_distribution = #stablehlo<rng_distribution UNIFORM>", results[0])};
}

}  // namespace

std::pair<Array, Array> rng_bit_generator(const Array& key, const Shape& shape, DType dtype,
                                          RandomAlgorithm algorithm) {
  const std::vector<Array> out =
      linum::bind(Ref<const Primitive>(new RngBitGenerator(shape, dtype, algorithm)), {&key, 1});
  return {out[0], out[1]};
}

Array rng_uniform(const Array& a, const Array& b, const Shape& shape) {
  const auto [low, high] = match_dtypes(a, b);
  return bind1<RngUniform>({low, high}, shape);
}

}  // namespace linum::lax
