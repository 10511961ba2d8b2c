#include "linum/lowering/packing.h"

#include <algorithm>
#include <cstring>

#include "linum/core/value.h"
#include "linum/lax/structure.h"

namespace linum {
namespace {

constexpr std::size_t kSmall = 64;       // bytes
constexpr std::size_t kWorthwhile = 32;  // inputs of one dtype

std::size_t bytes_of(const Aval& a) {
  return static_cast<std::size_t>(a.size()) * item_size(a.dtype());
}

const Aval& input_aval(const Program& program, std::size_t i) {
  return program.avals[static_cast<std::size_t>(program.inputs[i])];
}

bool is_small(const Aval& a) {
  return a.rank() <= 1 && a.size() > 0 && bytes_of(a) <= kSmall &&
         a.memory() == MemorySpace::Device;
}

std::vector<Packing::Pack> find_packs(const Program& program, const std::vector<bool>& donated) {
  std::vector<Packing::Pack> packs;
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    const Aval& a = input_aval(program, i);
    if (!is_small(a) || (i < donated.size() && donated[i])) continue;
    auto same = [&](const Packing::Pack& p) { return p.dtype == a.dtype(); };
    auto pack = std::find_if(packs.begin(), packs.end(), same);
    if (pack == packs.end()) pack = packs.insert(packs.end(), {a.dtype()});
    pack->elements += a.size();
    pack->parts.push_back({i, bytes_of(a)});
  }
  std::erase_if(packs, [](const Packing::Pack& p) { return p.parts.size() < kWorthwhile; });
  return packs;
}

// Inputs of the packed program to those of `program`.
std::vector<Array> unpack(const Packing& packing, const Program& program,
                          std::span<const Array> in) {
  std::vector<Array> out(program.inputs.size());
  std::size_t next = 0;
  for (const Packing::Pack& pack : packing.packs) {
    const Array& together = in[next++];
    std::int64_t place = 0;
    for (auto [i, bytes] : pack.parts) {
      const Aval& a = input_aval(program, i);
      Array part = lax::slice(together, {place}, {place + a.size()});
      out[i] = a.rank() == 1 ? part : lax::reshape(part, a.shape());
      place += a.size();
    }
  }
  for (std::size_t i : packing.rest) out[i] = in[next++];
  return out;
}

ProgramRef packed_program(const Packing& packing, const Program& program) {
  std::vector<Aval> avals;
  for (const Packing::Pack& p : packing.packs) avals.emplace_back(p.dtype, Shape{p.elements});
  for (std::size_t i : packing.rest) avals.push_back(input_aval(program, i));
  auto f = [&](std::span<const Array> in) {
    return eval_program(program, unpack(packing, program, in));
  };
  return trace_program(f, avals).program;
}

}  // namespace

std::optional<Packing> plan_packing(const Program& program, const LowerOptions& options) {
  if (options.platform != "cpu" || program.inputs.size() < kWorthwhile) return std::nullopt;
  Packing out;
  out.packs = find_packs(program, options.donated);
  if (out.packs.empty()) return std::nullopt;
  std::vector<bool> packed(program.inputs.size(), false);
  for (const Packing::Pack& p : out.packs)
    for (auto [i, bytes] : p.parts) packed[i] = true;
  out.donated.assign(out.packs.size(), false);
  for (std::size_t i = 0; i < packed.size(); ++i) {
    if (packed[i]) continue;
    out.rest.push_back(i);
    out.donated.push_back(i < options.donated.size() && options.donated[i]);
  }
  out.program = packed_program(out, program);
  return out;
}

Ref<runtime::Buffer> fill_pack(const Packing::Pack& pack, std::span<const Array> args) {
  HostArray together(pack.dtype, {pack.elements});
  std::byte* to = together.data();
  for (auto [i, bytes] : pack.parts) {
    if (const DeviceValue* d = as_device(args[i])) {
      std::memcpy(to, d->buffer()->host_data(), bytes);
    } else {
      std::memcpy(to, buffer_of(args[i])->host_data(), bytes);
    }
    to += bytes;
  }
  runtime::Device& device = runtime::default_device();
  return device.client().to_device(std::move(together), device);
}

}  // namespace linum
