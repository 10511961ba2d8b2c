#include "linum/core/print.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <ostream>

#include "linum/core/number_format.h"
#include "linum/core/value.h"

namespace linum {
namespace {

std::complex<double> complex_number(const HostArray& host, std::int64_t i) {
  const auto at = static_cast<std::size_t>(i);
  if (host.dtype() == DType::C128) return host.as<std::complex<double>>()[at];
  return std::complex<double>(host.as<std::complex<float>>()[at]);
}

std::string whole_number(const HostArray& host, std::int64_t i) {
  const auto at = static_cast<std::size_t>(i);
  if (host.dtype() == DType::I64) return std::to_string(host.as<std::int64_t>()[at]);
  if (host.dtype() == DType::U64) return std::to_string(host.as<std::uint64_t>()[at]);
  return std::to_string(static_cast<std::int64_t>(host.number(i)));
}

// How many elements of an axis are shown at its start, and at its end; all of them for {0, n}.
struct Shown {
  std::int64_t leading, trailing;
};

class Printer {
 public:
  Printer(const HostArray& host, const PrintOptions& options, std::string_view separator)
      : host_(host),
        options_(options),
        separator_(separator),
        strides_(row_major_strides(host.shape())),
        summarizes_(host.size() > options.threshold) {
    format_ = choose_format();
  }
  std::string print(std::size_t prefix, std::size_t suffix) const {
    if (host_.size() == 0) return "[]";
    if (host_.shape().empty()) return format_(0);
    const std::size_t width = options_.linewidth - std::min(options_.linewidth, suffix);
    return print_axis(0, 0, std::string(prefix + 1, ' '), width);
  }

 private:
  using Format = std::function<std::string(std::int64_t)>;

  std::int64_t size(std::size_t axis) const { return host_.shape()[axis]; }
  Shown shown(std::size_t axis) const {
    const bool cut = summarizes_ && size(axis) > 2 * options_.edgeitems;
    return cut ? Shown{options_.edgeitems, options_.edgeitems} : Shown{0, size(axis)};
  }

  // The places of all elements that are shown.
  void collect(std::vector<std::int64_t>& out, std::size_t axis, std::int64_t offset) const {
    if (axis == host_.shape().size()) {
      out.push_back(offset);
      return;
    }
    const Shown range = shown(axis);
    for (std::int64_t i = 0; i < size(axis); ++i) {
      if (i >= range.leading && i < size(axis) - range.trailing) continue;
      collect(out, axis + 1, offset + i * strides_[axis]);
    }
  }

  Format choose_format() const {
    std::vector<std::int64_t> places;
    collect(places, 0, 0);
    if (is_bool(host_.dtype())) return bool_format();
    if (is_integer(host_.dtype())) return integer_format(places);
    return is_complex(host_.dtype()) ? complex_format(places) : float_format(places);
  }

  Format bool_format() const {
    const std::string yes = host_.shape().empty() ? "True" : " True";
    return [this, yes](std::int64_t i) { return host_.number(i) != 0 ? yes : "False"; };
  }
  Format integer_format(const std::vector<std::int64_t>& places) const {
    std::size_t width = 0;
    for (std::int64_t i : places) width = std::max(width, whole_number(host_, i).size());
    return [this, width](std::int64_t i) {
      const std::string text = whole_number(host_, i);
      return std::string(width - text.size(), ' ') + text;
    };
  }
  Format float_format(const std::vector<std::int64_t>& places) const {
    std::vector<double> values;
    for (std::int64_t i : places) values.push_back(host_.number(i));
    const FloatColumn column(values, host_.dtype(), {options_.precision, options_.suppress});
    return [this, column](std::int64_t i) { return column(host_.number(i)); };
  }
  Format complex_format(const std::vector<std::int64_t>& places) const {
    std::vector<double> re, im;
    for (std::int64_t i : places) {
      re.push_back(complex_number(host_, i).real());
      im.push_back(complex_number(host_, i).imag());
    }
    const DType part = real_part_of(host_.dtype());
    const FloatColumn real(re, part, {options_.precision, options_.suppress});
    const FloatColumn imag(im, part, {options_.precision, options_.suppress, true});
    return [this, real, imag](std::int64_t i) {
      const std::complex<double> z = complex_number(host_, i);
      std::string text = imag(z.imag());
      text.insert(text.find_last_not_of(' ') + 1, "j");
      return real(z.real()) + text;
    };
  }

