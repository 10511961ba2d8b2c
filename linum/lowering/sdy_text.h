// How shardings stand in the text of a module (the Shardy dialect).
#pragma once

#include <span>
#include <string>

#include "linum/core/aval.h"
#include "linum/core/sharding.h"

namespace linum {

// The line that declares the mesh as @mesh.
std::string sdy_mesh(const Mesh&);
// #sdy.sharding<@mesh, [{"x"}, {}]>, of an array of this rank.
std::string sdy_sharding(const NamedSharding&, std::int64_t rank);
// #sdy.sharding_per_value<[<@mesh, [{"x"}]>, ...]>; `open`: {"x", ?}, further axes may split too.
std::string sdy_shardings(std::span<const NamedSharding>, std::span<const Aval>, bool open);
// #sdy<manual_axes{"x", "y"}>
std::string sdy_manual_axes(std::span<const std::string> axes);
// The line that declares @first_device, and the sharding of an operation with so many results that
// only that device runs.
std::string sdy_first_device();
std::string sdy_on_first_device(std::size_t results);

}  // namespace linum
