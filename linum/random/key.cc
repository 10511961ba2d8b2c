#include "linum/random/key.h"

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/lax/threefry.h"
#include "linum/random/sampling.h"

namespace linum::random {
namespace {

constexpr std::int64_t kCounterRange = std::int64_t{1} << 32;

// Word `i` of a key, rank 0.
Array word(const Array& key, std::int64_t i) {
  return lax::squeeze(lax::slice(key, {i}, {i + 1}), {0});
}

std::pair<Array, Array> hash(const Array& key, const Array& high, const Array& low) {
  return lax::threefry2x32(word(key, 0), word(key, 1), high, low);
}

// Row-major numbers of a shape's elements, as sums of iotas: sharding one axis then shards the
// work.
Array counters(const Shape& shape, DType dtype) {
  Array sum = make_integer_scalar(0, dtype);
  Shape strides = row_major_strides(shape);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    Array along = lax::broadcasted_iota(dtype, shape, static_cast<std::int64_t>(i));
    if (strides[i] != 1) along = lax::mul(along, make_integer_scalar(strides[i], dtype));
    sum = as_scalar(sum) ? along : lax::add(sum, along);
  }
  return as_scalar(sum) ? lax::full(shape, sum) : sum;
}

// Two words for each element: its number, high and low, under the key.
std::pair<Array, Array> random_words(const Array& key, const Shape& shape) {
  if (element_count(shape) <= kCounterRange) {
    return hash(key, make_integer_scalar(0, DType::U32), counters(shape, DType::U32));
  }
  Array count = counters(shape, DType::U64);
  Array high = lax::shift_right_logical(count, make_integer_scalar(32, DType::U64));
  return hash(key, lax::convert_element_type(high, uint32),
              lax::convert_element_type(count, uint32));
}

Array join_words(const std::pair<Array, Array>& words) {
  const std::int64_t last = words.first.ndim();
  const Array both[] = {lax::expand_dims(words.first, {last}),
                        lax::expand_dims(words.second, {last})};
  return lax::concatenate(both, last);
}

Array split_body(const Array& key, const Form& form) {
  return join_words(random_words(key, form.shape));
}

std::vector<Array> split_list_body(const Array& key, std::int64_t num) {
  Array keys = join_words(random_words(key, {num}));
  std::vector<Array> out;
  for (std::int64_t i = 0; i < num; ++i) {
    out.push_back(lax::squeeze(lax::slice(keys, {i, 0}, {i + 1, 2}), {0}));
  }
  return out;
}

Array fold_in_body(const Array& key, const Array& data) {
  return join_words(hash(key, make_integer_scalar(0, DType::U32), data));
}

Array bits_body(const Array& key, const Form& form) {
  return random_bits(key, static_cast<int>(8 * item_size(form.dtype)), form.shape);
}

Array seed_body(const Array& seed) {
  Array low = lax::convert_element_type(seed, uint32);
  if (item_size(seed.dtype()) < 8) return join_words({lax::zeros({}, uint32), low});
  Array high = lax::shift_right_logical(seed, make_integer_scalar(32, seed.dtype()));
  return join_words({lax::convert_element_type(high, uint32), low});
}

}  // namespace

// --- checks -----------------------------------------------------------------------------------

void check_key(std::string_view what, const Array& key) {
  if (key.dtype() != uint32 || key.ndim() == 0 || key.shape(-1) != 2) {
    throw DTypeError(str_cat(what,
                             " needs a random key (uint32 of shape (2,), as random::key gives), ",
                             "got ", key.aval()));
  }
  if (key.ndim() == 1) return;
  throw ShapeError(str_cat(what, " accepts a single key, but was given a key array of shape ",
                           to_text(key.shape()), " != (2,). Use vmap for batching."));
}

void check_floating(std::string_view what, DType dtype) {
  if (is_floating(dtype) && !is_storage_only(dtype)) return;
  throw DTypeError(
      str_cat("dtype argument to `", what, "` must be a float dtype, got ", name_of(dtype)));
}

void check_integer(std::string_view what, DType dtype) {
  if (is_integer(dtype)) return;
  throw DTypeError(
      str_cat("dtype argument to `", what, "` must be an int dtype, got ", name_of(dtype)));
}

