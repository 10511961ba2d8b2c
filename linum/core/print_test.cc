#include "linum/core/print.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace linum {
namespace {

// Expected texts: str() of the same arrays in NumPy 2.4.
std::string text(const Array& x) { return x.to_string(); }

// 0, 1, 2, ... of this shape.
template <class T>
Array ramp(const Shape& shape) {
  std::vector<T> values(static_cast<std::size_t>(element_count(shape)));
  std::iota(values.begin(), values.end(), T(0));
  return Array::of<T>(shape, values);
}

Array bools(const Shape& shape, const std::vector<bool>& values) {
  HostArray host(DType::Bool, shape);
  for (std::size_t i = 0; i < values.size(); ++i) host.as<bool>()[i] = values[i];
  return Array::from_host(host);
}

template <class T>
Array floats_as(const std::vector<float>& values) {
  std::vector<T> narrow(values.begin(), values.end());
  return Array::of<T>({static_cast<std::int64_t>(values.size())}, narrow);
}

TEST(Print, FloatsAlignAtTheirPoints) {
  EXPECT_EQ(text(Array::of<float>({3}, {1.0f, 2.5f, -3.0f})), "[ 1.   2.5 -3. ]");
  EXPECT_EQ(text(Array::of<float>({4}, {0.10000000149011612f, 100.0f, -0.25f, 7.0f})),
            "[  0.1  100.    -0.25   7.  ]");
  EXPECT_EQ(text(Array::of<float>({2}, {0.3333333432674408f, 0.6666666865348816f})),
            "[0.33333334 0.6666667 ]");
  EXPECT_EQ(text(Array::of<double>({2}, {0.3333333333333333, -0.6666666666666666})),
            "[ 0.33333333 -0.66666667]");
}

TEST(Print, WholeFloatsKeepThePoint) {
  EXPECT_EQ(text(Array::of<float>({3}, {1.0f, 2.0f, 30.0f})), "[ 1.  2. 30.]");
  EXPECT_EQ(text(Array::of<float>({2, 2}, {0.0f, 1.0f, 2.0f, 3.0f})),
            "[[0. 1.]\n"
            " [2. 3.]]");
}

TEST(Print, SmallLargeAndMixedFloatsHaveExponents) {
  EXPECT_EQ(text(Array::of<float>({2}, {9.999999747378752e-06f, 1.0f})), "[1.e-05 1.e+00]");
  EXPECT_EQ(text(Array::of<float>({2}, {1000000.0f, 2.0f})), "[1.e+06 2.e+00]");
  EXPECT_EQ(text(Array::of<float>({2}, {999999.0f, 2000.0f})), "[999999.   2000.]");
  EXPECT_EQ(text(Array::of<double>({2}, {100000000.0, 1.0})), "[1.e+08 1.e+00]");
  EXPECT_EQ(text(Array::of<double>({3}, {1e+100, 1.0, -1e-07})), "[ 1.e+100  1.e+000 -1.e-007]");
  EXPECT_EQ(text(Array::of<float>({2}, {1.5f, 2000.25f})), "[1.50000e+00 2.00025e+03]");
  EXPECT_EQ(text(Array::of<float>({2}, {9.999999747378752e-06f, 1.2345677614212036f})),
            "[9.9999997e-06 1.2345678e+00]");
  EXPECT_EQ(text(Array::of<float>({2}, {0.10000000149011612f, 12345.677734375f})),
            "[1.0000000e-01 1.2345678e+04]");
  EXPECT_EQ(text(Array::of<float>({2}, {0.0f, 0.00011000000085914508f})), "[0.      0.00011]");
}

TEST(Print, SpecialFloatsTakeTheirPlace) {
  EXPECT_EQ(text(Array::of<float>({2}, {NAN, 1.0f})), "[nan  1.]");
  EXPECT_EQ(text(Array::of<float>({3}, {-INFINITY, INFINITY, NAN})), "[-inf  inf  nan]");
  EXPECT_EQ(text(Array::of<float>({2}, {-INFINITY, 0.5f})), "[-inf  0.5]");
  EXPECT_EQ(text(Array::of<float>({2}, {NAN, 1.000000013351432e-10f})), "[   nan 1.e-10]");
  EXPECT_EQ(text(Array::of<float>({2}, {-0.0f, 0.0f})), "[-0.  0.]");
}

TEST(Print, Integers) {
  EXPECT_EQ(text(Array::of<std::int32_t>({3}, {1, 20, -300})), "[   1   20 -300]");
  EXPECT_EQ(text(Array::of<std::uint8_t>({2, 2}, {0, 255, 7, 8})),
            "[[  0 255]\n"
            " [  7   8]]");
  EXPECT_EQ(text(Array::of<std::int64_t>({2}, {INT64_MIN, 9223372036854775807})),
            "[-9223372036854775808  9223372036854775807]");
}

TEST(Print, Bools) {
  EXPECT_EQ(text(bools({2}, {true, false})), "[ True False]");
  EXPECT_EQ(text(bools({2, 1}, {true, true})),
            "[[ True]\n"
            " [ True]]");
}

TEST(Print, ComplexNumbers) {
  EXPECT_EQ(text(Array::of<std::complex<float>>({2}, {{1.0f, 2.0f}, {-0.5f, -1.0f}})),
            "[ 1. +2.j -0.5-1.j]");
  EXPECT_EQ(
      text(Array::of<std::complex<float>>({2}, {{9.999999747378752e-06f, 1.0f}, {100.0f, 0.0f}})),
      "[1.e-05+1.j 1.e+02+0.j]");
  EXPECT_EQ(text(Array::of<std::complex<float>>({2}, {{NAN, 1.0f}, {0.0f, -INFINITY}})),
            "[nan +1.j  0.-infj]");
}

TEST(Print, Scalars) {
  EXPECT_EQ(text(Array::of<float>({}, {1.0f})), "1.0");
  EXPECT_EQ(text(Array::of<float>({}, {0.10000000149011612f})), "0.1");
  EXPECT_EQ(text(Array::of<float>({}, {9.999999747378752e-06f})), "1e-05");
  EXPECT_EQ(text(Array::of<float>({}, {16777216.0f})), "1.6777216e+07");
  EXPECT_EQ(text(Array::of<float>({}, {-0.0f})), "-0.0");
  EXPECT_EQ(text(Array::of<float>({}, {NAN})), "nan");
  EXPECT_EQ(text(Array::of<double>({}, {1000000000000000.0})), "1000000000000000.0");
  EXPECT_EQ(text(Array::of<double>({}, {1e+16})), "1e+16");
  EXPECT_EQ(text(Array::of<std::int32_t>({}, {7})), "7");
  EXPECT_EQ(text(bools({}, {true})), "True");
  EXPECT_EQ(text(Array::of<std::complex<float>>({}, {{1.0f, 2.0f}})), "(1+2j)");
  EXPECT_EQ(text(Array::of<std::complex<float>>({}, {{0.0f, 1.0f}})), "1j");
}

TEST(Print, RowsWrapAtSeventyFiveCharacters) {
  EXPECT_EQ(
      text(Array::of<std::int32_t>(
          {40}, {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
                 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39})),
      "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
      " 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39]");
  EXPECT_EQ(text(Array::of<float>(
                {16}, {-0.5839992761611938f, 0.2667742073535919f, 0.10999999940395355f, 1.5f,
                       -0.5839992761611938f, 0.2667742073535919f, 0.10999999940395355f, 1.5f,
                       -0.5839992761611938f, 0.2667742073535919f, 0.10999999940395355f, 1.5f,
                       -0.5839992761611938f, 0.2667742073535919f, 0.10999999940395355f, 1.5f})),
            "[-0.5839993  0.2667742  0.11       1.5       -0.5839993  0.2667742\n"
            "  0.11       1.5       -0.5839993  0.2667742  0.11       1.5\n"
            " -0.5839993  0.2667742  0.11       1.5      ]");
  EXPECT_EQ(
      text(Array::of<float>(
          {2, 10},
          {-0.5839992761611938f, 0.2667742073535919f, -0.5839992761611938f, 0.2667742073535919f,
           -0.5839992761611938f, 0.2667742073535919f, -0.5839992761611938f, 0.2667742073535919f,
           -0.5839992761611938f, 0.2667742073535919f, -0.5839992761611938f, 0.2667742073535919f,
           -0.5839992761611938f, 0.2667742073535919f, -0.5839992761611938f, 0.2667742073535919f,
           -0.5839992761611938f, 0.2667742073535919f, -0.5839992761611938f, 0.2667742073535919f})),
      "[[-0.5839993  0.2667742 -0.5839993  0.2667742 -0.5839993  0.2667742\n"
      "  -0.5839993  0.2667742 -0.5839993  0.2667742]\n"
      " [-0.5839993  0.2667742 -0.5839993  0.2667742 -0.5839993  0.2667742\n"
      "  -0.5839993  0.2667742 -0.5839993  0.2667742]]");
}

TEST(Print, BlocksOfHigherRankAreApart) {
  EXPECT_EQ(text(Array::of<std::int32_t>({2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7})),
            "[[[0 1]\n"
            "  [2 3]]\n"
            "\n"
            " [[4 5]\n"
            "  [6 7]]]");
  EXPECT_EQ(text(Array::of<float>({1, 2, 1, 2}, {0.0f, 1.0f, 2.0f, 3.0f})),
            "[[[[0. 1.]]\n"
            "\n"
            "  [[2. 3.]]]]");
}

TEST(Print, EmptyArrays) {
  EXPECT_EQ(text(Array::of<float>({0}, {})), "[]");
  EXPECT_EQ(text(Array::of<float>({2, 0}, {})), "[]");
}

TEST(Print, ArraysAboveAThousandAreSummarized) {
  EXPECT_EQ(text(ramp<std::int32_t>({1001})),
            "[   0    1    2 ...  998  999 1000], shape=(1001,), dtype=int32");
  EXPECT_EQ(text(ramp<float>({30, 40})),
            "[[0.000e+00 1.000e+00 2.000e+00 ... 3.700e+01 3.800e+01 3.900e+01]\n"
            " [4.000e+01 4.100e+01 4.200e+01 ... 7.700e+01 7.800e+01 7.900e+01]\n"
            " [8.000e+01 8.100e+01 8.200e+01 ... 1.170e+02 1.180e+02 1.190e+02]\n"
            " ...\n"
            " [1.080e+03 1.081e+03 1.082e+03 ... 1.117e+03 1.118e+03 1.119e+03]\n"
            " [1.120e+03 1.121e+03 1.122e+03 ... 1.157e+03 1.158e+03 1.159e+03]\n"
            " [1.160e+03 1.161e+03 1.162e+03 ... 1.197e+03 1.198e+03 1.199e+03]], shape=(30, 40), "
            "dtype=float32");
  EXPECT_EQ(text(ramp<std::int32_t>({5, 4, 100})),
            "[[[   0    1    2 ...   97   98   99]\n"
            "  [ 100  101  102 ...  197  198  199]\n"
            "  [ 200  201  202 ...  297  298  299]\n"
            "  [ 300  301  302 ...  397  398  399]]\n"
            "\n"
            " [[ 400  401  402 ...  497  498  499]\n"
            "  [ 500  501  502 ...  597  598  599]\n"
            "  [ 600  601  602 ...  697  698  699]\n"
            "  [ 700  701  702 ...  797  798  799]]\n"
            "\n"
            " [[ 800  801  802 ...  897  898  899]\n"
            "  [ 900  901  902 ...  997  998  999]\n"
            "  [1000 1001 1002 ... 1097 1098 1099]\n"
            "  [1100 1101 1102 ... 1197 1198 1199]]\n"
            "\n"
            " [[1200 1201 1202 ... 1297 1298 1299]\n"
            "  [1300 1301 1302 ... 1397 1398 1399]\n"
            "  [1400 1401 1402 ... 1497 1498 1499]\n"
            "  [1500 1501 1502 ... 1597 1598 1599]]\n"
            "\n"
            " [[1600 1601 1602 ... 1697 1698 1699]\n"
            "  [1700 1701 1702 ... 1797 1798 1799]\n"
            "  [1800 1801 1802 ... 1897 1898 1899]\n"
            "  [1900 1901 1902 ... 1997 1998 1999]]], shape=(5, 4, 100), dtype=int32");
  EXPECT_EQ(text(ramp<float>({2, 2000})),
            "[[0.000e+00 1.000e+00 2.000e+00 ... 1.997e+03 1.998e+03 1.999e+03]\n"
            " [2.000e+03 2.001e+03 2.002e+03 ... 3.997e+03 3.998e+03 3.999e+03]], shape=(2, 2000), "
            "dtype=float32");
}

TEST(Print, HalfFloats) {
  EXPECT_EQ(text(floats_as<float16_t>({0.10000000149011612f, 1.0f, -2.5f})), "[ 0.1  1.  -2.5]");
  EXPECT_EQ(text(floats_as<float16_t>({1000.0f, 0.5f})), "[1.e+03 5.e-01]");
  EXPECT_EQ(text(floats_as<float16_t>({-1.0f, -0.10000000149011612f})), "[-1.  -0.1]");
  EXPECT_EQ(text(floats_as<float16_t>({65504.0f, 5.99999978589949e-08f})), "[6.55e+04 5.96e-08]");
}

TEST(Print, NarrowerFloatsStandAsTheyAre) {
  EXPECT_EQ(text(floats_as<bfloat16_t>({0.10000000149011612f, 1.0f, 2.25f, 10000000000.0f,
                                        1.0000000116860974e-07f, NAN, -INFINITY})),
            "[0.100098 1 2.25 9.99922e+09 1.00117e-07 nan -inf]");
}

TEST(Print, OptionsChangeTheRules) {
  const HostArray x = Array::of<float>({2}, {0.3333333432674408f, 9.999999747378752e-06f})
                          .to_host(),
                  n = ramp<std::int32_t>({6}).to_host();
  EXPECT_EQ(format_elements(x, {.precision = 3}), "[3.333e-01 1.000e-05]");
  EXPECT_EQ(format_elements(x, {.suppress = true}), "[0.33333334 0.00001   ]");
  EXPECT_EQ(format_elements(n, {.threshold = 5, .edgeitems = 1}), "[0 ... 5]");
  EXPECT_EQ(format_elements(ramp<std::int32_t>({10}).to_host(), {.linewidth = 20}),
            "[0 1 2 3 4 5 6 7 8\n"
            " 9]");
}

TEST(Print, SeparatorsPrefixAndSuffix) {
  EXPECT_EQ(format_elements(ramp<std::int32_t>({30}).to_host(), {}, ", ", "Array(", ","),
            "[ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16,\n"
            "       17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]");
  EXPECT_EQ(format_elements(ramp<float>({2, 2, 2}).to_host(), {}, ", ", "Array("),
            "[[[0., 1.],\n"
            "        [2., 3.]],\n"
            "\n"
            "       [[4., 5.],\n"
            "        [6., 7.]]]");
}

TEST(Print, UndefinedArraysSaySo) { EXPECT_EQ(text(Array()), "Array(undefined)"); }

}  // namespace
}  // namespace linum
