#include "linum/random/key.h"

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/random/sampling.h"

namespace linum::random {
namespace {

Array split_body(const Array& key, const Form& form) { return lax::random_split(key, form.shape); }

std::vector<Array> split_list_body(const Array& key, std::int64_t num) {
  return lax::unstack(lax::random_split(key, {num}));
}

Array bits_body(const Array& key, const Form& form) {
  return lax::random_bits(key, static_cast<int>(8 * item_size(form.dtype)), form.shape);
}

Array seed_body(const Array& seed) {
  Array low = lax::convert_element_type(seed, uint32);
  if (item_size(seed.dtype()) < 8) return lax::stack({lax::zeros({}, uint32), low});
  Array high = lax::shift_right_logical(seed, make_integer_scalar(32, seed.dtype()));
  return lax::stack({lax::convert_element_type(high, uint32), low});
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
  return compiled<lax::random_fold_in>("_threefry_fold_in")(
      key, lax::convert_element_type(data, uint32));
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

Array bits(const Array& key, const Shape& shape, DType dtype) {
  check_key("bits", key);
  if (!is_unsigned_int(dtype)) {
    throw DTypeError(
        str_cat("dtype argument to `bits` must be an unsigned int dtype, got ", name_of(dtype)));
  }
  return compiled<bits_body>("_threefry_random_bits")(key, Form{shape, dtype});
}

}  // namespace linum::random