Shape result_shape(std::string_view what, const ShapeArg& asked,
                   std::initializer_list<Array> params) {
  Shape shape = asked.get().value_or(Shape{});
  Shape joint = shape;
  for (const Array& p : params) joint = broadcast_shapes(joint, p.shape(), what);
  if (!asked.get() || joint == shape) return joint;
  throw ShapeError(str_cat(
      what, " parameter shapes must be broadcast-compatible with the shape argument, and the ",
      "result of broadcasting them must equal it, but got result ", to_text(joint),
      " for shape argument ", to_text(shape)));
}

Form checked_form(std::string_view what, const Array& key, const ShapeArg& shape, DType dtype,
                  std::initializer_list<Array> params) {
  check_key(what, key);
  check_floating(what, dtype);
  return {result_shape(what, shape, params), dtype};
}

Array entry(const Array& x, std::int64_t i) {
  Shape start(x.shape().size(), 0), limit = x.shape();
  start[0] = i;
  limit[0] = i + 1;
  return lax::squeeze(lax::slice(x, start, limit), {0});
}

// --- keys -------------------------------------------------------------------------------------

Array key(std::int64_t seed) {
  return Array::of<std::uint32_t>({2}, {0, static_cast<std::uint32_t>(seed)});
}

Array key(const Array& seed) {
  if (seed.ndim() != 0) {
    throw ShapeError(str_cat("key accepts a scalar seed, but was given an array of shape ",
                             to_text(seed.shape()), " != (). Use vmap for batching."));
  }
  if (!is_integer(seed.dtype())) {
    throw DTypeError(str_cat("a key's seed must be an integer, got ", seed.aval()));
  }
  return compiled<seed_body>("_threefry_seed")(seed);
}

Array PRNGKey(std::int64_t seed) { return key(seed); }
Array PRNGKey(const Array& seed) { return key(seed); }

Array split(const Array& key, std::int64_t num) { return split(key, Shape{num}); }

Array split(const Array& key, const Shape& shape) {
  check_key("split", key);
  return compiled<split_body>("_threefry_split")(key, Form{shape, uint32});
}

std::vector<Array> split_list(const Array& key, std::int64_t num) {
  check_key("split", key);
  return compiled<split_list_body>("_threefry_split")(key, num);
}

std::pair<Array, Array> split_pair(const Array& key) {
  std::vector<Array> keys = split_list_body(key, 2);
  return {keys[0], keys[1]};
}

Array fold_in(const Array& key, const Array& data) {
  check_key("fold_in", key);
  if (data.ndim() != 0) {
    throw ShapeError(str_cat("fold_in accepts a scalar, but was given an array of shape ",
                             to_text(data.shape()), " != (). Use vmap for batching."));
  }
  if (!is_integer(data.dtype())) {
    throw DTypeError(str_cat("fold_in accepts an integer, but was given ", data.aval()));
  }
  return compiled<fold_in_body>("_threefry_fold_in")(key, lax::convert_element_type(data, uint32));
}

Array key_data(const Array& keys) { return wrap_key_data(keys); }

Array wrap_key_data(const Array& words) {
  if (words.dtype() == uint32 && words.ndim() > 0 && words.shape(-1) == 2) return words;
  throw DTypeError(str_cat("the words of threefry2x32 keys are uint32 with a last axis of size 2, ",
                           "got ", words.aval()));
}

Array clone(const Array& key) { return wrap_key_data(key); }

std::string_view key_impl(const Array& keys) {
  wrap_key_data(keys);
  return "threefry2x32";
}

// --- bits -------------------------------------------------------------------------------------

Array random_bits(const Array& key, int width, const Shape& shape) {
  auto [high, low] = random_words(key, shape);
  if (width == 64) {
    Array wide = lax::convert_element_type(high, uint64);
    return lax::bitwise_or(lax::shift_left(wide, make_integer_scalar(32, DType::U64)),
                           lax::convert_element_type(low, uint64));
  }
  return lax::convert_element_type(lax::bitwise_xor(high, low),
                                   uint_of_size(static_cast<std::size_t>(width) / 8));
}

Array bits(const Array& key, const Shape& shape, DType dtype) {
  check_key("bits", key);
  if (!is_unsigned_int(dtype)) {
    throw DTypeError(
        str_cat("dtype argument to `bits` must be an unsigned int dtype, got ", name_of(dtype)));
  }
  return compiled<bits_body>("_threefry_random_bits")(key, Form{shape, dtype});
}

}  // namespace linum::random
