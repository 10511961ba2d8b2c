// jax.lax.fft and jax.numpy.fft.
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

using lax::FftType;

// --- the primitive ----------------------------------------------------------------------------

#define FFT(name, ...) \
  PARITY("lax.fft" name, [](const Tree& in) { return lax::fft(in[0], __VA_ARGS__); })
FFT("", FftType::FFT, {4});
FFT(":three_axes", "fft", {2, 3, 4});
FFT(":inverse", FftType::IFFT, {3, 4});
FFT(":real", FftType::RFFT, {3, 4});
FFT(":real_odd", "RFFT", {3});
FFT(":to_real", FftType::IRFFT, {3, 4});
FFT(":to_real_odd", "irfft", {5});
FFT(":int", "fft", {3});

// --- jax.numpy.fft ----------------------------------------------------------------------------

#define NP(name, function, ...)       \
  PARITY("numpy.fft." #function name, \
         [](const Tree& in) { return np::fft::function(in[0] __VA_OPT__(, ) __VA_ARGS__); })
#define ONE_AXIS(function)                             \
  NP("", function);                                    \
  NP(":cropped", function, {.n = 4, .norm = "ortho"}); \
  NP(":padded", function, {.n = 7, .axis = 0, .norm = "forward"})
ONE_AXIS(fft);
ONE_AXIS(ifft);
ONE_AXIS(rfft);
ONE_AXIS(irfft);
ONE_AXIS(hfft);
ONE_AXIS(ihfft);
NP(":real", fft);
NP(":real", irfft);
NP(":int", hfft);
NP(":int", ihfft);

#define TWO_AXES(function) \
  NP("", function);        \
  NP(":axes", function, {.s = Shape{2, 6}, .axes = {2, 0}, .norm = "ortho"})
TWO_AXES(fft2);
TWO_AXES(ifft2);
TWO_AXES(rfft2);
TWO_AXES(irfft2);

#define SEVERAL_AXES(function)                                   \
  NP("", function);                                              \
  NP(":sizes", function, {.s = Shape{3, 6}, .norm = "forward"}); \
  NP(":axes", function, {.axes = {1, 0}, .norm = "ortho"});      \
  NP(":four", function)
SEVERAL_AXES(fftn);
SEVERAL_AXES(ifftn);
SEVERAL_AXES(rfftn);
SEVERAL_AXES(irfftn);
NP(":seven", fftn);
NP(":five", irfftn);
NP(":scalar", fftn);

// --- frequencies ------------------------------------------------------------------------------

PARITY("numpy.fft.fftfreq:5", [](const Tree&) { return np::fft::fftfreq(5); });
PARITY("numpy.fft.fftfreq:6", [](const Tree&) { return np::fft::fftfreq(6); });
PARITY("numpy.fft.fftfreq:distance", [](const Tree& in) { return np::fft::fftfreq(5, in[0]); });
PARITY("numpy.fft.rfftfreq:5", [](const Tree&) { return np::fft::rfftfreq(5, 0.1); });
PARITY("numpy.fft.rfftfreq:6", [](const Tree&) { return np::fft::rfftfreq(6, 0.1); });
#define SHIFT(function)     \
  NP("", function);         \
  NP(":axis", function, 1); \
  NP(":axes", function, {-1, 0})
SHIFT(fftshift);
SHIFT(ifftshift);

}  // namespace
}  // namespace linum
