#include "linum/np/printing.h"

#include <gtest/gtest.h>

#include <thread>

#include "linum/np/np.h"

namespace linum {
namespace {

// Expected texts: NumPy 2.4's, with the class named Array.

TEST(ArrayRepr, NamesTheTypeWhereTheElementsDoNot) {
  EXPECT_EQ(np::array_repr(np::arange(3.0)), "Array([0., 1., 2.], dtype=float32)");
  EXPECT_EQ(np::array_repr(np::array({1, 2}, int64)), "Array([1, 2])");
  EXPECT_EQ(np::array_repr(np::array({true, false})), "Array([ True, False])");
  EXPECT_EQ(np::array_repr(np::array(2.5)), "Array(2.5, dtype=float32)");
  EXPECT_EQ(np::array_repr(np::zeros({0, 3})), "Array([], shape=(0, 3), dtype=float32)");
  EXPECT_EQ(np::array_repr(np::zeros({0})), "Array([], dtype=float32)");
  EXPECT_EQ(np::array_repr(np::arange(2000)),
            "Array([   0,    1,    2, ..., 1997, 1998, 1999],\n"
            "      shape=(2000,), dtype=int32)");
}

TEST(ArrayRepr, WrapsAtTheLineWidth) {
  EXPECT_EQ(np::array_repr(np::arange(4.0), {.max_line_width = 16}),
            "Array([0., 1.,\n       2., 3.],\n      dtype=float32)");
}

TEST(ArrayStr, FormatsTheElements) {
  const Array x = np::array({{1.0 / 3, 2.0}, {1e-7, 4.0}});
  EXPECT_EQ(np::array_str(x, {.precision = 2, .suppress_small = true}),
            "[[0.33 2.  ]\n [0.   4.  ]]");
  EXPECT_EQ(np::array_str(np::array(0.1)), "0.1");
}

TEST(PrintOptions, EndWithTheirScope) {
  const Array x = np::array({1.0 / 3});
  {
    np::printoptions few{{.precision = 3}};
    EXPECT_EQ(np::get_printoptions().precision, 3);
    EXPECT_EQ(x.to_string(), "[0.333]");
    np::printoptions fewer{{.precision = 1}};
    EXPECT_EQ(x.to_string(), "[0.3]");
    std::thread([&] { EXPECT_EQ(x.to_string(), "[0.33333334]"); }).join();
  }
  EXPECT_EQ(x.to_string(), "[0.33333334]");
}

TEST(PrintOptions, AreSetForAllThreads) {
  const PrintOptions before = np::get_printoptions();
  np::set_printoptions({.precision = 2, .linewidth = 100});
  std::thread([] { EXPECT_EQ(np::get_printoptions().precision, 2); }).join();
  EXPECT_EQ(np::get_printoptions().threshold, before.threshold);
  set_print_options(before);
}

TEST(ArrayRepr, NeedsAnArray) { EXPECT_THROW(np::array_repr(Array()), ValueError); }

}  // namespace
}  // namespace linum
