// How an array is split over devices: Mesh, PartitionSpec, NamedSharding (jax.sharding).
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "linum/base/shape.h"

namespace linum {

namespace runtime {
class Device;
}

// A grid of devices whose axes have names. Copies share one grid. A default-made mesh is empty.
class Mesh {
 public:
  Mesh() = default;
  // `devices` in row-major order of `shape`; throws ValueError on counts or names that do not fit.
  Mesh(Shape shape, std::vector<std::string> axis_names, std::vector<runtime::Device*> devices);

  bool empty() const { return !grid_; }
  std::int64_t size() const;  // how many devices
  const Shape& shape() const;
  const std::vector<std::string>& axis_names() const;
  const std::vector<runtime::Device*>& devices() const;
  bool has_axis(std::string_view name) const;
  // Both throw ValueError that lists the axes there are.
  std::size_t axis(std::string_view name) const;
  std::int64_t axis_size(std::string_view name) const;
  // Where device `i` lies along an axis.
  std::int64_t coordinate(std::size_t i, std::size_t axis) const;
  // "Mesh(data=4, model=2)"
  std::string to_string() const;
  // Devices, names and sizes as bytes: equal keys, equal meshes.
  const std::string& key() const;
  friend bool operator==(const Mesh& a, const Mesh& b) { return a.key() == b.key(); }

 private:
  struct Grid;
  std::shared_ptr<const Grid> grid_;
};

// The first devices of the default client as a mesh of this shape (jax.make_mesh); throws
// ValueError when there are too few. LINUM_NUM_CPU_DEVICES makes several of one CPU.
Mesh make_mesh(Shape shape, std::vector<std::string> axis_names);
Mesh make_mesh(Shape shape, std::vector<std::string> axis_names,
               const std::vector<runtime::Device*>& devices);

// Which mesh axes split each dimension (jax.P): P{"data", nullptr, {"x", "y"}}. Dimensions beyond
// the last entry are whole.
class PartitionSpec {
 public:
  // The mesh axes that split one dimension, the slowest first; none: not split.
  struct Entry {
    Entry() = default;
    Entry(std::nullptr_t) {}
    Entry(const char* axis) : axes{axis} {}
    Entry(std::string axis) : axes{std::move(axis)} {}
    Entry(std::initializer_list<std::string_view> names) : axes(names.begin(), names.end()) {}
    explicit Entry(std::vector<std::string> names) : axes(std::move(names)) {}
    // In a constraint: the compiler may split this dimension (P.UNCONSTRAINED).
    static Entry unconstrained();

    std::vector<std::string> axes;
    bool open = false;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  PartitionSpec() = default;
  PartitionSpec(std::initializer_list<Entry> entries) : entries_(entries) {}
  explicit PartitionSpec(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  std::size_t size() const { return entries_.size(); }
  const std::vector<Entry>& entries() const { return entries_; }
  // The entry of dimension `i`; an empty one beyond the last.
  Entry at(std::size_t i) const { return i < entries_.size() ? entries_[i] : Entry(); }
  bool mentions(std::string_view axis) const;
  // For an array with one more dimension, before dimension `i`, that `entry` splits.
  PartitionSpec with_dimension(std::size_t i, Entry entry) const;
  // "P('data', None, ('x', 'y'))"
  std::string to_string() const;
  // Equal where they split alike: trailing empty entries do not count.
  friend bool operator==(const PartitionSpec& a, const PartitionSpec& b) {
    return a.trimmed() == b.trimmed();
  }

 private:
  std::vector<Entry> trimmed() const;
  std::vector<Entry> entries_;
};
using P = PartitionSpec;

// A mesh and how an array is split over it.
class NamedSharding {
 public:
  NamedSharding() = default;
  // Throws ValueError when `spec` names an axis that the mesh lacks, or one twice.
  NamedSharding(Mesh mesh, PartitionSpec spec);

  const Mesh& mesh() const { return mesh_; }
  const PartitionSpec& spec() const { return spec_; }
  bool is_fully_replicated() const;
  // Into how many parts dimension `i` is split.
  std::int64_t parts(std::size_t i) const;
  // The shape of each device's part; throws ShapeError when a dimension does not divide evenly, or
  // the spec has more entries than `shape`.
  Shape shard_shape(const Shape& shape) const;
  // Where the part of device `i` begins in an array of this shape.
  std::vector<std::int64_t> shard_start(const Shape& shape, std::size_t device) const;
  std::string to_string() const;
  friend bool operator==(const NamedSharding&, const NamedSharding&) = default;

 private:
  std::int64_t part_of(std::size_t device, std::size_t dim) const;
  Mesh mesh_;
  PartitionSpec spec_;
};

// While one lives, specs without a mesh mean this one (jax.set_mesh).
class MeshScope {
 public:
  explicit MeshScope(Mesh mesh);
  ~MeshScope();
  MeshScope(const MeshScope&) = delete;

 private:
  Mesh previous_;
};
using set_mesh = MeshScope;
// The innermost scope's mesh; throws ValueError where there is none.
const Mesh& current_mesh();

}  // namespace linum
