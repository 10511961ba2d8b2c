// Random keys on the CPU (threefry2x32): one custom call for each use of a key, instead of a
// hundred operations to compile.
#pragma once

namespace linum::kernels {

void install_threefry();

}  // namespace linum::kernels
