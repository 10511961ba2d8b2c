// Threefry-2x32 on the CPU: one custom call instead of a hundred operations to compile.
#pragma once

namespace linum::kernels {

void install_threefry();

}  // namespace linum::kernels
