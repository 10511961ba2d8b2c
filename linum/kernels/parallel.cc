#include "linum/kernels/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace linum::kernels {

void parallel_for(xla::ffi::ThreadPool& pool, std::int64_t size, std::int64_t grain,
                  const std::function<void(std::int64_t, std::int64_t)>& body) {
  std::int64_t pieces = std::max<std::int64_t>(1, (size + grain - 1) / grain);
  if (pieces == 1) return body(0, size);
  struct Shared {  // outlives the caller: a late thread finds no piece left
    std::atomic<std::int64_t> next{0}, done{0};
    std::mutex mutex;
    std::condition_variable finished;
  };
  auto shared = std::make_shared<Shared>();
  auto work = [shared, pieces, size, grain, &body] {
    for (std::int64_t i; (i = shared->next.fetch_add(1)) < pieces;) {
      body(i * grain, std::min(size, (i + 1) * grain));
      if (shared->done.fetch_add(1) + 1 < pieces) continue;
      std::lock_guard lock(shared->mutex);
      shared->finished.notify_all();
    }
  };
  std::int64_t helpers = std::min<std::int64_t>(pieces, pool.num_threads()) - 1;
  for (std::int64_t i = 0; i < helpers; ++i) pool.Schedule(std::function<void()>(work));
  work();
  std::unique_lock lock(shared->mutex);
  shared->finished.wait(lock, [&] { return shared->done.load() == pieces; });
}

}  // namespace linum::kernels
