// Array::to_string: values as NumPy prints them.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ostream>

#include "linum/core/array.h"
#include "linum/core/value.h"

namespace linum {
namespace {

constexpr std::int64_t kSummarizeAbove = 1000;
constexpr std::int64_t kEdgeItems = 3;
constexpr int kPrecision = 8;

// The shortest digits that read back as the same float (NumPy's unique mode), at most 8 decimals.
std::string shortest(double v, bool is_double) {
  char text[64];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, v);
    bool same = is_double ? std::strtod(text, nullptr) == v
                          : std::strtof(text, nullptr) == static_cast<float>(v);
    if (same) break;
  }
  return text;
}

struct FloatStyle {
  bool scientific = false;
  int decimals = 0;
};

// How many decimals one number needs.
int decimals_of(double v, bool is_double) {
  std::string s = shortest(v, is_double);
  auto e = s.find('e');
  int exponent = e == std::string::npos ? 0 : std::atoi(s.c_str() + e + 1);
  std::string mantissa = s.substr(0, e);
  auto dot = mantissa.find('.');
  int after = dot == std::string::npos ? 0 : static_cast<int>(mantissa.size() - dot - 1);
  return std::min(kPrecision, std::max(0, after - exponent));
}

class Printer {
 public:
  explicit Printer(const HostArray& host) : host_(host), strides_(row_major_strides(host.shape())) {
    if (is_floating(host.dtype()) || is_complex(host.dtype())) style_ = choose_style();
    width_ = 0;
    visit([&](std::int64_t i) { width_ = std::max(width_, element(i).size()); });
  }
  std::string print() { return host_.shape().empty() ? element(0) : print_axis(0, 0); }

 private:
  bool summarize() const { return host_.size() > kSummarizeAbove; }

  // Calls f for each printed index along `axis`, -1 for the ellipsis.
  template <class F>
  void each(std::size_t axis, F f) {
    std::int64_t n = host_.shape()[axis];
    bool cut = summarize() && n > 2 * kEdgeItems;
    for (std::int64_t i = 0; i < n; ++i) {
      if (cut && i == kEdgeItems) {
        f(std::int64_t{-1});
        i = n - kEdgeItems;
      }
      f(i);
    }
  }
  template <class F>
  void visit(F f, std::size_t axis = 0, std::int64_t offset = 0) {
    if (axis == host_.shape().size()) return f(offset);
    each(axis, [&](std::int64_t i) {
      if (i >= 0) visit(f, axis + 1, offset + i * strides_[axis]);
    });
  }

  FloatStyle choose_style() {
    FloatStyle style;
    double largest = 0, smallest = INFINITY;
    visit([&](std::int64_t i) {
      double v = std::abs(host_.number(i));
      if (!std::isfinite(v) || v == 0) return;
      largest = std::max(largest, v);
      smallest = std::min(smallest, v);
    });
    style.scientific = largest >= 1e8 || smallest < 1e-4 || (largest > 0 && largest / smallest > 1e3 && smallest < 1e-3);
    visit([&](std::int64_t i) {
      double v = host_.number(i);
      if (std::isfinite(v)) style.decimals = std::max(style.decimals, decimals(v, style.scientific));
    });
    return style;
  }
  int decimals(double v, bool scientific) const {
    bool wide = item_size(real_part_of(host_.dtype())) == 8;
    if (!scientific) return decimals_of(v, wide);
    std::string s = shortest(v, wide);
    std::string digits = s.substr(0, s.find('e'));
    int count = 0;
    bool leading = true;
    for (char c : digits) {
      if (c >= '1' && c <= '9') leading = false;
      if (c >= '0' && c <= '9' && !leading) ++count;
    }
    return std::min(kPrecision, std::max(0, count - 1));
  }

  std::string real(double v) const {
    if (std::isnan(v)) return "nan";
    if (std::isinf(v)) return v > 0 ? "inf" : "-inf";
    char text[400];
    if (style_.scientific) {
      std::snprintf(text, sizeof text, "%.*e", style_.decimals, v);
    } else {
      std::snprintf(text, sizeof text, "%.*f", style_.decimals, v);
    }
    std::string out = text;
    return style_.decimals || style_.scientific ? out : out + ".";
  }
  std::string element(std::int64_t i) const {
    DType d = host_.dtype();
    if (is_bool(d)) return host_.number(i) != 0 ? "True" : "False";
    if (d == DType::I64) return std::to_string(host_.as<std::int64_t>()[i]);
    if (d == DType::U64) return std::to_string(host_.as<std::uint64_t>()[i]);
    if (is_integer(d)) return std::to_string(static_cast<std::int64_t>(host_.number(i)));
    if (!is_complex(d)) return real(host_.number(i));
    std::complex<double> z = d == DType::C64 ? std::complex<double>(host_.as<std::complex<float>>()[i])
                                             : host_.as<std::complex<double>>()[i];
    return real(z.real()) + (std::signbit(z.imag()) ? "-" : "+") + real(std::abs(z.imag())) + "j";
  }

  std::string print_axis(std::size_t axis, std::int64_t offset) {
    bool last = axis + 1 == host_.shape().size();
    std::string separator = last ? " " : std::string(host_.shape().size() - axis - 1, '\n') +
                                             std::string(axis + 1, ' ');
    std::string out = "[";
    bool first = true;
    each(axis, [&](std::int64_t i) {
      if (!first) out += separator;
      first = false;
      if (i < 0) {
        out += "...";
      } else if (last) {
        std::string e = element(offset + i * strides_[axis]);
        out += std::string(width_ - e.size(), ' ') + e;
      } else {
        out += print_axis(axis + 1, offset + i * strides_[axis]);
      }
    });
    return out + "]";
  }

  const HostArray& host_;
  Shape strides_;
  FloatStyle style_;
  std::size_t width_ = 0;
};

}  // namespace

std::string Array::to_string() const {
  if (!defined()) return "Array(undefined)";
  if (is_traced()) return concat("Traced<", aval(), ">");
  HostArray host = to_host();
  std::string values = Printer(host).print();
  return host.size() > kSummarizeAbove ? concat(values, ", shape=", shape(), ", dtype=", dtype())
                                       : values;
}

std::ostream& operator<<(std::ostream& out, const Array& x) { return out << x.to_string(); }

}  // namespace linum