  // `indent` is what stands in front of this axis' elements on every line.
  std::string print_axis(std::size_t axis, std::int64_t offset, const std::string& indent,
                         std::size_t width) const {
    const bool is_last = axis + 1 == host_.shape().size();
    const std::string text =
        is_last ? print_row(offset, indent, width) : print_blocks(axis, offset, indent, width);
    return "[" + text.substr(indent.size()) + "]";
  }

  std::string_view tight_separator() const {
    return separator_.substr(0, separator_.find_last_not_of(' ') + 1);
  }

  // Elements of the last axis, wrapped where they do not fit.
  std::string print_row(std::int64_t offset, const std::string& indent, std::size_t width) const {
    const std::size_t axis = host_.shape().size() - 1;
    const std::size_t room = width - std::max(tight_separator().size(), std::size_t{1});
    std::string done, line = indent;
    auto add = [&](const std::string& word, bool more) {
      if (line.size() + word.size() > room && line.size() > indent.size()) {
        done += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        line = indent;
      }
      line += word;
      if (more) line += separator_;
    };
    const Shown range = shown(axis);
    for (std::int64_t i = 0; i < range.leading; ++i) add(format_(offset + i), true);
    if (range.leading > 0) add("...", true);
    for (std::int64_t i = size(axis) - range.trailing; i < size(axis); ++i) {
      add(format_(offset + i), i + 1 < size(axis));
    }
    return done + line;
  }

  // Slices along another axis, below each other.
  std::string print_blocks(std::size_t axis, std::int64_t offset, const std::string& indent,
                           std::size_t width) const {
    const std::string between =
        std::string(tight_separator()) + std::string(host_.shape().size() - axis - 1, '\n');
    std::string out;
    auto add = [&](std::int64_t i) {
      out += indent + print_axis(axis + 1, offset + i * strides_[axis], indent + " ", width - 1);
      if (i + 1 < size(axis)) out += between;
    };
    const Shown range = shown(axis);
    for (std::int64_t i = 0; i < range.leading; ++i) add(i);
    if (range.leading > 0) out += indent + "..." + between;
    for (std::int64_t i = size(axis) - range.trailing; i < size(axis); ++i) add(i);
    return out;
  }

  const HostArray& host_;
  const PrintOptions& options_;
  std::string_view separator_;
  Shape strides_;
  bool summarizes_;
  Format format_;
};

std::mutex& options_mutex() {
  static std::mutex mutex;
  return mutex;
}
PrintOptions& shared_options() {
  static PrintOptions options;
  return options;
}

std::string format_number(const HostArray& host) {
  if (is_complex(host.dtype())) return format_scalar(complex_number(host, 0), host.dtype());
  if (is_floating(host.dtype())) return format_scalar(host.number(0), host.dtype());
  return format_elements(host, {});
}

}  // namespace

// The innermost scope of this thread.
static thread_local const PrintOptionsScope* options_scope = nullptr;

PrintOptionsScope::PrintOptionsScope(const PrintOptions& options)
    : options_(options), outer_(options_scope) {
  options_scope = this;
}
PrintOptionsScope::~PrintOptionsScope() { options_scope = outer_; }

PrintOptions print_options() {
  if (options_scope) return options_scope->options_;
  const std::lock_guard lock(options_mutex());
  return shared_options();
}
void set_print_options(const PrintOptions& options) {
  const std::lock_guard lock(options_mutex());
  shared_options() = options;
}

std::string format_elements(const HostArray& array, const PrintOptions& options,
                            std::string_view separator, std::string_view prefix,
                            std::string_view suffix) {
  return Printer(array, options, separator).print(prefix.size(), suffix.size());
}

std::string Array::to_string() const {
  if (!defined()) return "Array(undefined)";
  if (is_traced()) return str_cat("Traced<", aval(), ">");
  const HostArray host = to_host();
  if (host.shape().empty()) return format_number(host);
  const PrintOptions options = print_options();
  const std::string elements = format_elements(host, options);
  return host.size() > options.threshold
             ? str_cat(elements, ", shape=", shape(), ", dtype=", dtype())
             : elements;
}

std::ostream& operator<<(std::ostream& out, const Array& x) { return out << x.to_string(); }

}  // namespace linum
