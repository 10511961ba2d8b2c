#include "linum/core/sharding.h"

#include <algorithm>
#include <set>

#include "linum/base/error.h"
#include "linum/runtime/client.h"

namespace linum {

// --- Mesh ------------------------------------------------------------------------------------

struct Mesh::Grid {
  Shape shape;
  std::vector<std::string> names;
  std::vector<runtime::Device*> devices;
  std::string key;
};

static std::string key_of(const Shape& shape, const std::vector<std::string>& names,
                          const std::vector<runtime::Device*>& devices) {
  std::string out;
  for (std::size_t i = 0; i < shape.size(); ++i) out += str_cat(names[i], "=", shape[i], ",");
  for (const runtime::Device* d : devices) out.append(reinterpret_cast<const char*>(&d), sizeof d);
  return out;
}

Mesh::Mesh(Shape shape, std::vector<std::string> axis_names,
           std::vector<runtime::Device*> devices) {
  const std::set<std::string> distinct(axis_names.begin(), axis_names.end());
  if (axis_names.size() != shape.size() || distinct.size() != axis_names.size()) {
    throw ValueError(str_cat("a mesh of shape ", to_text(shape), " needs ", shape.size(),
                             " different axis names, got ", axis_names.size()));
  }
  if (static_cast<std::size_t>(element_count(shape)) != devices.size() || devices.empty()) {
    throw ValueError(str_cat("a mesh of shape ", to_text(shape), " needs ", element_count(shape),
                             " devices, got ", devices.size()));
  }
  std::string key = key_of(shape, axis_names, devices);
  grid_ = std::make_shared<const Grid>(
      Grid{std::move(shape), std::move(axis_names), std::move(devices), std::move(key)});
}

std::int64_t Mesh::size() const {
  return grid_ ? static_cast<std::int64_t>(grid_->devices.size()) : 0;
}
const Shape& Mesh::shape() const {
  static const Shape none;
  return grid_ ? grid_->shape : none;
}
const std::vector<std::string>& Mesh::axis_names() const {
  static const std::vector<std::string> none;
  return grid_ ? grid_->names : none;
}
const std::vector<runtime::Device*>& Mesh::devices() const {
  static const std::vector<runtime::Device*> none;
  return grid_ ? grid_->devices : none;
}
const std::string& Mesh::key() const {
  static const std::string none;
  return grid_ ? grid_->key : none;
}
bool Mesh::has_axis(std::string_view name) const { return contains(axis_names(), name); }
std::size_t Mesh::axis(std::string_view name) const {
  const auto& names = axis_names();
  auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end()) throw ValueError(str_cat("no axis '", name, "' in ", to_string()));
  return static_cast<std::size_t>(it - names.begin());
}
std::int64_t Mesh::axis_size(std::string_view name) const { return shape()[axis(name)]; }

std::int64_t Mesh::coordinate(std::size_t i, std::size_t axis) const {
  auto rest = static_cast<std::int64_t>(i);
  for (std::size_t a = shape().size() - 1; a > axis; --a) rest /= shape()[a];
  return rest % shape()[axis];
}

std::string Mesh::to_string() const {
  std::string out;
  for (std::size_t i = 0; i < shape().size(); ++i)
    out += str_cat(i ? ", " : "", axis_names()[i], "=", shape()[i]);
  return "Mesh(" + out + ")";
}

Mesh make_mesh(Shape shape, std::vector<std::string> axis_names) {
  return make_mesh(std::move(shape), std::move(axis_names),
                   runtime::default_device().client().devices());
}
Mesh make_mesh(Shape shape, std::vector<std::string> axis_names,
               const std::vector<runtime::Device*>& devices) {
  const auto wanted = static_cast<std::size_t>(element_count(shape));
  if (wanted > devices.size()) {
    throw ValueError(str_cat("make_mesh: a mesh of shape ", to_text(shape), " needs ", wanted,
                             " devices, there are ", devices.size(),
                             " (LINUM_NUM_CPU_DEVICES sets how many a CPU counts as)"));
  }
  return {std::move(shape),
          std::move(axis_names),
          {devices.begin(), devices.begin() + static_cast<std::ptrdiff_t>(wanted)}};
}

