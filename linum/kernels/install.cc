#include <mutex>

#include "linum/kernels/lapack.h"
#include "linum/kernels/threefry.h"
#include "linum/lowering/lower.h"

namespace linum {

void install_kernels() {
  static std::once_flag once;
  std::call_once(once, [] {
    kernels::install_threefry();
    kernels::install_lapack();
  });
}

}  // namespace linum
