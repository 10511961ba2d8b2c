#include "linum/kernels/lapack_call.h"

#include <cstring>

#include "linum/kernels/parallel.h"

namespace linum::kernels {

Matrices matrices(const Operand& x) {
  const auto shape = x.dimensions();
  std::int64_t count = 1;
  for (std::size_t i = 0; i + 2 < shape.size(); ++i) count *= shape[i];
  return {static_cast<lapack_int>(shape[shape.size() - 2]),
          static_cast<lapack_int>(shape[shape.size() - 1]), count};
}

void fill_nan(const Operand& x, std::int64_t i, std::int64_t count) {
  const std::size_t bytes = x.size_bytes() / static_cast<std::size_t>(count);
  std::memset(part<char>(x, 0, 1) + bytes * static_cast<std::size_t>(i), 0xff, bytes);
}

void for_each_matrix(ffi::ThreadPool& pool, const Matrices& m,
                     std::initializer_list<Operand> results,
                     const std::function<lapack_int(std::int64_t)>& body) {
  constexpr std::int64_t kGrain = 1 << 17;
  const std::int64_t work = m.size() * (m.least() + 1) + 1;
  parallel_for(pool, m.count, std::max<std::int64_t>(1, kGrain / work),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t i = begin; i < end; ++i) {
                   if (body(i) == 0) continue;
                   for (const Operand& x : results) fill_nan(x, i, m.count);
                 }
               });
}

}  // namespace linum::kernels
