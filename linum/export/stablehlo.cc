#include "linum/export/stablehlo.h"

#include <mutex>

#include "linum/base/log.h"
#include "linum/core/trace.h"
#include "linum/core/value.h"
#include "linum/io/file.h"
#include "linum/lowering/lower.h"
#include "linum/runtime/compile_cache.h"

namespace linum {

struct StableHlo::Impl {
  std::string text, name, code;
  StableHloSignature signature;
  std::mutex mutex;
  CompiledProgram compiled;

  const CompiledProgram& program();
};

static Ref<runtime::Executable> load_code(runtime::Client& client, const std::string& code,
                                          const std::string& name) {
  if (code.empty()) return nullptr;
  try {
    return client.deserialize(code, {});
  } catch (const PluginError& e) {
    log_warning(str_cat(name, ": its compiled code is refused (", e.what(), "); compiling anew"));
    return nullptr;
  }
}

const CompiledProgram& StableHlo::Impl::program() {
  std::lock_guard lock(mutex);
  if (compiled.executable) return compiled;
  install_kernels();  // the text may call them
  runtime::Client& client = runtime::default_device().client();
  Ref<runtime::Executable> executable = load_code(client, code, name);
  if (!executable) executable = runtime::compile_cached(client, text, {});
  compiled = {std::move(executable), signature.outputs};
  return compiled;
}

StableHlo::StableHlo(std::string text, std::string name)
    : StableHlo(std::move(text), std::move(name), "") {}

StableHlo::StableHlo(std::string text, std::string name, std::string code)
    : impl_(std::make_shared<Impl>()) {
  impl_->signature = parse_stablehlo_signature(text, name);
  impl_->text = std::move(text);
  impl_->name = std::move(name);
  impl_->code = std::move(code);
}

const std::string& StableHlo::text() const { return impl_->text; }
const StableHloSignature& StableHlo::signature() const { return impl_->signature; }
// From a compilation of its own: the CPU plugin forgets the code of what it loaded from the cache.
std::string StableHlo::serialized_code() const {
  install_kernels();
  return runtime::default_device().client().compile(impl_->text, {})->serialize();
}

// --- calling ---------------------------------------------------------------------------------

// A C++ number as the dtype that is wanted; an array in the memory.
static Array adapted(const Array& x, const Aval& wanted) {
  const ScalarValue* s = as_scalar(x);
  bool weak = s && x.weak() && wanted.rank() == 0;
  return weak ? convert_scalar(*s, wanted.dtype(), false) : move_to_memory(x, wanted.memory());
}

static void check_argument(const std::string& name, std::size_t i, const Aval& got,
                           const Aval& wanted) {
  std::string message = str_cat(name, ": @main takes argument ", i, " as ", wanted, ", got ", got);
  if (got.shape() != wanted.shape()) throw ShapeError(message);
  if (got.dtype() != wanted.dtype()) throw DTypeError(message);
}

std::vector<Array> StableHlo::operator()(std::span<const Array> args) const {
  const StableHloSignature& signature = impl_->signature;
  if (args.size() != signature.inputs.size()) {
    throw ShapeError(str_cat(impl_->name, ": @main takes ", signature.inputs.size(), " arrays (",
                             to_text(signature.inputs), "), got ", args.size()));
  }
  if (!evaluating()) {
    throw ConcretizationError(str_cat(impl_->name,
                                      " is a compiled module: it cannot be called "
                                      "inside jit, grad or vmap; call it outside"));
  }
  std::vector<Array> in;
  for (std::size_t i = 0; i < args.size(); ++i) {
    in.push_back(adapted(args[i], signature.inputs[i]));
    check_argument(impl_->name, i, in[i].aval(), signature.inputs[i]);
  }
  return impl_->program().run(in, signature.donated);
}

Tree StableHlo::operator()(const Tree& args) const {
  std::vector<Array> out = (*this)(tree::leaves(args));
  if (out.size() == 1) return out[0];
  return Tree::list({out.begin(), out.end()});
}

StableHlo load_stablehlo(const std::string& path) {
  io::Bytes bytes = io::read_file(path);
  return StableHlo(std::string(io::text_of(bytes)), path);
}

}  // namespace linum
