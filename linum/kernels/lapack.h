// Custom calls to LAPACK: the operations of linum/lax/lapack.h on the CPU.
#pragma once

namespace linum::kernels {

// Registers linum_eigh, linum_svd, ..., and puts LAPACK in place of the plain lowerings there are.
void install_lapack();

}  // namespace linum::kernels
