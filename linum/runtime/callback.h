// Functions of the host that compiled programs call, on the plugin's threads.
#pragma once

#include <functional>
#include <memory>

#include "linum/runtime/client.h"

namespace linum::runtime {

// Lives as long as the programs that call it; they name it by a number that is never used again.
class HostCallback {
 public:
  using Function = std::function<std::vector<HostArray>(std::vector<HostArray>)>;
  static std::shared_ptr<const HostCallback> make(std::string name, Function f);
  ~HostCallback();
  HostCallback(const HostCallback&) = delete;

  std::int64_t id() const { return id_; }
  const std::string& name() const { return name_; }
  // Throws what the function throws.
  std::vector<HostArray> call(std::vector<HostArray> args) const;

 private:
  HostCallback(std::string name, Function f);
  const std::int64_t id_;
  const std::string name_;
  const Function f_;
};
using Callbacks = std::vector<std::shared_ptr<const HostCallback>>;

// A program calls `callback` by a custom call of this target with these attributes. On many devices
// it goes on, with zeros, when the callback throws: the others may wait for the device. The target
// is JAX's: XLA's partitioner heeds the sharding of no other (isPythonCallbackCustomCall in
// Shardy's import).
inline constexpr const char* kCallbackTarget = "xla_ffi_python_cpu_callback";
std::string callback_attributes(const HostCallback& callback, bool on_many_devices);
// True on a thread that runs a callback now.
bool in_callback();

// Runs `executable`, which calls `callbacks`, and keeps them alive until it has ended. An ordered
// one starts when the earlier ordered ones have ended.
std::vector<Ref<Buffer>> execute_with_callbacks(Executable& executable,
                                                std::span<Buffer* const> args,
                                                const Callbacks& callbacks, bool ordered);
// The same on many devices, whose threads may call at once. Returns when all have ended, and throws
// CallbackError when a callback did.
std::vector<std::vector<Ref<Buffer>>> execute_with_callbacks(
    Executable& executable, std::span<const std::vector<Buffer*>> args, const Callbacks& callbacks,
    bool ordered);
// Waits until earlier ordered programs have ended. Not inside a callback, whose own program may be
// one of them.
void await_ordered_effects();
// Waits for all programs with callbacks that were started. Throws CallbackError for the first one
// that failed, unless its error was thrown already where its result was read (jax.effects_barrier).
void effects_barrier();

// The error that `text`, a plugin's message, carries from a callback; "" for another message.
std::string take_callback_error(std::string_view text);

}  // namespace linum::runtime
