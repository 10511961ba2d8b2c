// The checks of a safetensors header.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "linum/io/safetensors.h"
#include "linum/io/safetensors_dtypes.h"

namespace linum::io {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kLargestHeader = 100'000'000;  // the reference implementation's limit
constexpr std::uint64_t kLengthBytes = 8;

[[noreturn]] void refuse_entry(const std::string& name, std::string_view message) {
  throw IoError(str_cat(name, ": ", message));
}

// JSON objects keep the last of equal keys; the format forbids them.
Json parse_unique_keys(std::string_view text, const std::string& name) {
  std::vector<std::set<std::string>> open;
  auto check = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key &&
        !open.back().insert(parsed.get<std::string>()).second) {
      refuse_entry(name, str_cat("the header names ", parsed.dump(), " twice"));
    }
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const Json::exception& e) {
    refuse_entry(name, str_cat("the header (offset 8, ", text.size(),
                               " bytes) is no valid JSON: ", e.what()));
  }
}

std::uint64_t unsigned_of(const Json& value, const std::string& name, std::string_view what) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > INT64_MAX) {
    refuse_entry(name,
                 str_cat(what, " holds ", value.dump(-1, ' ', true, Json::error_handler_t::replace),
                         ", expected an unsigned integer"));
  }
  return value.get<std::uint64_t>();
}

const Json& field(const Json& entry, const char* key, Json::value_t type, const std::string& name,
                  const std::string& tensor) {
  auto it = entry.is_object() ? entry.find(key) : entry.end();
  if (!entry.is_object() || it == entry.end() || it->type() != type) {
    refuse_entry(name, str_cat("tensor '", tensor, "' has no valid '", key, "' in the header"));
  }
  return *it;
}

TensorEntry parse_entry(const Json& json, const std::string& name, const std::string& tensor) {
  TensorEntry entry;
  std::string what = str_cat("tensor '", tensor, "'");
  entry.dtype = dtype_of_safetensors(
      field(json, "dtype", Json::value_t::string, name, tensor).get<std::string>(), name, tensor);
  for (const Json& extent : field(json, "shape", Json::value_t::array, name, tensor)) {
    entry.shape.push_back(static_cast<std::int64_t>(unsigned_of(extent, name, what + ": shape")));
  }
  const Json& offsets = field(json, "data_offsets", Json::value_t::array, name, tensor);
  if (offsets.size() != 2) refuse_entry(name, what + ": data_offsets needs two numbers");
  entry.begin = unsigned_of(offsets[0], name, what + ": data_offsets");
  entry.end = unsigned_of(offsets[1], name, what + ": data_offsets");
  std::int64_t needed = checked_byte_size(entry.shape, item_size(entry.dtype));
  if (entry.begin > entry.end || needed != static_cast<std::int64_t>(entry.end - entry.begin)) {
    refuse_entry(name, str_cat(what, ": data_offsets [", entry.begin, ", ", entry.end,
                               ") do not fit ", name_of(entry.dtype), to_text(entry.shape)));
  }
  return entry;
}

Metadata parse_metadata(const Json& json, const std::string& name) {
  if (!json.is_object()) refuse_entry(name, "__metadata__ is no object");
  Metadata out;
  for (auto& [key, value] : json.items()) {
    if (!value.is_string()) refuse_entry(name, str_cat("__metadata__ '", key, "' is no string"));
    out.emplace(key, value.get<std::string>());
  }
  return out;
}

// The arrays must follow one another from the end of the header to the end of the file.
void check_cover(const SafetensorsHeader& header, std::uint64_t data_size,
                 const std::string& name) {
  std::vector<const std::pair<const std::string, TensorEntry>*> in_order;
  for (auto& item : header.tensors) in_order.push_back(&item);
  std::sort(in_order.begin(), in_order.end(), [](auto* a, auto* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  std::uint64_t at = 0;
  for (auto* item : in_order) {
    if (item->second.begin != at) {
      refuse_entry(name,
                   str_cat("tensor '", item->first, "' starts at data offset ", item->second.begin,
                           item->second.begin < at ? ", overlapping the one that ends at "
                                                   : ", leaving a gap after ",
                           at));
    }
    at = item->second.end;
  }
  if (at != data_size) {
    refuse_entry(name, str_cat("the header promises ", at, " bytes of data, the file has ",
                               data_size, at > data_size ? "; is it cut off?" : ""));
  }
}

}  // namespace

SafetensorsHeader parse_safetensors_header(ByteView prefix, std::uint64_t file_size,
                                           const std::string& name) {
  ByteReader in(prefix, name);
  std::uint64_t length = in.little_endian(kLengthBytes, "the length of a safetensors header");
  if (length > kLargestHeader || length > file_size - kLengthBytes || length > in.left()) {
    refuse_entry(name,
                 str_cat("offset 0: expected the length of a safetensors header, at most ",
                         std::min(kLargestHeader, file_size - kLengthBytes), ", found ", length));
  }
  Json json = parse_unique_keys(text_of(in.take(length, "the header")), name);
  if (!json.is_object()) refuse_entry(name, "the header is no JSON object");
  SafetensorsHeader out;
  for (auto& [tensor, entry] : json.items()) {
    if (tensor == "__metadata__") {
      out.metadata = parse_metadata(entry, name);
    } else {
      out.tensors.emplace(tensor, parse_entry(entry, name, tensor));
    }
  }
  std::uint64_t data_start = kLengthBytes + length;
  check_cover(out, file_size - data_start, name);
  for (auto& [tensor, entry] : out.tensors) entry.begin += data_start, entry.end += data_start;
  return out;
}

}  // namespace linum::io
