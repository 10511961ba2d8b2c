// jax.numpy.fft: discrete Fourier transforms along chosen axes.
#pragma once

#include <optional>
#include <string_view>

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::np::fft {

// `norm` says where the number of transformed elements N goes: "backward" divides the inverse by N,
// "forward" the forward transform, "ortho" both by its square root. Axes are cropped at their ends,
// or padded with zeros, to the sizes that are asked for. Results are complex, of irfft, hfft and
// their kin real; numbers and bool are computed in float32.
// Throw ValueError for another norm or sizes that are not positive, ShapeError for axes that x does
// not have or that repeat, DTypeError for complex operands of rfft, ihfft and their kin.

// Of one axis.
struct Options {
  NamedOnly named_only = {};
  std::optional<std::int64_t> n =
      {};  // elements along the axis: of x, of irfft's and hfft's result
  std::int64_t axis = -1;
  std::string_view norm = "backward";
};
Array fft(const Array& x, const Options& options = {});
Array ifft(const Array& x, const Options& options = {});
// Of real x: n / 2 + 1 elements, the others being their conjugates. The inverse gives by default
// 2 (m - 1) elements from m.
Array rfft(const Array& x, const Options& options = {});
Array irfft(const Array& x, const Options& options = {});
// Of x whose spectrum is real, given by its n / 2 + 1 elements: n numbers, by default 2 (m - 1).
Array hfft(const Array& x, const Options& options = {});
Array ihfft(const Array& x, const Options& options = {});

// Of several axes; rfft2, rfftn, and their inverses halve the last one that is listed.
struct OptionsN {
  NamedOnly named_only = {};
  std::optional<Shape> s = {};  // a size for each axis
  AxisArg axes = {};            // of the ...2: the last two; else as many as s, or all
  std::string_view norm = "backward";
};
Array fft2(const Array& x, const OptionsN& options = {});
Array ifft2(const Array& x, const OptionsN& options = {});
Array rfft2(const Array& x, const OptionsN& options = {});
Array irfft2(const Array& x, const OptionsN& options = {});
Array fftn(const Array& x, const OptionsN& options = {});
Array ifftn(const Array& x, const OptionsN& options = {});
Array rfftn(const Array& x, const OptionsN& options = {});
Array irfftn(const Array& x, const OptionsN& options = {});

// The frequencies of fft's (rfft's) n results, for samples at distance d.
Array fftfreq(std::int64_t n, const Array& d = 1.0, DType dtype = float32);
Array rfftfreq(std::int64_t n, const Array& d = 1.0, DType dtype = float32);
// Frequency zero moved from the front to the middle of the axes, and back.
Array fftshift(const Array& x, const AxisArg& axes = {});
Array ifftshift(const Array& x, const AxisArg& axes = {});

}  // namespace linum::np::fft
