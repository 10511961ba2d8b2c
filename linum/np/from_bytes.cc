#include "linum/np/from_bytes.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "linum/runtime/client.h"

namespace linum::np {

// --- bytes ------------------------------------------------------------------------------------

Array frombuffer(std::span<const std::byte> buffer, DType dtype, const BufferOptions& options) {
  const auto bytes = static_cast<std::int64_t>(buffer.size());
  const auto item = static_cast<std::int64_t>(item_size(dtype));
  if (options.offset < 0 || options.offset > bytes) {
    throw ValueError(str_cat("frombuffer: the offset ", options.offset,
                             " is outside the buffer of ", bytes, " bytes"));
  }
  const std::int64_t left = bytes - options.offset;
  if (options.count < 0 && left % item != 0) {
    throw ValueError(str_cat("frombuffer: ", left, " bytes are no whole number of elements of ",
                             dtype, " (", item, " bytes each)"));
  }
  const std::int64_t count = options.count < 0 ? left / item : options.count;
  if (count > left / item) {
    throw ValueError(str_cat("frombuffer: ", count, " elements of ", dtype, " need more than the ",
                             left, " bytes that are there"));
  }
  HostArray host(dtype, {count});
  std::copy_n(buffer.data() + options.offset, host.byte_size(), host.data());
  return Array::from_host(host);
}

// --- text -------------------------------------------------------------------------------------

namespace {

// One number after the other.
class NumberReader {
 public:
  NumberReader(std::string_view text, std::string_view separator)
      : text_(text), separator_(trimmed(separator)) {}

  bool at_end() {
    skip_space();
    return text_.empty();
  }
  double next() {
    skip_space();
    if (!text_.empty() && text_[0] == '+') text_.remove_prefix(1);
    double value = 0;
    const char* end = text_.data() + text_.size();
    auto [stop, error] = std::from_chars(text_.data(), end, value);
    if (error != std::errc() && error != std::errc::result_out_of_range) refuse("a number");
    if (error == std::errc::result_out_of_range)
      value = std::strtod(std::string(text_).c_str(), nullptr);
    text_.remove_prefix(static_cast<std::size_t>(stop - text_.data()));
    return value;
  }
  void separator() {
    skip_space();
    if (!text_.starts_with(separator_)) refuse(str_cat("'", separator_, "'"));
    text_.remove_prefix(separator_.size());
  }

 private:
  static constexpr std::string_view kSpace = " \t\r\n\v\f";
  static std::string_view trimmed(std::string_view s) {
    const std::size_t first = s.find_first_not_of(kSpace);
    if (first == s.npos) return "";
    return s.substr(first, s.find_last_not_of(kSpace) - first + 1);
  }
  void skip_space() {
    text_.remove_prefix(std::min(text_.find_first_not_of(kSpace), text_.size()));
  }
  [[noreturn]] void refuse(std::string_view expected) const {
    throw ValueError(str_cat("fromstring: expected ", expected, " at '", text_.substr(0, 20), "'"));
  }
  std::string_view text_, separator_;
};

}  // namespace

Array fromstring(std::string_view text, std::string_view separator, DType dtype,
                 std::int64_t count) {
  if (separator.empty()) {
    throw ValueError("fromstring: the separator is empty; frombuffer reads bytes");
  }
  NumberReader in(text, separator);
  std::vector<double> numbers;
  while (!in.at_end() && static_cast<std::int64_t>(numbers.size()) != count) {
    numbers.push_back(in.next());
    if (!in.at_end()) in.separator();
  }
  if (count > static_cast<std::int64_t>(numbers.size())) {
    throw ValueError(
        str_cat("fromstring: ", count, " numbers are asked for, ", numbers.size(), " are there"));
  }
  HostArray host(dtype, {static_cast<std::int64_t>(numbers.size())});
  for (std::size_t i = 0; i < numbers.size(); ++i)
    host.set_number(static_cast<std::int64_t>(i), numbers[i]);
  return Array::from_host(host);
}

// --- DLPack -----------------------------------------------------------------------------------

namespace {

constexpr int kHostMemory = 1;
enum TypeCode { kInt = 0, kUInt = 1, kFloat = 2, kBFloat = 4, kComplex = 5, kBool = 6 };

DType dtype_of_view(const DLPackView& view) {
  for (int i = 0; view.lanes == 1 && i < kDTypeCount; ++i) {
    const auto d = static_cast<DType>(i);
    if (view.bits != static_cast<int>(8 * item_size(d)) || is_storage_only(d)) continue;
    const int code = is_bool(d)           ? kBool
                     : is_signed_int(d)   ? kInt
                     : is_unsigned_int(d) ? kUInt
                     : is_complex(d)      ? kComplex
                     : d == DType::BF16   ? kBFloat
                                          : kFloat;
    if (code == view.type_code) return d;
  }
  throw DTypeError(str_cat("from_dlpack: there is no dtype for DLPack's code ", view.type_code,
                           " with ", view.bits, " bits and ", view.lanes, " lanes"));
}

bool is_row_major(const DLPackView& view) {
  if (view.strides.empty()) return true;
  std::int64_t expected = 1;
  for (std::size_t i = view.shape.size(); i-- > 0; expected *= view.shape[i])
    if (view.shape[i] != 1 && view.strides[i] != expected) return false;
  return true;
}

HostArray packed(DType dtype, const DLPackView& view) {
  std::vector<std::int64_t> strides = view.strides;
  for (std::int64_t& s : strides) s *= static_cast<std::int64_t>(item_size(dtype));
  return HostArray::from_strided(dtype, view.shape, strides, view.data);
}

}  // namespace

Array from_dlpack(const DLPackView& view, std::shared_ptr<void> owner) {
  if (view.device_type != kHostMemory) {
    throw ValueError(str_cat("from_dlpack: the tensor lies on a device of type ", view.device_type,
                             "; copy it to the host's memory (type 1) first"));
  }
  const DType dtype = dtype_of_view(view);
  if (!is_row_major(view)) return Array::from_host(packed(dtype, view));
  auto* data = static_cast<std::byte*>(const_cast<void*>(view.data));
  HostArray host(dtype, view.shape, std::move(owner), data);
  runtime::Device& device = runtime::default_device();
  return Array::from_buffer(device.client().to_device(std::move(host), device));
}

}  // namespace linum::np
