// Numbers as text, as NumPy writes them: the shortest digits that read back, aligned in columns.
#pragma once

#include <complex>
#include <span>
#include <string>
#include <vector>

#include "linum/base/dtype.h"

namespace linum {

// A number alone: "0.1", "1e-05", "16.0".
std::string format_scalar(double v, DType dtype);
// "(1+2j)", "2j".
std::string format_scalar(std::complex<double> v, DType dtype);

// One layout for a list of numbers of a floating dtype: with or without exponents, the points below
// each other.
class FloatColumn {
 public:
  struct Style {
    int precision = 8;      // most digits behind the point
    bool suppress = false;  // no exponents for small numbers
    bool plus = false;      // a sign in front of positive ones
  };
  FloatColumn(std::span<const double> values, DType dtype, const Style& style);
  std::string operator()(double v) const;

 private:
  void fit_scientific(std::span<const double> finite);
  void fit_positional(std::span<const double> finite);
  void fit_special(std::span<const double> values);
  std::string special(double v) const;
  std::string scientific(double v) const;
  std::string positional(double v) const;

  DType dtype_;
  Style style_;
  bool scientific_ = false;
  std::size_t left_ = 0, right_ = 0;  // characters before and behind the point
  std::size_t fraction_ = 0, exponent_digits_ = 0;
};

}  // namespace linum
