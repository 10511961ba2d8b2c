#include "linum/lax/random_bits.h"

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"
#include "linum/lax/threefry.h"

namespace linum::lax {
namespace {

using Words = std::pair<Array, Array>;

constexpr std::int64_t kCounterRange = std::int64_t{1} << 32;

// --- in terms of threefry2x32 -----------------------------------------------------------------

Shape batch_of(const Shape& keys) { return Shape(keys.begin(), keys.end() - 1); }

// Word `i` of each key, for every element of its result: of rank 0 where there is one key.
Array key_word(const Array& keys, std::int64_t i, const Shape& shape) {
  const std::int64_t last = keys.ndim() - 1;
  Array word = squeeze(slice_in_dim(keys, i, i + 1, 1, last), {last});
  if (last == 0) return word;
  return broadcast_in_dim(word, joined_shape(word.shape(), shape), iota_axes(last));
}

Words hash(const Array& keys, const Array& high, const Array& low, const Shape& shape) {
  return threefry2x32(key_word(keys, 0, shape), key_word(keys, 1, shape), high, low);
}

// Row-major numbers of a shape's elements, as sums of iotas: sharding one axis then shards the
// work.
Array counters(const Shape& shape, DType dtype) {
  const Shape strides = row_major_strides(shape);
  Array sum = make_integer_scalar(0, dtype);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    Array along = broadcasted_iota(dtype, shape, static_cast<std::int64_t>(i));
    if (strides[i] != 1) along = mul(along, make_integer_scalar(strides[i], dtype));
    sum = as_scalar(sum) ? along : add(sum, along);
  }
  return as_scalar(sum) ? full(shape, sum) : sum;
}

// Two words for each element: its number, high and low, under the key.
Words random_words(const Array& keys, const Shape& shape) {
  const Shape batch = batch_of(keys.shape());
  if (element_count(shape) <= kCounterRange) {
    const Array count = broadcast(counters(shape, DType::U32), batch);
    return hash(keys, make_integer_scalar(0, DType::U32), count, shape);
  }
  const Array count = broadcast(counters(shape, DType::U64), batch);
  const Array high = shift_right_logical(count, make_integer_scalar(32, DType::U64));
  return hash(keys, convert_element_type(high, uint32), convert_element_type(count, uint32), shape);
}

Array join_words(const Words& words) { return stack({words.first, words.second}, -1); }

Array join_bits(const Words& words, int width) {
  const auto& [high, low] = words;
  const DType dtype = uint_of_size(static_cast<std::size_t>(width) / 8);
  if (width < 64) return convert_element_type(bitwise_xor(high, low), dtype);
  const Array shifted =
      shift_left(convert_element_type(high, dtype), make_integer_scalar(32, dtype));
  return bitwise_or(shifted, convert_element_type(low, dtype));
}

// --- as primitives ----------------------------------------------------------------------------

// The first operand is keys; all batch by more leading axes. Without a derivative.
class OfKeys : public Flat {
 public:
  Batched batch(const BatchAxis& axis, std::span<const Array> x,
                std::span<const std::int64_t> dims) const final {
    std::vector<Array> front;
    for (std::size_t i = 0; i < x.size(); ++i)
      front.push_back(move_batch_axis(x[i], axis.size, dims[i], 0));
    return {linum::bind(Ref<const Primitive>(this), front), {0}};
  }
  std::vector<Ssa> lower(Emitter& emitter, std::span<const Ssa> operands,
                         std::span<const Aval>) const final {
    const auto composed = [this](std::span<const Array> x) {
      return std::vector<Array>{compose(x)};
    };
    return lower_composed(emitter, composed, operands);
  }

 protected:
  virtual Array compose(std::span<const Array> operands) const = 0;
  // The leading axes of the keys, which it checks.
  Shape checked_batch(const Aval& keys) const {
    if (keys.dtype() == DType::U32 && keys.rank() > 0 && keys.shape().back() == 2)
      return batch_of(keys.shape());
    throw DTypeError(str_cat(name(), " takes keys, uint32 of shape (..., 2), got ", keys));
  }
};

class RandomBits final : public OfKeys {
 public:
  RandomBits(int width, Shape shape) : width_(width), shape_(std::move(shape)) {}
  std::string_view name() const override { return "random_bits"; }
  void params(ParamSink& sink) const override {
    sink("bit_width", width_);
    sink("shape", shape_);
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    const DType dtype = uint_of_size(static_cast<std::size_t>(width_) / 8);
    return {Aval(dtype, joined_shape(checked_batch(operands[0]), shape_))};
  }

 protected:
  Array compose(std::span<const Array> operands) const override {
    return join_bits(random_words(operands[0], shape_), width_);
  }

 private:
  int width_;
  Shape shape_;
};

class RandomSplit final : public OfKeys {
 public:
  explicit RandomSplit(Shape shape) : shape_(std::move(shape)) {}
  std::string_view name() const override { return "random_split"; }
  void params(ParamSink& sink) const override { sink("shape", shape_); }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    return {Aval(DType::U32, joined_shape(joined_shape(checked_batch(operands[0]), shape_), {2}))};
  }

 protected:
  Array compose(std::span<const Array> operands) const override {
    return join_words(random_words(operands[0], shape_));
  }

 private:
  Shape shape_;
};

class RandomFoldIn final : public OfKeys {
 public:
  std::string_view name() const override { return "random_fold_in"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 2);
    const Shape batch = checked_batch(operands[0]);
    if (operands[1].dtype() != DType::U32 || operands[1].shape() != batch) {
      throw ShapeError(str_cat("random_fold_in takes one uint32 number for each key, got ",
                               operands[1], " for keys ", operands[0]));
    }
    return {operands[0].strong()};
  }

 protected:
  Array compose(std::span<const Array> operands) const override {
    return join_words(hash(operands[0], make_integer_scalar(0, DType::U32), operands[1], {}));
  }
};

}  // namespace

Array random_bits(const Array& keys, int width, const Shape& shape) {
  return bind1<RandomBits>({keys}, width, shape);
}

Array random_split(const Array& keys, const Shape& shape) {
  return bind1<RandomSplit>({keys}, shape);
}

Array random_fold_in(const Array& keys, const Array& data) {
  return bind1<RandomFoldIn>({keys, data});
}

}  // namespace linum::lax
