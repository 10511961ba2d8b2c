#include "linum/runtime/callback.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <optional>

#include "linum/base/error.h"
#include "linum/base/log.h"
#include "linum/runtime/ffi.h"
#include "xla/ffi/api/ffi.h"

namespace linum::runtime {
namespace {

namespace ffi = xla::ffi;

// Around the number of an error in a plugin's message.
constexpr std::string_view kMark = "<linum callback error ", kEnd = ">";

thread_local int depth = 0;  // of callbacks on this thread

struct Failure {
  std::int64_t callback;
  std::string text;
};

struct Run {
  Ref<Completion> done;
  Callbacks callbacks;
  bool ordered;
};

// Every access is under the mutex, on the side of the plugin's threads too: the plugin's own
// synchronization is invisible to tools that look for data races.
struct Registry {
  std::mutex mutex;
  std::int64_t next_id = 1;
  std::map<std::int64_t, std::weak_ptr<const HostCallback>> callbacks;
  std::int64_t next_error = 1;
  std::map<std::int64_t, Failure> errors;  // not thrown yet
  std::vector<Run> runs;
  std::map<const Plugin*, Ref<Client>> clients;  // where callbacks compute
};
Registry& registry() {
  static auto* r = new Registry;
  return *r;
}

std::int64_t new_id() {
  std::lock_guard lock(registry().mutex);
  return registry().next_id++;
}

// A program of the client whose thread waits for a callback could wait for that program in turn.
// So callbacks compute on a client of their own, which runs every program on the thread that calls.
Device& device_of_callbacks() {
  Client& outer = default_client();
  std::lock_guard lock(registry().mutex);
  Ref<Client>& inner = registry().clients[&outer.plugin()];
  if (inner.get() == &outer) return default_device();
  if (!inner) inner = make_client(outer.shared_plugin(), {{"asynchronous", false}});
  return *inner->local_devices()[0];
}

std::shared_ptr<const HostCallback> find(std::int64_t id) {
  std::lock_guard lock(registry().mutex);
  auto it = registry().callbacks.find(id);
  return it == registry().callbacks.end() ? nullptr : it->second.lock();
}

// --- the handler -----------------------------------------------------------------------------

constexpr ffi::DataType kFfiTypes[kDTypeCount] = {
    ffi::PRED,     ffi::S8,     ffi::S16,        ffi::S32,        ffi::S64,
    ffi::U8,       ffi::U16,    ffi::U32,        ffi::U64,        ffi::F16,
    ffi::BF16,     ffi::F32,    ffi::F64,        ffi::C64,        ffi::C128,
    ffi::F8E4M3FN, ffi::F8E5M2, ffi::F8E4M3FNUZ, ffi::F8E5M2FNUZ, ffi::F8E4M3B11FNUZ,
};
DType dtype_of(ffi::DataType type) {
  for (int i = 0; i < kDTypeCount; ++i)
    if (kFfiTypes[i] == type) return static_cast<DType>(i);
  throw InternalError("a callback got an array of an unknown element type");
}
template <class Buffer>
Shape shape_of(const Buffer& b) {
  return Shape(b.dimensions().begin(), b.dimensions().end());
}

// Arrays without elements may have no address.
void copy_bytes(void* to, const void* from, std::size_t count) {
  if (count > 0) std::memcpy(to, from, count);
}

std::vector<HostArray> read(ffi::RemainingArgs& args) {
  std::vector<HostArray> out;
  for (std::size_t i = 0; i < args.size(); ++i) {
    ffi::AnyBuffer b = *args.get<ffi::AnyBuffer>(i);
    out.emplace_back(dtype_of(b.element_type()), shape_of(b));
    copy_bytes(out.back().data(), b.untyped_data(), out.back().byte_size());
  }
  return out;
}

void write(const HostCallback& callback, const std::vector<HostArray>& values,
           ffi::RemainingRets& results) {
  if (values.size() != results.size()) {
    throw ValueError(str_cat(callback.name(), ": the callback gave ", values.size(),
                             " arrays where ", results.size(), " are promised"));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    ffi::Result<ffi::AnyBuffer> b = *results.get<ffi::AnyBuffer>(i);
    DType dtype = dtype_of(b->element_type());
    if (values[i].dtype() != dtype || values[i].shape() != shape_of(*b)) {
      throw ShapeError(str_cat(callback.name(), ": result ", i, " of the callback is ",
                               values[i].dtype(), values[i].shape(), ", but ", dtype, shape_of(*b),
                               " is promised"));
    }
    copy_bytes(b->untyped_data(), values[i].data(), values[i].byte_size());
  }
}

void write_zeros(ffi::RemainingRets& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    ffi::Result<ffi::AnyBuffer> b = *results.get<ffi::AnyBuffer>(i);
    std::memset(b->untyped_data(), 0, b->size_bytes());
  }
}

std::int64_t record_failure(std::int64_t id, const std::string& text) {
  std::lock_guard lock(registry().mutex);
  std::int64_t number = registry().next_error++;
  registry().errors[number] = {id, text};
  return number;
}

// What the callback threw; nothing when it ended well.
std::optional<std::string> try_call(std::int64_t id, ffi::RemainingArgs& args,
                                    ffi::RemainingRets& results) {
  try {
    std::shared_ptr<const HostCallback> callback = find(id);
    if (!callback) throw InternalError(str_cat("callback ", id, " of a program is gone"));
    write(*callback, callback->call(read(args)), results);
    return std::nullopt;
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "a callback threw something that is no std::exception";
  }
}

ffi::Error handle(std::int64_t id, bool goes_on, ffi::RemainingArgs args,
                  ffi::RemainingRets results) {
  std::optional<std::string> error = try_call(id, args, results);
  if (!error) return ffi::Error::Success();
  const std::int64_t number = record_failure(id, *error);
  if (!goes_on) return ffi::Error::Internal(str_cat(kMark, number, kEnd, " ", *error));
  write_zeros(results);
  return ffi::Error::Success();
}

XLA_FFI_DEFINE_HANDLER(handler, handle,
                       ffi::Ffi::Bind()
                           .Attr<std::int64_t>("callback")
                           .Attr<bool>("goes_on")
                           .RemainingArgs()
                           .RemainingRets());
XLA_FFI_Error* handle_frame(XLA_FFI_CallFrame* frame) { return handler(frame); }

}  // namespace

