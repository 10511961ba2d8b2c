#include "linum/core/value.h"
#include "linum/lowering/lower.h"
#include "linum/lowering/packing.h"
#include "linum/lowering/spmd.h"
#include "linum/runtime/compile_cache.h"

namespace linum {

CompiledProgram compile_program(const Program& program, const LowerOptions& options) {
  runtime::Client& client = runtime::default_device().client();
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
  Ref<runtime::Executable> executable = module.callbacks.empty()
                                            ? runtime::compile_cached(client, module.text, {})
                                            : client.compile(module.text, {});
  return {std::move(executable), program.output_avals(), packing, nullptr, std::move(module.callbacks),
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
// Callbacks compute on a client of their own.
bool is_elsewhere(const runtime::Buffer& b) {
  return &b.device().client() != &runtime::default_client();
}

// The buffers of one call; those made for it are held until it has started.
struct CallBuffers {
  std::vector<runtime::Buffer*> all;
  std::vector<Ref<runtime::Buffer>> held;

  void add(const Array& x, bool donated) {
    if (const DeviceValue* d = as_device(x)) {
      if (runtime::callbacks_have_run() && is_elsewhere(*d->buffer()))
        return add(d->buffer()->copy_to(runtime::default_device()));
      all.push_back(d->buffer().get());
    } else {
      add(scalar_buffer(x, donated));
    }
  }
  void add(Ref<runtime::Buffer> made) {
    all.push_back(made.get());
    held.push_back(std::move(made));
  }
};
}  // namespace

std::vector<Array> CompiledProgram::run(std::span<const Array> args,
                                        const std::vector<bool>& donated) const {
  if (spmd) return run_spmd(*this, args);
  CallBuffers buffers;
  buffers.all.reserve(args.size());
  auto add = [&](std::size_t i) { buffers.add(args[i], i < donated.size() && donated[i]); };
  if (packing) {
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
    out.push_back(Array(Ref<Value>(new DeviceValue(outputs[i], std::move(results[i])))));
  }
  return out;
}

}  // namespace linum
