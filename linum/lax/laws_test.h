// The laws that every operation obeys, and the table rows that say for which operands to try them:
//   - its abstract result is its real one,
//   - jit gives what eager evaluation gives,
//   - its jvp is the finite difference, and so is the jvp of its vjp (second order),
//   - its vjp is the transpose of its jvp,
//   - vmap is a loop over rows, for every choice of batch axes, also of its derivative,
//   - in float32 and bfloat16 it gives the rounded numbers, and derivatives of that dtype.
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

enum class Modes { Both, ForwardOnly, ReverseOnly };

struct Law {
  std::string name;
  FlatFn f;
  std::vector<Sample> operands;
  int order = 2;            // how often it can be differentiated; 0: not at all
  double tolerance = 1e-6;  // of derivatives, relative to the largest number compared
  Modes modes = Modes::Both;
  bool any_width = true;  // float64 operands may be float32 and bfloat16 as well
  std::string axis;       // of a collective: f is what each example does, "" for others

  Law up_to_order(int n) && {
    order = n;
    return std::move(*this);
  }
  Law within(double relative) && {
    tolerance = relative;
    return std::move(*this);
  }
  Law forward_only() && {
    modes = Modes::ForwardOnly;
    return std::move(*this);
  }
  Law reverse_only() && {
    modes = Modes::ReverseOnly;
    return std::move(*this);
  }
  // Not in narrower floats: their result is another, or too coarse to compare.
  Law in_double() && {
    any_width = false;
    return std::move(*this);
  }
};
Law law(std::string name, FlatFn f, std::vector<Sample> operands);
Law law(std::string name, Array (*f)(const Array&), std::vector<Sample> operands);
Law law(std::string name, Array (*f)(const Array&, const Array&), std::vector<Sample> operands);
Law law(std::string name, Array (*f)(const Array&, const Array&, const Array&),
        std::vector<Sample> operands);

// f over the first axis of all operands, named "i".
Law law_over_axis(std::string name, FlatFn f, std::vector<Sample> operands);
// The rows again, their operands in another shape: for elementwise operations.
std::vector<Law> in_shape(std::vector<Law> laws, const Shape& shape, const std::string& suffix);
// Every row made in this program.
const std::vector<Law>& all_laws();

class Laws : public testing::TestWithParam<Law> {};
std::string law_name(const testing::TestParamInfo<Law>& info);
void PrintTo(const Law& law, std::ostream* out);

}  // namespace linum
