#include "linum/base/host_array.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "linum/base/error.h"

namespace linum {

static std::shared_ptr<void> aligned_storage(std::size_t bytes) {
  constexpr std::size_t kAlignment = 64;
  std::size_t rounded =
      (std::max<std::size_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
  return {std::aligned_alloc(kAlignment, rounded), std::free};
}

HostArray::HostArray(DType dtype, Shape shape) : dtype_(dtype), shape_(std::move(shape)) {
  owner_ = aligned_storage(byte_size());
  if (!owner_) throw Error(str_cat("out of memory for ", byte_size(), " bytes of ", dtype, shape_));
  data_ = static_cast<std::byte*>(owner_.get());
}
HostArray::HostArray(DType dtype, Shape shape, std::shared_ptr<void> owner, std::byte* data)
    : dtype_(dtype), shape_(std::move(shape)), owner_(std::move(owner)), data_(data) {}

HostArray HostArray::from_strided(DType dtype, Shape shape,
                                  const std::vector<std::int64_t>& byte_strides,
                                  const void* first) {
  if (byte_strides.size() != shape.size()) {
    throw ShapeError(
        str_cat("shape ", shape, " needs ", shape.size(), " strides, got ", byte_strides.size()));
  }
  HostArray out(dtype, std::move(shape));
  std::size_t item = item_size(dtype);
  Shape index(out.shape().size(), 0);
  auto* from = static_cast<const std::byte*>(first);
  for (std::int64_t i = 0; i < out.size(); ++i) {
    std::memcpy(out.data() + static_cast<std::size_t>(i) * item, from, item);
    for (std::size_t axis = index.size(); axis-- > 0;) {  // the next element
      from += byte_strides[axis];
      if (++index[axis] < out.shape()[axis]) break;
      from -= byte_strides[axis] * index[axis];
      index[axis] = 0;
    }
  }
  return out;
}

HostArray HostArray::of(Shape shape, const std::vector<bool>& values) {
  HostArray out(DType::Bool, std::move(shape));
  out.check_count(values.size());
  std::copy(values.begin(), values.end(), out.as<bool>().begin());
  return out;
}

void HostArray::check_type(DType asked) const {
  if (asked != dtype_) throw DTypeError(str_cat("an array of ", dtype_, " is read as ", asked));
}
void HostArray::check_count(std::size_t given) const {
  if (given != static_cast<std::size_t>(size())) {
    throw ShapeError(str_cat("shape ", shape_, " needs ", size(), " values, got ", given));
  }
}

namespace {

// The 8-bit floats by exponent bits, mantissa bits and bias; `fnuz`: no infinities, -0 is NaN.
struct Tiny {
  int exponent, mantissa, bias;
  bool fnuz, infinities;
};
Tiny tiny_format(DType d) {
  switch (d) {
    case DType::F8E4M3FN:
      return {4, 3, 7, false, false};
    case DType::F8E5M2:
      return {5, 2, 15, false, true};
    case DType::F8E4M3FNUZ:
      return {4, 3, 8, true, false};
    case DType::F8E5M2FNUZ:
      return {5, 2, 16, true, false};
    default:
      return {4, 3, 11, true, false};
  }
}

double tiny_to_double(std::uint8_t bits, Tiny f) {
  int mantissa = bits & ((1 << f.mantissa) - 1);
  int exponent = (bits >> f.mantissa) & ((1 << f.exponent) - 1);
  bool negative = bits & 0x80;
  int top = (1 << f.exponent) - 1;
  if (f.fnuz && bits == 0x80) return NAN;
  if (f.infinities && exponent == top) return mantissa ? NAN : (negative ? -INFINITY : INFINITY);
  if (!f.fnuz && !f.infinities && (bits & 0x7F) == 0x7F) return NAN;
  double v = exponent ? std::ldexp((1 << f.mantissa) + mantissa, exponent - f.bias - f.mantissa)
                      : std::ldexp(mantissa, 1 - f.bias - f.mantissa);
  return negative ? -v : v;
}

// There are 256: the nearest one, ties to the even mantissa; beyond the range NaN or infinity.
std::uint8_t double_to_tiny(double v, Tiny f) {
  auto sign = static_cast<std::uint8_t>(std::signbit(v) ? 0x80 : 0);
  if (std::isnan(v)) return f.fnuz ? 0x80 : f.infinities ? 0x7E : 0x7F;
  std::uint8_t best = 0;
  double nearest = INFINITY, size = std::abs(v);
  for (int bits = 0; bits < 0x80; ++bits) {
    double candidate = tiny_to_double(static_cast<std::uint8_t>(bits), f);
    if (!std::isfinite(candidate)) continue;
    double distance = std::abs(candidate - size);
    if (distance < nearest || (distance == nearest && bits % 2 == 0)) {
      nearest = distance;
      best = static_cast<std::uint8_t>(bits);
    }
  }
  double value = tiny_to_double(best, f);
  double half_step = (value - tiny_to_double(static_cast<std::uint8_t>(best - 1), f)) / 2;
  bool beyond = best > 0 && size > value &&
                (size - value > half_step || (size - value == half_step && best % 2 == 1));
  if (std::isinf(v) || beyond) {
    return f.fnuz ? 0x80 : static_cast<std::uint8_t>(sign | (f.infinities ? 0x7C : 0x7F));
  }
  return best == 0 && f.fnuz ? 0 : static_cast<std::uint8_t>(sign | best);
}

template <class T>
T load(const std::byte* p, std::int64_t i) {
  T v;
  std::memcpy(&v, p + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
  return v;
}
template <class T>
void store(std::byte* p, std::int64_t i, T v) {
  std::memcpy(p + static_cast<std::size_t>(i) * sizeof(T), &v, sizeof(T));
}

// C++ leaves the conversion of what does not fit undefined: here it is defined.
std::int64_t cut(double v) {
  if (std::isnan(v)) return 0;
  if (v >= 0x1p63) return INT64_MAX;
  return v < -0x1p63 ? INT64_MIN : static_cast<std::int64_t>(v);
}
std::uint64_t cut_unsigned(double v) {
  if (v >= 0x1p64) return UINT64_MAX;
  return v >= 0x1p63 ? static_cast<std::uint64_t>(v) : static_cast<std::uint64_t>(cut(v));
}

}  // namespace

double HostArray::number(std::int64_t i) const {
  switch (dtype_) {
    case DType::Bool:
    case DType::U8:
      return load<std::uint8_t>(data_, i);
    case DType::I8:
      return load<std::int8_t>(data_, i);
    case DType::I16:
      return load<std::int16_t>(data_, i);
    case DType::I32:
      return load<std::int32_t>(data_, i);
    case DType::I64:
      return static_cast<double>(load<std::int64_t>(data_, i));
    case DType::U16:
      return load<std::uint16_t>(data_, i);
    case DType::U32:
      return load<std::uint32_t>(data_, i);
    case DType::U64:
      return static_cast<double>(load<std::uint64_t>(data_, i));
    case DType::F16:
      return static_cast<float>(load<float16_t>(data_, i));
    case DType::BF16:
      return static_cast<float>(load<bfloat16_t>(data_, i));
    case DType::F32:
      return load<float>(data_, i);
    case DType::F64:
      return load<double>(data_, i);
    case DType::C64:
      return load<std::complex<float>>(data_, i).real();
    case DType::C128:
      return load<std::complex<double>>(data_, i).real();
    default:
      return tiny_to_double(load<std::uint8_t>(data_, i), tiny_format(dtype_));
  }
}

std::int64_t HostArray::integer(std::int64_t i) const {
  if (dtype_ == DType::I64) return load<std::int64_t>(data_, i);
  if (dtype_ == DType::U64) return static_cast<std::int64_t>(load<std::uint64_t>(data_, i));
  return cut(number(i));
}

std::complex<double> HostArray::complex_number(std::int64_t i) const {
  if (dtype_ == DType::C64) return std::complex<double>(load<std::complex<float>>(data_, i));
  if (dtype_ == DType::C128) return load<std::complex<double>>(data_, i);
  return number(i);
}

void HostArray::set_number(std::int64_t i, double v) {
  switch (dtype_) {
    case DType::Bool:
      return store<std::uint8_t>(data_, i, v != 0);
    case DType::U8:
      return store(data_, i, static_cast<std::uint8_t>(cut(v)));
    case DType::I8:
      return store(data_, i, static_cast<std::int8_t>(cut(v)));
    case DType::I16:
      return store(data_, i, static_cast<std::int16_t>(cut(v)));
    case DType::I32:
      return store(data_, i, static_cast<std::int32_t>(cut(v)));
    case DType::I64:
      return store(data_, i, static_cast<std::int64_t>(cut(v)));
    case DType::U16:
      return store(data_, i, static_cast<std::uint16_t>(cut(v)));
    case DType::U32:
      return store(data_, i, static_cast<std::uint32_t>(cut(v)));
    case DType::U64:
      return store(data_, i, cut_unsigned(v));
    case DType::F16:
      return store(data_, i, float16_t(static_cast<float>(v)));
    case DType::BF16:
      return store(data_, i, bfloat16_t(static_cast<float>(v)));
    case DType::F32:
      return store(data_, i, static_cast<float>(v));
    case DType::F64:
      return store(data_, i, v);
    case DType::C64:
      return store(data_, i, std::complex<float>(static_cast<float>(v)));
    case DType::C128:
      return store(data_, i, std::complex<double>(v));
    default:
      return store(data_, i, double_to_tiny(v, tiny_format(dtype_)));
  }
}

// Calls f(offset in the whole, offset in the part) for each contiguous run of the part, in
// elements.
template <class F>
static void for_each_run(const Shape& whole, const std::vector<std::int64_t>& start,
                         const Shape& part, F f) {
  if (element_count(part) == 0) return;
  const Shape strides = row_major_strides(whole);
  const std::int64_t run = part.empty() ? 1 : part.back();
  for (std::int64_t done = 0; done < element_count(part); done += run) {
    std::int64_t offset = 0, rest = done;
    for (std::size_t i = part.size(); i-- > 0; rest /= part[i])
      offset += (start[i] + rest % part[i]) * strides[i];
    f(offset, done, run);
  }
}

HostArray read_part(const HostArray& x, const std::vector<std::int64_t>& start,
                    const Shape& shape) {
  HostArray out(x.dtype(), shape);
  const std::size_t item = item_size(x.dtype());
  for_each_run(x.shape(), start, shape, [&](std::int64_t from, std::int64_t to, std::int64_t n) {
    std::memcpy(out.data() + static_cast<std::size_t>(to) * item,
                x.data() + static_cast<std::size_t>(from) * item,
                static_cast<std::size_t>(n) * item);
  });
  return out;
}

void write_part(HostArray& x, const HostArray& part, const std::vector<std::int64_t>& start) {
  const std::size_t item = item_size(x.dtype());
  for_each_run(x.shape(), start, part.shape(),
               [&](std::int64_t to, std::int64_t from, std::int64_t n) {
                 std::memcpy(x.data() + static_cast<std::size_t>(to) * item,
                             part.data() + static_cast<std::size_t>(from) * item,
                             static_cast<std::size_t>(n) * item);
               });
}

}  // namespace linum
