#include <chrono>
#include <utility>

#include "linum/base/log.h"
#include "linum/core/value.h"
#include "linum/lowering/lower.h"
#include "linum/lowering/packing.h"
#include "linum/lowering/spmd.h"
#include "linum/runtime/compile_cache.h"

namespace linum {

// Programs of the first device name none: their cache entries serve every process.
static runtime::CompileOptions options_for(const runtime::Device& device) {
  runtime::CompileOptions options;
  if (&device != device.client().local_devices()[0]) options.device_ids = {device.id()};
  return options;
}

static thread_local bool logs_compiles = false;
bool log_compiles(bool log) { return std::exchange(logs_compiles, log); }

namespace {
// Says what is compiled and, at the end, how long it took.
class CompileLog {
 public:
  CompileLog(const Program& program, const LowerOptions& options) : name_(options.name) {
    if (!logs_compiles) return;
    log_warning(str_cat("compiling ", name_, " for (", to_text(program.input_avals()), ")"));
  }
  ~CompileLog() {
    if (!logs_compiles) return;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start_;
    log_warning(str_cat("finished ", name_, " in ", took.count(), " s"));
  }
  CompileLog(const CompileLog&) = delete;

 private:
  const std::string name_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};
}  // namespace

CompiledProgram compile_program(const Program& program, const LowerOptions& options) {
  const CompileLog log(program, options);
  runtime::Device& device = runtime::default_device();
  runtime::Client& client = device.client();
  LowerOptions with_platform = options;
  with_platform.platform = client.platform();
  if (!options.mesh.empty()) return compile_spmd(program, with_platform);
  std::shared_ptr<const Packing> packing;
  if (auto plan = plan_packing(program, with_platform)) {
    with_platform.donated = plan->donated;
    packing = std::make_shared<const Packing>(std::move(*plan));
  }
  LoweredModule module = lower_module(packing ? *packing->program : program, with_platform);
  if (!module.mesh.empty()) {
    with_platform.mesh = module.mesh;
    with_platform.donated = options.donated;
    with_platform.in_specs.resize(program.inputs.size());
    return compile_spmd(program, with_platform);
  }
  // The caches outlive callbacks, and the disk outlives the process whose callbacks they are.
  const runtime::CompileOptions compile_options = options_for(device);
  Ref<runtime::Executable> executable =
      module.callbacks.empty() ? runtime::compile_cached(client, module.text, compile_options)
                               : client.compile(module.text, compile_options);
  return {std::move(executable),
          program.output_avals(),
          packing,
          nullptr,
          std::move(module.callbacks),
          (program.effects() & kOrderedEffect) != 0};
}

// The buffer of a host scalar; one that will be consumed must not be the shared one.
static Ref<runtime::Buffer> scalar_buffer(const Array& x, bool donated) {
  const ScalarValue* s = as_scalar(x);
  if (!s || !donated) return buffer_of(x);
  runtime::Device& device = runtime::default_device();
  return device.client().to_device(scalar_to_host(*s), device);
}

namespace {
// The buffers of one call, on its device; those made for it are held until it has started.
struct CallBuffers {
  runtime::Device& device;
  bool committed = false;  // some of them: so are the results
  std::vector<runtime::Buffer*> all = {};
  std::vector<Ref<runtime::Buffer>> held = {};

  void add(const Array& x, bool donated) {
    const DeviceValue* d = as_device(x);
    committed = committed || (d && d->committed());
    if (d && &d->buffer()->device() == &device) {
      all.push_back(d->buffer().get());
    } else {
      add(d ? d->buffer() : scalar_buffer(x, donated), x.memory());
    }
  }
  void add(Ref<runtime::Buffer> made, MemorySpace memory = MemorySpace::Device) {
    if (&made->device() != &device) made = made->copy_to(device);
    if (memory != MemorySpace::Device) made = made->copy_to_memory(memory_kind(memory));
    all.push_back(made.get());
    held.push_back(std::move(made));
  }
};

bool any_committed(std::span<const Array> args) {
  for (const Array& x : args)
    if (const DeviceValue* d = as_device(x); d && d->committed()) return true;
  return false;
}
}  // namespace

std::vector<Array> CompiledProgram::run(std::span<const Array> args,
                                        const std::vector<bool>& donated) const {
  if (spmd) return run_spmd(*this, args);
  CallBuffers buffers{*executable->devices()[0]};
  buffers.all.reserve(args.size());
  auto add = [&](std::size_t i) { buffers.add(args[i], i < donated.size() && donated[i]); };
  if (packing) {
    buffers.committed = any_committed(args);
    for (const Packing::Pack& pack : packing->packs) buffers.add(fill_pack(pack, args));
    for (std::size_t i : packing->rest) add(i);
  } else {
    for (std::size_t i = 0; i < args.size(); ++i) add(i);
  }
  std::vector<Ref<runtime::Buffer>> results =
      callbacks.empty()
          ? executable->execute(buffers.all)
          : runtime::execute_with_callbacks(*executable, buffers.all, callbacks, ordered);
  std::vector<Array> out;
  out.reserve(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    out.push_back(
        Array(Ref<Value>(new DeviceValue(outputs[i], std::move(results[i]), buffers.committed))));
  }
  return out;
}

}  // namespace linum
