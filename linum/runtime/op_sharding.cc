#include "linum/runtime/op_sharding.h"

#include <numeric>

#include "linum/base/error.h"
#include "linum/base/shape.h"

namespace linum::runtime {
namespace {

using Numbers = std::vector<std::int64_t>;

// Protobuf's wire format, as far as OpSharding needs it.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool done() const { return rest_.empty(); }
  std::uint64_t varint() {
    std::uint64_t out = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      out |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return out;
    }
    throw PluginError("a sharding of the plugin is no protobuf message");
  }
  std::string_view bytes() { return take(varint()); }
  void skip(std::uint64_t wire_type) {
    if (wire_type == 0) varint();
    if (wire_type == 1) take(8);
    if (wire_type == 2) bytes();
    if (wire_type == 5) take(4);
  }

 private:
  std::string_view take(std::uint64_t n) {
    if (n > rest_.size()) throw PluginError("a sharding of the plugin ends early");
    std::string_view out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return out;
  }
  std::string_view rest_;
};

enum class Kind : std::uint8_t { Replicated = 0, Tiled = 3 };

// The fields of the message.
struct Message {
  std::uint64_t kind = 0;
  Numbers tile_dims, devices, iota_dims, iota_order;
  bool replicate_last = false;
  std::size_t extra_dims = 0;  // last_tile_dims: subgroups that split nothing
};

void read_numbers(Reader& in, std::uint64_t wire_type, Numbers& out) {
  if (wire_type == 0) return out.push_back(static_cast<std::int64_t>(in.varint()));
  for (Reader packed(in.bytes()); !packed.done();)
    out.push_back(static_cast<std::int64_t>(packed.varint()));
}

Message read(std::string_view proto) {
  Message m;
  Numbers subgroups;
  for (Reader in(proto); !in.done();) {
    const std::uint64_t tag = in.varint(), field = tag >> 3, wire = tag & 7;
    if (field == 1 && wire == 0)
      m.kind = in.varint();
    else if (field == 3)
      read_numbers(in, wire, m.tile_dims);
    else if (field == 4)
      read_numbers(in, wire, m.devices);
    else if (field == 6 && wire == 0)
      m.replicate_last = in.varint() != 0;
    else if (field == 8)
      read_numbers(in, wire, subgroups);
    else if (field == 9)
      read_numbers(in, wire, m.iota_dims);
    else if (field == 10)
      read_numbers(in, wire, m.iota_order);
    else
      in.skip(wire);
  }
  m.extra_dims = m.replicate_last ? 1 : subgroups.size();
  return m;
}

// 0, 1, ... as an array of this shape with its axes in another order, flat.
Numbers transposed_iota(const Numbers& shape, const Numbers& order) {
  const Shape strides = row_major_strides(shape);
  Numbers out{0};
  for (std::int64_t axis : order) {
    const auto a = static_cast<std::size_t>(axis);
    if (a >= shape.size()) throw PluginError("a sharding of the plugin has a wrong axis order");
    Numbers next;
    for (std::int64_t base : out)
      for (std::int64_t i = 0; i < shape[a]; ++i) next.push_back(base + i * strides[a]);
    out = std::move(next);
  }
  return out;
}

Numbers devices_of(const Message& m) {
  if (!m.devices.empty()) return m.devices;
  Numbers order = m.iota_order;
  if (order.empty()) order = iota_axes(static_cast<std::int64_t>(m.iota_dims.size()));
  return transposed_iota(m.iota_dims, order);
}

// The indices of element `flat` of an array of this shape.
Numbers unravel(std::int64_t flat, const Numbers& shape) {
  Numbers out(shape.size());
  for (std::size_t i = shape.size(); i-- > 0; flat /= shape[i]) out[i] = flat % shape[i];
  return out;
}

}  // namespace

std::optional<OpSharding> parse_op_sharding(std::string_view proto, std::int64_t num_partitions) {
  const Message m = read(proto);
  OpSharding out;
  if (m.kind == static_cast<std::uint64_t>(Kind::Replicated)) return out;
  if (m.kind != static_cast<std::uint64_t>(Kind::Tiled) || m.extra_dims > m.tile_dims.size())
    return std::nullopt;
  const Numbers devices = devices_of(m);
  const auto count = static_cast<std::size_t>(num_partitions);
  if (devices.size() != count || element_count(m.tile_dims) != num_partitions) return std::nullopt;
  const std::size_t rank = m.tile_dims.size() - m.extra_dims;
  out.parts.assign(m.tile_dims.begin(), m.tile_dims.begin() + static_cast<std::ptrdiff_t>(rank));
  out.place.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    Numbers at = unravel(static_cast<std::int64_t>(i), m.tile_dims);
    at.resize(rank);
    if (devices[i] < 0 || devices[i] >= num_partitions) return std::nullopt;
    out.place[static_cast<std::size_t>(devices[i])] = std::move(at);
  }
  return out;
}

}  // namespace linum::runtime
