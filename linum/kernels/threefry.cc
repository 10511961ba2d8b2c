#include "linum/kernels/threefry.h"

#include <algorithm>
#include <bit>

#include "linum/kernels/parallel.h"
#include "linum/lax/custom_call.h"
#include "linum/lowering/lower.h"
#include "linum/runtime/ffi.h"
#include "linum/runtime/plugin.h"

namespace linum::kernels {
namespace {

namespace ffi = xla::ffi;
using Keys = ffi::Buffer<ffi::U32>;
using ResultKeys = ffi::Result<ffi::Buffer<ffi::U32>>;
using ResultBits = ffi::Result<ffi::AnyBuffer>;

constexpr std::int64_t kGrain = 1 << 15;

struct Pair {
  std::uint32_t x0, x1;
};

// Keys as they lie in memory.
Pair* pairs(std::uint32_t* words) { return reinterpret_cast<Pair*>(words); }

inline void rounds(Pair& s, int a, int b, int c, int d) {
  for (int rotation : {a, b, c, d}) {
    s.x0 += s.x1;
    s.x1 = s.x0 ^ std::rotl(s.x1, rotation);
  }
}

// As lax/threefry.cc has it, for one pair of counters.
inline Pair threefry(Pair key, Pair s) {
  const auto [k0, k1] = key;
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

// A stretch of one key's numbers, from `first` on, that ends before the high word changes.
struct Stretch {
  Pair key;
  std::uint64_t first;
  std::int64_t size;
};

// Calls draw(stretch, i) for the stretches of elements [begin, end); i counts elements of all keys,
// which have `each`.
template <class Draw>
void for_stretches(const Pair* keys, std::int64_t each, std::int64_t begin, std::int64_t end,
                   const Draw& draw) {
  constexpr std::int64_t kRange = std::int64_t{1} << 32;
  for (std::int64_t i = begin; i < end;) {
    const std::int64_t key = i / each, first = i % each;
    const std::int64_t size = std::min({end - i, each - first, kRange - first % kRange});
    draw(Stretch{keys[key], static_cast<std::uint64_t>(first), size}, i);
    i += size;
  }
}

// out[i] = join(words of number first + i)
template <class Out, class Join>
void fill(const Stretch& s, Out* out, const Join& join) {
  const auto high = static_cast<std::uint32_t>(s.first >> 32);
  const auto low = static_cast<std::uint32_t>(s.first);
  for (std::int64_t i = 0; i < s.size; ++i)
    out[i] = join(threefry(s.key, {high, low + static_cast<std::uint32_t>(i)}));
}

template <class Out, class Join>
void fill_all(ffi::ThreadPool& pool, const Keys& keys, std::int64_t size, Out* out,
              const Join& join) {
  if (size == 0) return;
  const std::int64_t each = size / static_cast<std::int64_t>(keys.element_count() / 2);
  parallel_for(pool, size, kGrain, [&](std::int64_t begin, std::int64_t end) {
    for_stretches(pairs(keys.typed_data()), each, begin, end,
                  [&](const Stretch& s, std::int64_t i) { fill(s, out + i, join); });
  });
}

// --- what XLA calls ---------------------------------------------------------------------------

template <class Bits>
void fill_bits(ffi::ThreadPool& pool, const Keys& keys, ffi::AnyBuffer& bits) {
  fill_all(pool, keys, static_cast<std::int64_t>(bits.element_count()),
           static_cast<Bits*>(bits.untyped_data()), [](Pair p) {
             if constexpr (sizeof(Bits) < 8) return static_cast<Bits>(p.x0 ^ p.x1);
             return static_cast<Bits>(std::uint64_t{p.x0} << 32 | p.x1);
           });
}

ffi::Error bits(ffi::ThreadPool pool, Keys keys, ResultBits out) {
  switch (out->element_type()) {
    case ffi::U8:
      fill_bits<std::uint8_t>(pool, keys, *out);
      break;
    case ffi::U16:
      fill_bits<std::uint16_t>(pool, keys, *out);
      break;
    case ffi::U32:
      fill_bits<std::uint32_t>(pool, keys, *out);
      break;
    default:
      fill_bits<std::uint64_t>(pool, keys, *out);
  }
  return ffi::Error::Success();
}

ffi::Error split(ffi::ThreadPool pool, Keys keys, ResultKeys out) {
  fill_all(pool, keys, static_cast<std::int64_t>(out->element_count() / 2),
           pairs(out->typed_data()), [](Pair p) { return p; });
  return ffi::Error::Success();
}

ffi::Error fold_in(Keys keys, Keys data, ResultKeys out) {
  const Pair* key = pairs(keys.typed_data());
  Pair* folded = pairs(out->typed_data());
  for (std::size_t i = 0; i < data.element_count(); ++i)
    folded[i] = threefry(key[i], {0, data.typed_data()[i]});
  return ffi::Error::Success();
}

XLA_FFI_DEFINE_HANDLER(bits_handler, bits,
                       ffi::Ffi::Bind().Ctx<ffi::ThreadPool>().Arg<Keys>().Ret<ffi::AnyBuffer>());
XLA_FFI_DEFINE_HANDLER(split_handler, split,
                       ffi::Ffi::Bind().Ctx<ffi::ThreadPool>().Arg<Keys>().Ret<Keys>());
XLA_FFI_DEFINE_HANDLER(fold_in_handler, fold_in,
                       ffi::Ffi::Bind().Arg<Keys>().Arg<Keys>().Ret<Keys>());

void install(const std::string& primitive, XLA_FFI_Handler* handler) {
  const std::string target = str_cat("linum_", primitive);
  runtime::register_ffi_target(target, handler);
  register_override("cpu", primitive,
                    [target](const Primitive&, Emitter& emitter, std::span<const Ssa> operands,
                             std::span<const Aval> results) -> std::vector<Ssa> {
                      if (!runtime::supports_ffi(runtime::default_client().plugin())) return {};
                      return lax::emit_custom_call(emitter, {target}, operands, results);
                    });
}

}  // namespace

void install_threefry() {
  install("random_bits", bits_handler);
  install("random_split", split_handler);
  install("random_fold_in", fold_in_handler);
}

}  // namespace linum::kernels
