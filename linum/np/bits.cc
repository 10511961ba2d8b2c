#include "linum/np/bits.h"

#include "linum/lax/lax.h"
#include "linum/np/indexing.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/reductions.h"

namespace linum::np {
namespace {

void check_bitorder(std::string_view what, std::string_view order) {
  if (order == "big" || order == "little") return;
  throw ValueError(str_cat(what, ": bitorder must be \"big\" or \"little\", got \"", order, "\""));
}

// How far each of eight bits is shifted.
Array shifts(std::string_view bitorder) {
  const Array up = lax::iota(uint8, 8);
  return bitorder == "big" ? lax::rev(up, {0}) : up;
}

Array lanes_of(const Array& x, std::optional<std::int64_t> axis) {
  return axis ? swapaxes(x, *axis, -1) : ravel(x);
}
Array restore(const Array& lanes, std::optional<std::int64_t> axis) {
  return swapaxes(lanes, axis.value_or(-1), -1);
}

// The last axis of this length, zeros behind where it is shorter.
Array resized(const Array& lanes, std::int64_t length) {
  const std::int64_t more = length - lanes.shape(-1);
  std::vector<lax::Padding> padding(lanes.shape().size());
  padding.back().high = more;
  return more == 0 ? lanes : lax::pad(lanes, lax::convert_element_type(0, lanes.dtype()), padding);
}

Shape with_last(Shape shape, std::initializer_list<std::int64_t> sizes) {
  shape.pop_back();
  shape.insert(shape.end(), sizes);
  return shape;
}

}  // namespace

Array packbits(const Array& x, std::optional<std::int64_t> axis, std::string_view bitorder) {
  check_bitorder("packbits", bitorder);
  if (!is_integer(x.dtype()) && !is_bool(x.dtype())) {
    throw DTypeError(str_cat("packbits: x must hold integers or bools, got ", x.aval()));
  }
  const Array bits = lax::convert_element_type(lanes_of(x, axis) != 0, uint8);
  const std::int64_t bytes = (bits.shape(-1) + 7) / 8;
  const Array grouped = lax::reshape(resized(bits, 8 * bytes), with_last(bits.shape(), {bytes, 8}));
  const Array packed = sum(grouped << shifts(bitorder), {.axis = -1, .dtype = uint8});
  return restore(packed, axis);
}

Array unpackbits(const Array& x, std::optional<std::int64_t> axis,
                 std::optional<std::int64_t> count, std::string_view bitorder) {
  check_bitorder("unpackbits", bitorder);
  if (x.dtype() != uint8) throw DTypeError(str_cat("unpackbits: x must be uint8, got ", x.aval()));
  const Array lanes = lanes_of(x, axis);
  const Array bits = lax::expand_dims(lanes, {lanes.ndim()}) >> shifts(bitorder);
  const std::int64_t total = 8 * lanes.shape(-1);
  const Array flat = lax::reshape(bits & 1, with_last(lanes.shape(), {total}));
  return restore(resized(flat, count.value_or(total)), axis);
}

// --- trimming ---------------------------------------------------------------------------------

namespace {

Slice nonzero_range(const Array& x, std::int64_t axis, bool front, bool back) {
  const Axes others = [&] {
    Axes out;
    for (std::int64_t i = 0; i < x.ndim(); ++i) {
      if (i != axis) out.push_back(i);
    }
    return out;
  }();
  const Array filled = any(x, {.axis = others});
  if (!any(filled).item<bool>()) return {.start = 0, .stop = 0};
  Slice out;
  if (front) out.start = argmax(filled).item<std::int64_t>();
  if (back) out.stop = x.shape(axis) - argmax(flip(filled)).item<std::int64_t>();
  return out;
}

}  // namespace

Array trim_zeros(const Array& x, std::string_view trim, const AxisArg& axis) {
  if (x.is_traced()) {
    throw ConcretizationError(str_cat("trim_zeros of a traced array (", x.aval(),
                                      "): the shape of the result would depend on its values"));
  }
  const bool front = trim.find_first_of("fF") != trim.npos;
  const bool back = trim.find_first_of("bB") != trim.npos;
  const Axes axes = axis.resolve(x.ndim(), "trim_zeros");
  std::vector<Index> slices;
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    slices.push_back(contains(axes, i) ? nonzero_range(x, i, front, back) : Slice{});
  }
  return front || back ? index(x, slices) : x;
}

}  // namespace linum::np
