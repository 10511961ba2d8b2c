#include "linum/lowering/mlir_text.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "linum/core/emitter.h"

namespace linum {

void append_number(std::string& out, std::int64_t v) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, v).ptr);
}

void append_mlir_type(std::string& out, const Aval& a) {
  out += "tensor<";
  for (std::int64_t d : a.shape()) {
    append_number(out, d);
    out += 'x';
  }
  out += mlir_name_of(a.dtype());
  out += '>';
}
std::string mlir_type(const Aval& a) {
  std::string out;
  append_mlir_type(out, a);
  return out;
}

std::string mlir_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < ' ') {
      char code[4];
      std::snprintf(code, sizeof code, "\\%02X", static_cast<unsigned>(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string mlir_list(std::span<const std::int64_t> v) { return str_cat("[", join(v, ", "), "]"); }
std::string mlir_i64_array(std::span<const std::int64_t> v) {
  return v.empty() ? "array<i64>" : str_cat("array<i64: ", join(v, ", "), ">");
}
std::string mlir_i64_pairs(std::span<const std::int64_t> low, std::span<const std::int64_t> high) {
  if (low.empty()) return "dense<> : tensor<0x2xi64>";
  std::string out = "dense<[";
  for (std::size_t i = 0; i < low.size(); ++i) {
    out += str_cat(i ? ", [" : "[", low[i], ", ", high[i], "]");
  }
  return str_cat(out, "]> : tensor<", low.size(), "x2xi64>");
}

static std::string hex_bits(double v, DType dtype) {
  char text[24];
  if (item_size(dtype) == 8) {
    std::uint64_t bits;
    std::memcpy(&bits, &v, sizeof bits);
    std::snprintf(text, sizeof text, "0x%016llX", static_cast<unsigned long long>(bits));
    return text;
  }
  HostArray one(dtype, {});
  one.set_number(0, v);
  std::uint32_t bits = 0;
  std::memcpy(&bits, one.data(), item_size(dtype));
  std::snprintf(text, sizeof text, "0x%0*X", static_cast<int>(2 * item_size(dtype)), bits);
  return text;
}

std::string mlir_float(double v, DType dtype) {
  if (!std::isfinite(v)) return hex_bits(v, dtype);
  char text[40];
  std::snprintf(text, sizeof text, "%.6e", v);
  if (std::strtod(text, nullptr) != v) std::snprintf(text, sizeof text, "%.17e", v);
  return text;
}

std::string mlir_element(const ScalarValue& s) {
  DType d = s.aval().dtype();
  if (is_bool(d)) return s.integer() ? "true" : "false";
  if (d == DType::U64) return std::to_string(static_cast<std::uint64_t>(s.integer()));
  if (is_integer(d)) return std::to_string(s.integer());
  if (!is_complex(d)) return mlir_float(s.number().real(), d);
  DType part = real_part_of(d);
  return str_cat("(", mlir_float(s.number().real(), part), ", ",
                 mlir_float(s.number().imag(), part), ")");
}

}  // namespace linum