// --- PartitionSpec ---------------------------------------------------------------------------

PartitionSpec::Entry PartitionSpec::Entry::unconstrained() {
  Entry out;
  out.open = true;
  return out;
}

std::vector<PartitionSpec::Entry> PartitionSpec::trimmed() const {
  std::vector<Entry> out = entries_;
  while (!out.empty() && out.back() == Entry()) out.pop_back();
  return out;
}

PartitionSpec PartitionSpec::with_dimension(std::size_t i, Entry entry) const {
  std::vector<Entry> out = entries_;
  out.resize(std::max(out.size(), i));
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(i), std::move(entry));
  return PartitionSpec(std::move(out));
}

bool PartitionSpec::mentions(std::string_view axis) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& e) { return contains(e.axes, axis); });
}

static std::string to_text(const PartitionSpec::Entry& e) {
  if (e.open) return "UNCONSTRAINED";
  if (e.axes.empty()) return "None";
  std::string out;
  for (const std::string& a : e.axes) out += str_cat(out.empty() ? "'" : ", '", a, "'");
  return e.axes.size() == 1 ? out : "(" + out + ")";
}
std::string PartitionSpec::to_string() const {
  std::string out;
  for (const Entry& e : entries_) out += (out.empty() ? "" : ", ") + to_text(e);
  return "P(" + out + ")";
}

// --- NamedSharding ---------------------------------------------------------------------------

NamedSharding::NamedSharding(Mesh mesh, PartitionSpec spec)
    : mesh_(std::move(mesh)), spec_(std::move(spec)) {
  std::set<std::string> used;
  for (const auto& entry : spec_.entries()) {
    for (const std::string& axis : entry.axes) {
      mesh_.axis(axis);
      if (used.insert(axis).second) continue;
      throw ValueError(str_cat(spec_.to_string(), " uses axis '", axis, "' twice"));
    }
  }
}

bool NamedSharding::is_fully_replicated() const {
  for (std::size_t i = 0; i < spec_.size(); ++i)
    if (parts(i) != 1) return false;
  return true;
}

std::int64_t NamedSharding::parts(std::size_t i) const {
  std::int64_t out = 1;
  for (const std::string& axis : spec_.at(i).axes) out *= mesh_.axis_size(axis);
  return out;
}

Shape NamedSharding::shard_shape(const Shape& shape) const {
  if (spec_.size() > shape.size()) {
    throw ShapeError(str_cat(spec_.to_string(), " has ", spec_.size(),
                             " entries for an array of shape ", linum::to_text(shape)));
  }
  Shape out = shape;
  for (std::size_t i = 0; i < spec_.size(); ++i) {
    if (shape[i] % parts(i) != 0) {
      throw ShapeError(str_cat("dimension ", i, " of shape ", linum::to_text(shape),
                               " cannot be split evenly into ", parts(i), " parts by ",
                               to_string()));
    }
    out[i] /= parts(i);
  }
  return out;
}

std::int64_t NamedSharding::part_of(std::size_t device, std::size_t dim) const {
  std::int64_t out = 0;
  for (const std::string& axis : spec_.at(dim).axes)
    out = out * mesh_.axis_size(axis) + mesh_.coordinate(device, mesh_.axis(axis));
  return out;
}

std::vector<std::int64_t> NamedSharding::shard_start(const Shape& shape, std::size_t device) const {
  std::vector<std::int64_t> out = shard_shape(shape);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] *= part_of(device, i);
  return out;
}

std::string NamedSharding::to_string() const {
  return str_cat("NamedSharding(", mesh_.to_string(), ", ", spec_.to_string(), ")");
}

// --- MeshScope -------------------------------------------------------------------------------

namespace {
thread_local Mesh active_mesh;
}  // namespace

MeshScope::MeshScope(Mesh mesh) : previous_(std::move(active_mesh)) {
  active_mesh = std::move(mesh);
}
MeshScope::~MeshScope() { active_mesh = std::move(previous_); }

const Mesh& current_mesh() {
  if (active_mesh.empty()) {
    throw ValueError("a PartitionSpec needs a mesh: give a NamedSharding, or set_mesh around it");
  }
  return active_mesh;
}

}  // namespace linum
