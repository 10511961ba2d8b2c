#include "linum/runtime/allocator.h"

#include <malloc.h>

#include <climits>

namespace linum::runtime {

void tune_allocator_for_training() {
#ifdef M_MMAP_MAX
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 256 << 20);
  mallopt(M_ARENA_MAX, 1);
#endif
}

}  // namespace linum::runtime
