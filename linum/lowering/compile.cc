#include "linum/core/value.h"
#include "linum/lowering/lower.h"
#include "linum/runtime/compile_cache.h"

namespace linum {

CompiledProgram compile_program(const Program& program, const LowerOptions& options) {
  runtime::Client& client = runtime::default_device().client();
  LowerOptions with_platform = options;
  with_platform.platform = client.platform();
  std::string text = lower_to_text(program, with_platform);
  return {runtime::compile_cached(client, text, {}), program.output_avals()};
}

// The buffer of a host scalar; one that will be consumed must not be the shared one.
static Ref<runtime::Buffer> scalar_buffer(const Array& x, bool donated) {
  const ScalarValue* s = as_scalar(x);
  if (!s || !donated) return buffer_of(x);
  runtime::Device& device = runtime::default_device();
  return device.client().to_device(scalar_to_host(*s), device);
}

std::vector<Array> CompiledProgram::run(std::span<const Array> args,
                                        const std::vector<bool>& donated) const {
  std::vector<Ref<runtime::Buffer>> held;
  std::vector<runtime::Buffer*> buffers;
  buffers.reserve(args.size());
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (const DeviceValue* d = as_device(args[i])) {
      buffers.push_back(d->buffer().get());
    } else {
      held.push_back(scalar_buffer(args[i], i < donated.size() && donated[i]));
      buffers.push_back(held.back().get());
    }
  }
  std::vector<Ref<runtime::Buffer>> results = executable->execute(buffers);
  std::vector<Array> out;
  out.reserve(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    out.push_back(Array(Ref<Value>(new DeviceValue(outputs[i], std::move(results[i])))));
  }
  return out;
}

}  // namespace linum
