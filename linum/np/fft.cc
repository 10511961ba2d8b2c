#include "linum/np/fft.h"

#include <cmath>

#include "linum/core/value.h"
#include "linum/lax/fft.h"
#include "linum/lax/structure.h"
#include "linum/np/creation.h"
#include "linum/np/manipulation.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"

namespace linum::np::fft {
namespace {

using lax::FftType;

// What a function of this family does, by its name.
struct Transform {
  std::string_view name;
  FftType type;
};
constexpr Transform kFft{"fft", FftType::FFT}, kIfft{"ifft", FftType::IFFT},
    kRfft{"rfft", FftType::RFFT}, kIrfft{"irfft", FftType::IRFFT}, kHfft{"hfft", FftType::IRFFT},
    kIhfft{"ihfft", FftType::RFFT};
constexpr Transform kFft2{"fft2", FftType::FFT}, kIfft2{"ifft2", FftType::IFFT},
    kRfft2{"rfft2", FftType::RFFT}, kIrfft2{"irfft2", FftType::IRFFT};
constexpr Transform kFftn{"fftn", FftType::FFT}, kIfftn{"ifftn", FftType::IFFT},
    kRfftn{"rfftn", FftType::RFFT}, kIrfftn{"irfftn", FftType::IRFFT};

// --- arguments --------------------------------------------------------------------------------

// The factor that "backward" lacks; names with an i are the inverse ones.
double norm_factor(const Transform& t, const Shape& s, std::string_view norm) {
  const auto n = static_cast<double>(element_count(s));
  const bool inverse = t.name.front() == 'i';
  if (norm == "backward") return 1;
  if (norm == "ortho") return inverse ? std::sqrt(n) : 1 / std::sqrt(n);
  if (norm == "forward") return inverse ? n : 1 / n;
  throw ValueError(str_cat(t.name, ": invalid norm value ", norm,
                           "; should be \"backward\", \"ortho\" or \"forward\""));
}

void check_sizes(const Transform& t, const Shape& s) {
  for (const std::int64_t size : s)
    if (size <= 0)
      throw ValueError(str_cat(t.name, ": shape should be positive, got ", to_text(s)));
}

Axes transformed_axes(const Transform& t, std::int64_t rank, const OptionsN& o) {
  const auto n = o.s ? static_cast<std::int64_t>(o.s->size()) : rank;
  if (!o.axes.has_value()) {
    if (n > rank) {
      throw ShapeError(str_cat(t.name, ": shape ", to_text(*o.s), " has more axes than the ", rank,
                               " of the array"));
    }
    Axes last;
    for (std::int64_t axis = rank - n; axis < rank; ++axis) last.push_back(axis);
    return last;
  }
  Axes axes = o.axes.resolve(rank, t.name);
  if (o.s && axes.size() != o.s->size()) {
    throw ValueError(str_cat(t.name, ": shape and axes have different lengths, got ", to_text(*o.s),
                             " and ", to_text(axes)));
  }
  return axes;
}

// --- transforms of the last axes --------------------------------------------------------------

// The sizes of the transformed axes on the side that has all elements.
Shape full_sizes(const Transform& t, const Array& x, std::size_t n) {
  Shape s(x.shape().end() - static_cast<std::ptrdiff_t>(n), x.shape().end());
  if (t.type == FftType::IRFFT && n > 0) s.back() = std::max<std::int64_t>(0, 2 * (s.back() - 1));
  return s;
}

// x cropped, or padded with zeros, so that its transform has the sizes s.
Array fitted(const Transform& t, const Array& x, Shape s) {
  if (t.type == FftType::IRFFT && !s.empty()) s.back() = s.back() / 2 + 1;
  std::vector<lax::Padding> padding(static_cast<std::size_t>(x.ndim()));
  const std::size_t first = padding.size() - s.size();
  for (std::size_t i = 0; i < s.size(); ++i) padding[first + i].high = s[i] - x.shape()[first + i];
  return lax::pad(x, make_scalar(0.0, x.dtype()), padding);
}

// XLA transforms three axes at once; more go in groups: the last ones by `type`, the others
// complex.
Array transform_groups(const Array& x, FftType type, const Shape& s) {
  if (s.size() <= 3) return lax::fft(x, type, s);
  const std::size_t n = s.size() == 4 ? 2 : 3, rest = s.size() - n;
  const Shape last(s.end() - static_cast<std::ptrdiff_t>(n), s.end());
  const Shape others(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(rest));
  Axes here, back;
  for (std::size_t i = 0; i < rest; ++i) {
    here.push_back(static_cast<std::int64_t>(i) - static_cast<std::int64_t>(s.size()));
    back.push_back(static_cast<std::int64_t>(i) - static_cast<std::int64_t>(rest));
  }
  const auto at_the_end = [&](const Array& y, FftType complex_type) {
    return moveaxis(transform_groups(moveaxis(y, here, back), complex_type, others), back, here);
  };
  if (type == FftType::FFT || type == FftType::RFFT)
    return at_the_end(lax::fft(x, type, last), FftType::FFT);
  return lax::fft(at_the_end(x, FftType::IFFT), type, last);
}

Array transform(const Transform& t, const Array& x, const OptionsN& o) {
  if (o.s) check_sizes(t, *o.s);
  const Axes axes = transformed_axes(t, x.ndim(), o);
  Axes last;
  for (std::size_t i = 0; i < axes.size(); ++i)
    last.push_back(x.ndim() - static_cast<std::int64_t>(axes.size() - i));
  const Array moved = moveaxis(x, axes, last);
  const Shape s = o.s ? *o.s : full_sizes(t, moved, axes.size());
  const double factor = norm_factor(t, s, o.norm);
  const Array y = transform_groups(o.s ? fitted(t, moved, s) : moved, t.type, s);
  return moveaxis(factor == 1 ? y : y * factor, last, axes);
}

Array transform1(const Transform& t, const Array& x, const Options& o) {
  OptionsN several{.axes = o.axis, .norm = o.norm};
  if (o.n) several.s = Shape{*o.n};
  return transform(t, x, several);
}

Array transform2(const Transform& t, const Array& x, OptionsN o) {
  if (!o.axes.has_value()) o.axes = AxisArg{-2, -1};
  const Axes& axes = o.axes.listed(t.name);
  if (axes.size() != 2)
    throw ValueError(str_cat(t.name, ": only supports 2 axes, got ", to_text(axes)));
  return transform(t, x, o);
}

// How many elements the spectrum of x has along the axis.
std::int64_t length(const Transform& t, const Array& x, const Options& o) {
  if (o.n) return *o.n;
  return x.shape(normalize_axis(o.axis, x.ndim(), t.name));
}

}  // namespace

// --- one axis ---------------------------------------------------------------------------------

Array fft(const Array& x, const Options& o) { return transform1(kFft, x, o); }
Array ifft(const Array& x, const Options& o) { return transform1(kIfft, x, o); }
Array rfft(const Array& x, const Options& o) { return transform1(kRfft, x, o); }
Array irfft(const Array& x, const Options& o) { return transform1(kIrfft, x, o); }

Array hfft(const Array& x, const Options& o) {
  const std::int64_t n = o.n ? *o.n : 2 * (length(kHfft, x, o) - 1);
  return transform1(kHfft, conj(x), o) * static_cast<double>(n);
}

Array ihfft(const Array& x, const Options& o) {
  return conj(transform1(kIhfft, x, o)) / static_cast<double>(length(kIhfft, x, o));
}

// --- several axes -----------------------------------------------------------------------------

Array fft2(const Array& x, const OptionsN& o) { return transform2(kFft2, x, o); }
Array ifft2(const Array& x, const OptionsN& o) { return transform2(kIfft2, x, o); }
Array rfft2(const Array& x, const OptionsN& o) { return transform2(kRfft2, x, o); }
Array irfft2(const Array& x, const OptionsN& o) { return transform2(kIrfft2, x, o); }
Array fftn(const Array& x, const OptionsN& o) { return transform(kFftn, x, o); }
Array ifftn(const Array& x, const OptionsN& o) { return transform(kIfftn, x, o); }
Array rfftn(const Array& x, const OptionsN& o) { return transform(kRfftn, x, o); }
Array irfftn(const Array& x, const OptionsN& o) { return transform(kIrfftn, x, o); }

// --- frequencies ------------------------------------------------------------------------------

Array fftfreq(std::int64_t n, const Array& d, DType dtype) {
  const std::int64_t half = n / 2;
  const DType inexact = to_inexact(dtype);
  const Array place = roll(astype(lax::iota(int32, n) - half, inexact), -half, 0);
  return astype(place / astype(d * n, inexact), dtype);
}

Array rfftfreq(std::int64_t n, const Array& d, DType dtype) {
  return lax::iota(dtype, n / 2 + 1) / astype(d * n, dtype);
}

static Array shifted(const Array& x, const AxisArg& given, std::int64_t sign,
                     std::string_view what) {
  const Axes axes = given.resolve(x.ndim(), what);
  Axes shifts;
  for (const std::int64_t axis : axes) shifts.push_back(sign * (x.shape(axis) / 2));
  return roll(x, shifts, axes);
}
Array fftshift(const Array& x, const AxisArg& axes) { return shifted(x, axes, 1, "fftshift"); }
Array ifftshift(const Array& x, const AxisArg& axes) { return shifted(x, axes, -1, "ifftshift"); }

}  // namespace linum::np::fft
