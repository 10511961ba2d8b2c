#include "linum/lowering/sdy_text.h"

#include <algorithm>

#include "linum/base/error.h"
#include "linum/lowering/mlir_text.h"

namespace linum {

static std::string quoted(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += concat(out.empty() ? "" : ", ", mlir_string(name));
  return out;
}

std::string sdy_mesh(const Mesh& mesh) {
  std::string axes;
  for (std::size_t i = 0; i < mesh.shape().size(); ++i)
    axes += concat(i ? ", " : "", mlir_string(mesh.axis_names()[i]), "=", mesh.shape()[i]);
  return concat("sdy.mesh @mesh = <[", axes, "]>\n");
}

// <@mesh, [{"x"}, {?}]>
static std::string bare_sharding(const NamedSharding& s, std::int64_t rank) {
  std::string dims;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rank); ++i) {
    const PartitionSpec::Entry entry = s.spec().at(i);
    dims += concat(i ? ", {" : "{", entry.open ? "?" : quoted(entry.axes), "}");
  }
  return concat("<@mesh, [", dims, "]>");
}

std::string sdy_sharding(const NamedSharding& s, std::int64_t rank) {
  return "#sdy.sharding" + bare_sharding(s, rank);
}

std::string sdy_shardings(std::span<const NamedSharding> shardings, std::span<const Aval> avals) {
  std::string out;
  for (std::size_t i = 0; i < shardings.size(); ++i)
    out += (i ? ", " : "") + bare_sharding(shardings[i], avals[i].rank());
  return concat("#sdy.sharding_per_value<[", out, "]>");
}

std::string sdy_manual_axes(const Mesh& mesh) {
  return concat("#sdy<manual_axes{", quoted(mesh.axis_names()), "}>");
}

std::string sdy_first_device() { return "sdy.mesh @first_device = <[], device_ids=[0]>\n"; }

std::string sdy_on_first_device(std::size_t results) {
  std::string out;  // what gives nothing has one all the same
  for (std::size_t i = 0; i < std::max<std::size_t>(results, 1); ++i)
    out += concat(i ? ", " : "", "<@first_device, []>");
  return concat("#sdy.sharding_per_value<[", out, "]>");
}

}  // namespace linum
