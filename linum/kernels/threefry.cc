#include "linum/kernels/threefry.h"

#include <bit>

#include "linum/kernels/parallel.h"
#include "linum/lax/compose.h"
#include "linum/lax/custom_call.h"
#include "linum/lowering/lower.h"
#include "linum/runtime/ffi.h"
#include "linum/runtime/plugin.h"

namespace linum::kernels {
namespace {

namespace ffi = xla::ffi;
using Words = ffi::Buffer<ffi::U32>;
using ResultWords = ffi::Result<ffi::Buffer<ffi::U32>>;

constexpr const char* kTarget = "linum_threefry2x32";
constexpr std::int64_t kGrain = 1 << 15;

struct Arguments {
  const std::uint32_t *key0, *key1, *x0, *x1;
  std::uint32_t *y0, *y1;
  bool one_key;  // for all counters
};

struct Pair {
  std::uint32_t x0, x1;
};

inline void rounds(Pair& s, int a, int b, int c, int d) {
  for (int rotation : {a, b, c, d}) {
    s.x0 += s.x1;
    s.x1 = s.x0 ^ std::rotl(s.x1, rotation);
  }
}

// As lax/threefry.cc has it, for one pair of counters.
inline Pair threefry(std::uint32_t k0, std::uint32_t k1, Pair s) {
  std::uint32_t k2 = k0 ^ k1 ^ 0x1BD11BDA;
  s = {s.x0 + k0, s.x1 + k1};
  rounds(s, 13, 15, 26, 6);
  s = {s.x0 + k1, s.x1 + k2 + 1};
  rounds(s, 17, 29, 16, 24);
  s = {s.x0 + k2, s.x1 + k0 + 2};
  rounds(s, 13, 15, 26, 6);
  s = {s.x0 + k0, s.x1 + k1 + 3};
  rounds(s, 17, 29, 16, 24);
  s = {s.x0 + k1, s.x1 + k2 + 4};
  rounds(s, 13, 15, 26, 6);
  return {s.x0 + k2, s.x1 + k0 + 5};
}

void run(const Arguments& a, std::int64_t begin, std::int64_t end) {
  for (std::int64_t i = begin; i < end; ++i) {
    std::int64_t k = a.one_key ? 0 : i;
    Pair y = threefry(a.key0[k], a.key1[k], {a.x0[i], a.x1[i]});
    a.y0[i] = y.x0;
    a.y1[i] = y.x1;
  }
}

ffi::Error compute(ffi::ThreadPool pool, Words key0, Words key1, Words x0, Words x1, ResultWords y0,
                   ResultWords y1) {
  Arguments a{key0.typed_data(),
              key1.typed_data(),
              x0.typed_data(),
              x1.typed_data(),
              y0->typed_data(),
              y1->typed_data(),
              key0.dimensions().size() == 0};
  parallel_for(pool, static_cast<std::int64_t>(x0.element_count()), kGrain,
               [&](std::int64_t begin, std::int64_t end) { run(a, begin, end); });
  return ffi::Error::Success();
}

XLA_FFI_DEFINE_HANDLER(handler, compute,
                       ffi::Ffi::Bind()
                           .Ctx<ffi::ThreadPool>()
                           .Arg<Words>()
                           .Arg<Words>()
                           .Arg<Words>()
                           .Arg<Words>()
                           .Ret<Words>()
                           .Ret<Words>());

std::vector<Ssa> lower_threefry(const Primitive&, Emitter& emitter, std::span<const Ssa> operands,
                                std::span<const Aval> results) {
  if (!runtime::supports_ffi(runtime::default_client().plugin())) return {};
  std::vector<Ssa> full(operands.begin(), operands.end());
  const bool one_key = full[0].aval.rank() == 0 && full[1].aval.rank() == 0;
  for (std::size_t i = one_key ? 2 : 0; i < full.size(); ++i)
    full[i] = lax::broadcast_ssa(emitter, full[i], results[0].shape());
  return lax::emit_custom_call(emitter, {kTarget}, full, results);
}

}  // namespace

void install_threefry() {
  runtime::register_ffi_target(kTarget, handler);
  register_override("cpu", "threefry2x32", lower_threefry);
}

}  // namespace linum::kernels
