#include "linum/lowering/sdy_text.h"

#include <algorithm>

#include "linum/base/error.h"
#include "linum/lowering/mlir_text.h"

namespace linum {

static std::string quoted(std::span<const std::string> names) {
  std::string out;
  for (const std::string& name : names) out += str_cat(out.empty() ? "" : ", ", mlir_string(name));
  return out;
}

std::string sdy_mesh(const Mesh& mesh) {
  std::string axes;
  for (std::size_t i = 0; i < mesh.shape().size(); ++i)
    axes += str_cat(i ? ", " : "", mlir_string(mesh.axis_names()[i]), "=", mesh.shape()[i]);
  return str_cat("sdy.mesh @mesh = <[", axes, "]>\n");
}

// <@mesh, [{"x"}, {?}]>
static std::string bare_sharding(const NamedSharding& s, std::int64_t rank, bool open) {
  std::string dims;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rank); ++i) {
    const PartitionSpec::Entry entry = s.spec().at(i);
    const bool further = open || entry.open;
    dims += str_cat(i ? ", {" : "{", quoted(entry.axes), further && !entry.axes.empty() ? ", " : "",
                    further ? "?" : "", "}");
  }
  return str_cat("<@mesh, [", dims, "]>");
}

std::string sdy_sharding(const NamedSharding& s, std::int64_t rank) {
  return "#sdy.sharding" + bare_sharding(s, rank, false);
}

std::string sdy_shardings(std::span<const NamedSharding> shardings, std::span<const Aval> avals,
                          bool open) {
  std::string out;
  for (std::size_t i = 0; i < shardings.size(); ++i)
    out += (i ? ", " : "") + bare_sharding(shardings[i], avals[i].rank(), open);
  return str_cat("#sdy.sharding_per_value<[", out, "]>");
}

std::string sdy_manual_axes(std::span<const std::string> axes) {
  return str_cat("#sdy<manual_axes{", quoted(axes), "}>");
}

std::string sdy_first_device() { return "sdy.mesh @first_device = <[], device_ids=[0]>\n"; }

std::string sdy_on_first_device(std::size_t results) {
  std::string out;  // what gives nothing has one all the same
  for (std::size_t i = 0; i < std::max<std::size_t>(results, 1); ++i)
    out += str_cat(i ? ", " : "", "<@first_device, []>");
  return str_cat("#sdy.sharding_per_value<[", out, "]>");
}

}  // namespace linum
