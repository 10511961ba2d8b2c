// The laws that every operation obeys, and the table rows that say for which operands to try them:
//   - its abstract result is its real one,
//   - jit gives what eager evaluation gives,
//   - its jvp is the finite difference, and so is the jvp of its vjp (second order),
//   - its vjp is the transpose of its jvp,
//   - vmap is a loop over rows, for every choice of batch axes, also of its derivative.
//
//   INSTANTIATE_TEST_SUITE_P(Trigonometry, Laws, testing::ValuesIn(std::vector<Law>{
//       law("sin", lax::sin, {real({2, 3})}),
//       law("log", lax::log, {positive({3})}),
//   }), law_name);
#pragma once

#include <gtest/gtest.h>

#include <complex>
#include <string>
#include <vector>

#include "linum/core/program.h"
#include "linum/lax/compare_test.h"

namespace linum {

// Where the numbers of one operand come from: drawn evenly between two bounds (both parts of a
// complex one), or given.
struct Sample {
  DType dtype;
  Shape shape;
  double low, high;
  std::vector<double> values;  // row-major, used instead of drawing where not empty
};
Sample real(Shape shape, double low = -2, double high = 2);        // float64
Sample positive(Shape shape, double low = 0.25, double high = 3);  // float64
Sample complex(Shape shape, double low = -2, double high = 2);     // complex128
Sample integers(Shape shape, double low = -4, double high = 5, DType dtype = DType::I32);
Sample bools(Shape shape);
Sample given(Shape shape, std::vector<double> values, DType dtype = DType::F64);

struct Law {
  std::string name;
  FlatFn f;
  std::vector<Sample> operands;
  int order = 2;            // how often it can be differentiated; 0: not at all
  double tolerance = 1e-6;  // of derivatives, relative to the largest number compared

  Law up_to_order(int n) && {
    order = n;
    return std::move(*this);
  }
  Law within(double relative) && {
    tolerance = relative;
    return std::move(*this);
  }
};
Law law(std::string name, FlatFn f, std::vector<Sample> operands);
Law law(std::string name, Array (*f)(const Array&), std::vector<Sample> operands);
Law law(std::string name, Array (*f)(const Array&, const Array&), std::vector<Sample> operands);
Law law(std::string name, Array (*f)(const Array&, const Array&, const Array&),
        std::vector<Sample> operands);

class Laws : public testing::TestWithParam<Law> {};
std::string law_name(const testing::TestParamInfo<Law>& info);
void PrintTo(const Law& law, std::ostream* out);

}  // namespace linum
