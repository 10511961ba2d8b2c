// The discrete Fourier transform: jax.lax.fft.
#pragma once

#include <cstdint>
#include <string_view>

#include "linum/core/array.h"

namespace linum::lax {

// Complex to complex, forward and inverse; real to complex, and back.
enum class FftType : std::uint8_t { FFT, IFFT, RFFT, IRFFT };

// Over the last fft_lengths.size() axes, at most three; axes before them are batch axes. The
// lengths are those of the side with all elements: the operand's, of IRFFT the result's. The last
// axis n of that side is n / 2 + 1 on the other side of RFFT and IRFFT, which leaves out what
// conjugate symmetry gives. The inverse ones divide by the number of elements. Operands become
// complex, of RFFT inexact. Throws DTypeError for a complex operand of RFFT, or one narrower than
// float32, and ShapeError where the lengths do not fit.
Array fft(const Array& x, FftType type, const Shape& fft_lengths);
// By name: "fft", "ifft", "rfft", "irfft", or the same in capitals. Throws ValueError for another.
Array fft(const Array& x, std::string_view type, const Shape& fft_lengths);

}  // namespace linum::lax
