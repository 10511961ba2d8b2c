#include "linum/np/printing.h"

namespace linum::np {
namespace {

PrintOptions changed(PrintOptions options, const PrintChange& change) {
  options.precision = change.precision.value_or(options.precision);
  options.threshold = change.threshold.value_or(options.threshold);
  options.edgeitems = change.edgeitems.value_or(options.edgeitems);
  options.linewidth = change.linewidth.value_or(options.linewidth);
  options.suppress = change.suppress.value_or(options.suppress);
  return options;
}

PrintOptions options_of(const TextOptions& options) {
  return changed(print_options(), {.precision = options.precision,
                                   .linewidth = options.max_line_width,
                                   .suppress = options.suppress_small});
}

bool is_implied(DType d) {
  return is_bool(d) || d == DType::I64 || d == DType::F64 || d == DType::C128;
}

// What the elements do not show, or nothing.
std::string type_text(const Array& x, const PrintOptions& options) {
  std::string out;
  const bool hides_shape = x.size() > options.threshold || (x.size() == 0 && x.ndim() > 1);
  if (hides_shape) out = str_cat("shape=", x.shape());
  if (is_implied(x.dtype()) && x.size() > 0) return out;
  return str_cat(out, out.empty() ? "" : ", ", "dtype=", x.dtype());
}

}  // namespace

PrintOptions get_printoptions() { return print_options(); }
void set_printoptions(const PrintChange& change) {
  set_print_options(changed(print_options(), change));
}
printoptions::printoptions(const PrintChange& change)
    : PrintOptionsScope(changed(print_options(), change)) {}

std::string array_str(const Array& x, const TextOptions& options) {
  const HostArray host = x.to_host();
  if (x.ndim() == 0) return x.to_string();  // a number has all its digits
  return format_elements(host, options_of(options));
}

std::string array_repr(const Array& x, const TextOptions& options) {
  const PrintOptions format = options_of(options);
  const std::string prefix = "Array(";
  const std::string elements = prefix + format_elements(x.to_host(), format, ", ", prefix, ")");
  const std::string type = type_text(x, format);
  if (type.empty()) return elements + ")";
  const std::size_t last_line = elements.size() + 1 - (elements.rfind('\n') + 1);
  const bool fits = last_line + type.size() + 2 <= format.linewidth;
  return str_cat(elements, ",", fits ? " " : "\n" + std::string(prefix.size(), ' '), type, ")");
}

}  // namespace linum::np