// --- callbacks -------------------------------------------------------------------------------

HostCallback::HostCallback(std::string name, Function f)
    : id_(new_id()), name_(std::move(name)), f_(std::move(f)) {}

std::shared_ptr<const HostCallback> HostCallback::make(std::string name, Function f) {
  register_ffi_target(kCallbackTarget, handle_frame);
  std::shared_ptr<const HostCallback> made(new HostCallback(std::move(name), std::move(f)));
  std::lock_guard lock(registry().mutex);
  registry().callbacks[made->id()] = made;
  return made;
}

HostCallback::~HostCallback() {
  std::lock_guard lock(registry().mutex);
  registry().callbacks.erase(id_);
}

std::vector<HostArray> HostCallback::call(std::vector<HostArray> args) const {
  struct Inside {
    DefaultDevice device{device_of_callbacks()};
    Inside() { ++depth; }
    ~Inside() {
      --depth;
      std::lock_guard lock(registry().mutex);  // what f wrote is there for who waits
    }
  } inside;
  return f_(std::move(args));
}

std::string callback_attributes(const HostCallback& callback, bool on_many_devices) {
  return str_cat("callback = ", callback.id(),
                 " : i64, goes_on = ", on_many_devices ? "true" : "false");
}

bool in_callback() { return depth > 0; }

// --- runs ------------------------------------------------------------------------------------

namespace {

// Takes those out that `which` says.
template <class F>
std::vector<Run> take_runs(F which) {
  std::vector<Run> out, kept;
  std::lock_guard lock(registry().mutex);
  for (Run& r : registry().runs) (which(r) ? out : kept).push_back(std::move(r));
  registry().runs = std::move(kept);
  return out;
}

// Errors are thrown where results are read, or by effects_barrier.
void await(const std::vector<Run>& runs) {
  for (const Run& r : runs) r.done->await_quietly();
}

void await_at_exit() {
  try {
    effects_barrier();
  } catch (const Error& e) {
    log_warning(str_cat("a callback failed and nobody asked: ", e.what()));
  }
}

void track(Run run) {
  static const int registered = std::atexit(await_at_exit);
  (void)registered;
  // Dropped outside the lock: a callback may be destroyed with its run, and it locks too.
  std::vector<Run> ended = take_runs([](const Run& r) { return r.done->is_ready(); });
  std::lock_guard lock(registry().mutex);
  registry().runs.push_back(std::move(run));
}

}  // namespace

std::vector<Ref<Buffer>> execute_with_callbacks(Executable& executable,
                                                std::span<Buffer* const> args,
                                                const Callbacks& callbacks, bool ordered) {
  if (ordered) await_ordered_effects();
  Ref<Completion> done;
  std::vector<Ref<Buffer>> results = executable.execute_tracked(args, done);
  track({std::move(done), callbacks, ordered});
  return results;
}

// Forgets the others: one cause often fails on each device.
static void throw_failure_of(const Callbacks& callbacks) {
  std::optional<std::string> first;
  std::lock_guard lock(registry().mutex);
  auto& errors = registry().errors;
  for (auto it = errors.begin(); it != errors.end();) {
    const bool ours = std::any_of(callbacks.begin(), callbacks.end(), [&](const auto& callback) {
      return callback->id() == it->second.callback;
    });
    if (ours && !first) first = it->second.text;
    it = ours ? errors.erase(it) : std::next(it);
  }
  if (first) throw CallbackError(*first);
}

std::vector<std::vector<Ref<Buffer>>> execute_with_callbacks(
    Executable& executable, std::span<const std::vector<Buffer*>> args, const Callbacks& callbacks,
    bool ordered) {
  if (ordered) await_ordered_effects();
  Ref<Completion> done;
  auto results = executable.execute_sharded_tracked(args, done);
  done->await_quietly();
  throw_failure_of(callbacks);
  return results;
}

void await_ordered_effects() {
  if (in_callback()) return;
  await(take_runs([](const Run& r) { return r.ordered; }));
}

void effects_barrier() {
  await(take_runs([](const Run&) { return true; }));
  std::lock_guard lock(registry().mutex);
  if (registry().errors.empty()) return;
  std::string first = registry().errors.begin()->second.text;
  registry().errors.clear();
  throw CallbackError(first);
}

std::string take_callback_error(std::string_view text) {
  std::size_t at = text.find(kMark);
  if (at == std::string_view::npos) return "";
  text.remove_prefix(at + kMark.size());
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  std::lock_guard lock(registry().mutex);
  auto it = registry().errors.find(number);
  if (it == registry().errors.end())  // thrown before: another result of the same program
    return std::string(text.substr(text.find(kEnd) + kEnd.size() + 1));
  std::string out = it->second.text;
  registry().errors.erase(it);
  return out;
}

}  // namespace linum::runtime
