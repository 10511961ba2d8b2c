// Splitting a kernel's work over XLA's own threads.
#pragma once

#include <functional>

#include "xla/ffi/api/ffi.h"

namespace linum::kernels {

// body(begin, end) for pieces of [0, size) of about `grain`. The caller takes pieces too, so this
// ends even when every thread of the pool waits in a kernel of its own.
void parallel_for(xla::ffi::ThreadPool& pool, std::int64_t size, std::int64_t grain,
                  const std::function<void(std::int64_t, std::int64_t)>& body);

}  // namespace linum::kernels
