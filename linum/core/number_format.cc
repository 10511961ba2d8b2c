#include "linum/core/number_format.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace linum {
namespace {

std::string render(double v, std::chars_format format, int precision) {
  char text[400];
  return {text, std::to_chars(text, text + sizeof text, v, format, precision).ptr};
}

std::size_t decimals_of(const std::string& text) {
  const std::size_t point = text.find('.');
  if (point == text.npos) return 0;
  return std::min(text.find('e'), text.size()) - point - 1;
}

// The fewest digits that read back as the same float16: at most five.
std::string shortest_half(double v, std::chars_format format) {
  const auto want = float16_t(static_cast<float>(v)).bits;
  std::string text;
  for (int digits = 0; digits < 5; ++digits) {
    text = render(v, std::chars_format::scientific, digits);
    if (float16_t(std::strtof(text.c_str(), nullptr)).bits == want) break;
  }
  if (format == std::chars_format::scientific) return text;
  // As many decimals as those digits reach.
  const int exponent = std::atoi(text.c_str() + text.find('e') + 1);
  return render(v, format, std::max(0, static_cast<int>(decimals_of(text)) - exponent));
}

std::string shortest(double v, DType dtype, std::chars_format format) {
  char text[400];
  if (dtype == DType::F16) return shortest_half(v, format);
  if (item_size(dtype) == 8) return {text, std::to_chars(text, text + sizeof text, v, format).ptr};
  return {text, std::to_chars(text, text + sizeof text, static_cast<float>(v), format).ptr};
}

// Shortest, but rounded to `precision` decimals, without zeros behind them.
std::string digits_of(double v, DType dtype, std::chars_format format, int precision) {
  std::string text = shortest(v, dtype, format);
  if (decimals_of(text) <= static_cast<std::size_t>(precision)) return text;
  text = render(v, format, precision);
  std::size_t end = std::min(text.find('e'), text.size());
  std::size_t last = end;
  while (last > 0 && text[last - 1] == '0') --last;
  if (last > 0 && text[last - 1] == '.') --last;
  return text.erase(last, end - last);
}

// From this size on numbers have exponents: what the dtype's digits tell apart.
double largest_positional(DType dtype, double widest) {
  if (dtype == DType::F16) return 1e3;
  return item_size(dtype) == 8 ? widest : 1e6;
}

bool is_plain(DType dtype) { return dtype == DType::F16 || item_size(dtype) >= 4; }

// bfloat16 and narrower: six digits.
std::string general(double v) {
  char text[64];
  return {text, std::to_chars(text, text + sizeof text, v, std::chars_format::general, 6).ptr};
}

std::string nan_or_inf(double v) {
  if (std::isnan(v)) return "nan";
  return v > 0 ? "inf" : "-inf";
}

// A part of a complex number, or a number that still lacks its ".0".
std::string scalar_digits(double v, DType dtype) {
  if (!std::isfinite(v)) return nan_or_inf(v);
  if (!is_plain(dtype)) return general(v);
  const double size = std::abs(v);
  const bool positional = v == 0 || (size >= 1e-4 && size < largest_positional(dtype, 1e16));
  return shortest(v, dtype, positional ? std::chars_format::fixed : std::chars_format::scientific);
}

std::string padded(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

std::string format_scalar(double v, DType dtype) {
  const std::string text = scalar_digits(v, dtype);
  const bool whole = text.find_first_not_of("-0123456789") == text.npos;
  return whole && is_plain(dtype) ? text + ".0" : text;
}

std::string format_scalar(std::complex<double> v, DType dtype) {
  const DType part = real_part_of(dtype);
  std::string imaginary = scalar_digits(v.imag(), part) + "j";
  if (v.real() == 0 && !std::signbit(v.real())) return imaginary;
  const bool signed_already = imaginary[0] == '-';
  return "(" + scalar_digits(v.real(), part) + (signed_already ? "" : "+") + imaginary + ")";
}

// --- columns ----------------------------------------------------------------------------------

FloatColumn::FloatColumn(std::span<const double> values, DType dtype, const Style& style)
    : dtype_(dtype), style_(style) {
  if (!is_plain(dtype)) return;
  std::vector<double> finite;
  double least = INFINITY, greatest = 0;
  for (double v : values) {
    if (!std::isfinite(v)) continue;
    finite.push_back(v);
    if (v == 0) continue;
    least = std::min(least, std::abs(v));
    greatest = std::max(greatest, std::abs(v));
  }
  const bool small = least < 1e-4 || greatest / least > 1000;
  scientific_ =
      greatest > 0 && (greatest >= largest_positional(dtype, 1e8) || (small && !style.suppress));
  if (!finite.empty()) scientific_ ? fit_scientific(finite) : fit_positional(finite);
  if (finite.size() != values.size()) fit_special(values);
}

void FloatColumn::fit_scientific(std::span<const double> finite) {
  for (double v : finite) {
    const std::string text = digits_of(v, dtype_, std::chars_format::scientific, style_.precision);
    const bool has_sign = style_.plus || std::signbit(v);
    left_ = std::max(left_, std::size_t{1} + has_sign);
    fraction_ = std::max(fraction_, decimals_of(text));
    exponent_digits_ = std::max(exponent_digits_, text.size() - text.find('e') - 2);
  }
  right_ = exponent_digits_ + 2 + fraction_;
}

void FloatColumn::fit_positional(std::span<const double> finite) {
  for (double v : finite) {
    const std::string text = digits_of(v, dtype_, std::chars_format::fixed, style_.precision);
    const std::size_t whole = std::min(text.find('.'), text.size());
    left_ = std::max(left_, whole + (style_.plus && !std::signbit(v)));
    right_ = std::max(right_, decimals_of(text));
  }
}

void FloatColumn::fit_special(std::span<const double> values) {
  const bool has_sign = style_.plus || std::any_of(values.begin(), values.end(),
                                                   [](double v) { return std::isinf(v) && v < 0; });
  const std::size_t width = 3 + has_sign;
  left_ = std::max(left_, width - std::min(width, right_ + 1));
}

std::string FloatColumn::special(double v) const {
  const bool plus = style_.plus && !(v < 0);
  return padded((plus ? "+" : "") + nan_or_inf(v), left_ + right_ + 1);
}

// Digits beyond the shortest that reads back are those of the number itself: 9.9999997e-06 beside
// 1.2345678e+00.
std::string FloatColumn::scientific(double v) const {
  std::string text = render(v, std::chars_format::scientific, static_cast<int>(fraction_));
  if (fraction_ == 0) text.insert(text.find('e'), ".");
  const std::size_t digits = text.size() - text.find('e') - 2;
  return text.insert(text.find('e') + 2,
                     std::string(exponent_digits_ - std::min(exponent_digits_, digits), '0'));
}

std::string FloatColumn::positional(double v) const {
  std::string text = digits_of(v, dtype_, std::chars_format::fixed, style_.precision);
  if (text.find('.') == text.npos) text += '.';
  return text + std::string(right_ - std::min(right_, decimals_of(text)), ' ');
}

std::string FloatColumn::operator()(double v) const {
  if (!is_plain(dtype_)) return scalar_digits(v, dtype_);
  if (!std::isfinite(v)) return special(v);
  std::string text = scientific_ ? scientific(v) : positional(v);
  if (style_.plus && !std::signbit(v)) text = "+" + text;
  return std::string(left_ - std::min(left_, text.find('.')), ' ') + text;
}

}  // namespace linum
