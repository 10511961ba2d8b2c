#include "linum/np/fft.h"

#include "linum/base/testing.h"
#include "linum/np/expect_test.h"

namespace linum {
namespace {

TEST(NumpyFft, InversesInvert) {
  const Array x = np::array({{1., 2., 0.}, {-1., 3., 5.}});
  for (const char* norm : {"backward", "ortho", "forward"}) {
    const Array back = np::fft::ifftn(np::fft::fftn(x, {.norm = norm}), {.norm = norm});
    expect_array(back, np::astype(x, complex64), 1e-5);
    const Array real = np::fft::irfft(np::fft::rfft(x, {.norm = norm}), {.n = 3, .norm = norm});
    expect_array(real, x, 1e-5);
  }
}

TEST(NumpyFft, CropsAndPads) {
  const Array x = np::array({1., 2., 4.});
  expect_array(np::fft::rfft(x, {.n = 2}), np::astype(np::array({3., -1.}), complex64), 1e-6);
  expect_array(np::fft::fft(x, {.n = 4}), np::fft::fft(np::array({1., 2., 4., 0.})), 1e-6);
}

TEST(NumpyFft, FrequenciesAreCycles) {
  expect_array(np::fft::fftfreq(5), np::array({0., 0.2, 0.4, -0.4, -0.2}), 1e-6);
  expect_array(np::fft::rfftfreq(4, 0.5), np::array({0., 0.5, 1.}), 1e-6);
  EXPECT_EQ(np::fft::fftfreq(4, 1.0, float64).dtype(), float64);
  const Array shifted = np::fft::fftshift(np::fft::fftfreq(5));
  expect_array(shifted, np::array({-0.4, -0.2, 0., 0.2, 0.4}), 1e-6);
  expect_array(np::fft::ifftshift(shifted), np::fft::fftfreq(5));
}

TEST(NumpyFft, ExplainsWrongArguments) {
  const Array x = np::ones({3, 4});
  EXPECT_ERROR(np::fft::fft(x, {.norm = "none"}), ValueError, "fft: invalid norm value none");
  EXPECT_ERROR(np::fft::fft(x, {.n = 0}), ValueError, "fft: shape should be positive, got (0,)");
  EXPECT_ERROR(np::fft::fft(x, {.axis = 2}), ShapeError, "fft");
  EXPECT_ERROR(np::fft::fft2(x, {.axes = {0}}), ValueError, "fft2: only supports 2 axes, got (0,)");
  EXPECT_ERROR(np::fft::fftn(x, {.axes = {0, 0}}), ShapeError, "fftn");
  EXPECT_ERROR(np::fft::fftn(x, {.s = Shape{2, 2}, .axes = {0}}), ValueError,
               "shape and axes have different lengths");
  EXPECT_ERROR(np::fft::rfftn(x, {.s = Shape{2, 2, 2}}), ShapeError, "has more axes than the 2");
  EXPECT_ERROR(np::fft::rfft(np::astype(x, complex64)), DTypeError, "only real valued inputs");
}

}  // namespace
}  // namespace linum
