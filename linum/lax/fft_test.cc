#include "linum/lax/fft.h"

#include <cmath>
#include <numbers>

#include "linum/base/testing.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/lowering/lower.h"
#include "linum/transforms/eval_shape.h"

namespace linum {
namespace {

using X = std::span<const Array>;
using lax::FftType;

std::vector<Law> fft_laws() {
  auto over = [](FftType type, Shape lengths) {
    return [=](X x) { return std::vector<Array>{lax::fft(x[0], type, lengths)}; };
  };
  return {
      law("fft", over(FftType::FFT, {4}), {complex({2, 4})}),
      law("fft_of_an_odd_length", over(FftType::FFT, {5}), {complex({5})}),
      law("fft_of_two_axes", over(FftType::FFT, {3, 2}), {complex({2, 3, 2})}),
      law("fft_of_no_axes", over(FftType::FFT, {}), {complex({2, 3})}),
      law("ifft", over(FftType::IFFT, {4}), {complex({2, 4})}),
      law("ifft_of_three_axes", over(FftType::IFFT, {2, 3, 2}), {complex({2, 3, 2})}),
      law("rfft", over(FftType::RFFT, {4}), {real({2, 4})}).in_double(),
      law("rfft_of_an_odd_length", over(FftType::RFFT, {5}), {real({2, 5})}).in_double(),
      law("rfft_of_two_axes", over(FftType::RFFT, {3, 4}), {real({3, 4})}).in_double(),
      law("rfft_of_one_element", over(FftType::RFFT, {1}), {real({3, 1})}).in_double(),
      law("irfft", over(FftType::IRFFT, {4}), {complex({2, 3})}),
      law("irfft_of_an_odd_length", over(FftType::IRFFT, {5}), {complex({2, 3})}),
      law("irfft_of_two_axes", over(FftType::IRFFT, {3, 4}), {complex({3, 3})}),
      law("fft_of_nothing", over(FftType::FFT, {3}), {complex({0, 3})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Fft, Laws, testing::ValuesIn(fft_laws()), law_name);

Array complexes(const Shape& shape, const std::vector<std::complex<float>>& values) {
  return Array::of<std::complex<float>>(shape, values);
}

TEST(Fft, IsTheSumOverTheRootsOfUnity) {
  const Array x = complexes({4}, {{1, 0}, {2, -1}, {0, 3}, {-1, 1}});
  const Array expected = complexes({4}, {{2, 3}, {-1, -6}, {0, 3}, {3, 0}});
  expect_close(lax::fft(x, FftType::FFT, {4}), expected, 1e-6);
  expect_close(lax::fft(expected, FftType::IFFT, {4}), x, 1e-6);
}

TEST(Fft, OfRealNumbersLeavesOutTheConjugates) {
  const Array x = floats({5}, {1, 2, 0, -1, 3});
  const Array whole = lax::fft(x, FftType::FFT, {5}), half = lax::fft(x, FftType::RFFT, {5});
  expect_close(half, lax::slice(whole, {0}, {3}), 1e-6);
  expect_close(lax::fft(half, FftType::IRFFT, {5}), x, 1e-6);
}

TEST(Fft, TakesNamesAndNumbers) {
  const Array x = Array::of<std::int32_t>({2}, {3, 1});
  expect_close(lax::fft(x, "fft", {2}), complexes({2}, {4, 2}), 1e-6);
  expect_close(lax::fft(x, "RFFT", {2}), complexes({2}, {4, 2}), 1e-6);
  EXPECT_EQ(lax::fft(Array::of<double>({2}, {3, 1}), "rfft", {2}).dtype(), complex128);
}

TEST(Fft, OfSeveralAxesIsSplitForGpus) {
  const Array x = shape_struct({3, 3}, complex64);
  const ProgramRef program = make_program(
      [](Array y) {
        return lax::fft(y, FftType::IRFFT, {3, 4});
      },
      x);
  const std::string cuda = lower_to_text(*program, {.platform = "cuda"});
  EXPECT_NE(cuda.find("<fft_type IFFT>, fft_length = array<i64: 3>"), std::string::npos) << cuda;
  EXPECT_NE(cuda.find("<fft_type IRFFT>, fft_length = array<i64: 4>"), std::string::npos) << cuda;
  // The same, on the CPU.
  const Array y = complexes({2, 2}, {{1, 1}, {2, -1}, {0, 3}, {-1, 1}});
  const Array rows = lax::transpose(lax::fft(lax::transpose(y, {1, 0}), "ifft", {2}), {1, 0});
  expect_close(lax::fft(y, "irfft", {2, 2}), lax::fft(rows, "irfft", {2}), 1e-6);
}

TEST(Fft, ExplainsWrongOperands) {
  const Array x = complexes({2, 3}, std::vector<std::complex<float>>(6));
  const Array narrow = lax::zeros({4}, bfloat16);
  EXPECT_ERROR(lax::fft(x, "dct", {3}), ValueError, "Unknown FFT type 'dct'");
  EXPECT_ERROR(lax::fft(x, "rfft", {3}), DTypeError,
               "only real valued inputs are supported for rfft");
  EXPECT_ERROR(lax::fft(narrow, "rfft", {4}), DTypeError, "RFFT input must be float32 or float64");
  EXPECT_ERROR(lax::fft(x, "fft", {1, 2, 3}), ShapeError, "at least as many dimensions");
  EXPECT_ERROR(lax::fft(x, "fft", {4}), ShapeError, "must end in the dimensions (4,)");
  EXPECT_ERROR(lax::fft(x, "irfft", {6}), ShapeError, "must end in the dimensions (4,)");
  EXPECT_ERROR(lax::fft(lax::zeros({1, 1, 1, 1}, complex64), "fft", {1, 1, 1, 1}), ShapeError,
               "at most three axes");
}

}  // namespace
}  // namespace linum
