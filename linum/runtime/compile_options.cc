// CompileOptions as CompileOptionsProto bytes: a handful of fields, written by hand so that the
// same options always give the same bytes and no protobuf library is linked.
#include <algorithm>

#include "linum/runtime/client.h"

namespace linum::runtime {
namespace {

class Proto {
 public:
  void integer(int field, std::int64_t v) {
    varint(static_cast<std::uint64_t>(field) << 3);
    varint(static_cast<std::uint64_t>(v));
  }
  void bytes(int field, std::string_view v) {
    varint((static_cast<std::uint64_t>(field) << 3) | 2);
    varint(v.size());
    out_ += v;
  }
  void number(int field, double v) {
    varint((static_cast<std::uint64_t>(field) << 3) | 1);
    out_.append(reinterpret_cast<const char*>(&v), sizeof v);
  }
  const std::string& str() const { return out_; }

 private:
  void varint(std::uint64_t v) {
    while (v >= 0x80) {
      out_ += static_cast<char>(v | 0x80);
      v >>= 7;
    }
    out_ += static_cast<char>(v);
  }
  std::string out_;
};

// xla.DeviceAssignmentProto: one list of replicas for each partition.
std::string device_assignment(const CompileOptions& o) {
  Proto out;
  out.integer(1, o.num_replicas);
  out.integer(2, o.num_partitions);
  for (int p = 0; p < o.num_partitions; ++p) {
    Proto ids;
    for (int r = 0; r < o.num_replicas; ++r) {
      int place = r * o.num_partitions + p;
      ids.integer(1, o.device_ids.empty() ? place : o.device_ids[static_cast<std::size_t>(place)]);
    }
    out.bytes(3, ids.str());
  }
  return out.str();
}

std::string build_options(const CompileOptions& o) {
  Proto out;
  out.integer(1, -1);  // device_ordinal: as assigned
  out.integer(4, o.num_replicas);
  out.integer(5, o.num_partitions);
  bool spmd = o.use_spmd_partitioning || o.num_partitions > 1;
  if (spmd) out.integer(6, 1);
  out.bytes(9, device_assignment(o));
  for (bool free : o.free_outputs) out.integer(12, free);
  if (spmd) out.integer(19, 1);  // use_shardy_partitioner
  return out.str();
}

std::string override_entry(const std::string& name,
                           const std::variant<std::string, bool, std::int64_t, double>& value) {
  Proto v;
  if (auto* s = std::get_if<std::string>(&value)) v.bytes(1, *s);
  if (auto* b = std::get_if<bool>(&value)) v.integer(2, *b);
  if (auto* i = std::get_if<std::int64_t>(&value)) v.integer(3, *i);
  if (auto* d = std::get_if<double>(&value)) v.number(4, *d);
  Proto entry;
  entry.bytes(1, name);
  entry.bytes(2, v.str());
  return entry.str();
}

// NaN goes through maximum and minimum, as in JAX: XLA's CPU code lets numbers win unless told not
// to. Other platforms do not read it.
constexpr const char* kFastMinMax = "xla_cpu_enable_fast_min_max";

bool overrides_any(const CompileOptions& o, std::string_view name) {
  return std::any_of(o.overrides.begin(), o.overrides.end(),
                     [&](const auto& entry) { return entry.first == name; });
}

}  // namespace

std::string CompileOptions::to_proto() const {
  Proto out;
  out.bytes(3, build_options(*this));
  if (!overrides_any(*this, kFastMinMax)) out.bytes(7, override_entry(kFastMinMax, false));
  for (auto& [name, value] : overrides) out.bytes(7, override_entry(name, value));
  return out.str();
}

}  // namespace linum::runtime
