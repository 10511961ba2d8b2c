#include "linum/core/primitive.h"

#include <cstring>
#include <mutex>

#include "linum/core/error_scope.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"

namespace linum {
namespace {

// Parameters as bytes: a tag, then a self-delimiting value, so that no two lists look alike.
class KeyWriter final : public ParamSink {
 public:
  explicit KeyWriter(std::string& out) : out_(out) {}
  using ParamSink::operator();
  void integer(std::string_view, std::int64_t v) override { tagged('i', &v, sizeof v); }
  void number(std::string_view, double v) override { tagged('d', &v, sizeof v); }
  void text(std::string_view, std::string_view v) override { bytes('s', v); }
  void integers(std::string_view, const std::vector<std::int64_t>& v) override {
    bytes('v', {reinterpret_cast<const char*>(v.data()), v.size() * sizeof(std::int64_t)});
  }
  void program(std::string_view, const Program& p) override { bytes('p', p.key()); }
  void identity(std::string_view, const void* p) override { tagged('@', &p, sizeof p); }

 private:
  void tagged(char tag, const void* data, std::size_t size) {
    out_ += tag;
    out_.append(static_cast<const char*>(data), size);
  }
  void bytes(char tag, std::string_view v) {
    std::uint32_t size = static_cast<std::uint32_t>(v.size());
    tagged(tag, &size, sizeof size);
    out_ += v;
  }
  std::string& out_;
};

std::mutex key_mutex;

}  // namespace

const std::string& Primitive::key() const {
  if (!has_key_.load(std::memory_order_acquire)) {
    std::string key(name());
    key += '\0';
    KeyWriter writer(key);
    params(writer);
    std::lock_guard lock(key_mutex);
    if (!has_key_.load(std::memory_order_relaxed)) key_ = std::move(key);
    has_key_.store(true, std::memory_order_release);
  }
  return key_;
}

std::vector<Array> Primitive::partial_eval(PartialTrace& trace, std::span<const Array> args) const {
  return trace.record(Ref<const Primitive>(this), args);
}

std::vector<Array> bind(const Ref<const Primitive>& primitive, std::span<const Array> operands) {
  // The trace must outlive the call even if the rule replaces what is current.
  const Ref<Trace> trace = current_trace();  // NOLINT(performance-unnecessary-copy-initialization)
  return trace->process(primitive, operands);
}

Array bind1(const Ref<const Primitive>& primitive, std::span<const Array> operands) {
  return bind(primitive, operands)[0];
}

static MemorySpace common_memory(const Primitive& p, std::span<const Aval> operands) {
  const Aval* first = nullptr;
  for (const Aval& a : operands) {
    if (a.rank() == 0) continue;
    if (!first) first = &a;
    if (first->memory() == a.memory()) continue;
    throw ValueError(str_cat(p.name(), ": operands lie in different memories, ", *first, " and ", a,
                             "; bring them together with device_put"));
  }
  return first ? first->memory() : MemorySpace::Device;
}

std::vector<Aval> infer_checked(const Primitive& p, std::span<const Aval> operands) {
  return errors_in_scope([&] {
    std::vector<Aval> results = p.infer(operands);
    if (!p.stays_in_memory()) return results;
    const MemorySpace memory = common_memory(p, operands);
    for (Aval& a : results)
      if (a.memory() != memory) a = a.in_memory(memory);
    return results;
  });
}

}  // namespace linum
