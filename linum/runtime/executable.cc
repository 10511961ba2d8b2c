#include <algorithm>
#include <array>

#include "linum/runtime/pjrt_client.h"
#include "xla/pjrt/c/pjrt_c_api_shardings_extension.h"

namespace linum::runtime {

PjrtExecutable::PjrtExecutable(PjrtClient& client, PJRT_LoadedExecutable* loaded)
    : client_(client), loaded_(loaded) {
  client_.retain();
  LINUM_PJRT_ARGS(PJRT_LoadedExecutable_GetExecutable_Args, args);
  args.loaded_executable = loaded;
  check(client_.api(), client_.api().PJRT_LoadedExecutable_GetExecutable(&args),
        "loading a program");
  executable_ = args.executable;
  read_outputs();
  read_devices();
}

PjrtExecutable::~PjrtExecutable() {
  const PJRT_Api& api = client_.api();
  LINUM_PJRT_ARGS(PJRT_Executable_Destroy_Args, executable);
  executable.executable = executable_;
  drop(api, api.PJRT_Executable_Destroy(&executable));
  LINUM_PJRT_ARGS(PJRT_LoadedExecutable_Destroy_Args, loaded);
  loaded.executable = loaded_;
  drop(api, api.PJRT_LoadedExecutable_Destroy(&loaded));
  client_.release();
}

void PjrtExecutable::read_outputs() {
  const PJRT_Api& api = client_.api();
  LINUM_PJRT_ARGS(PJRT_Executable_OutputElementTypes_Args, types);
  types.executable = executable_;
  check(api, api.PJRT_Executable_OutputElementTypes(&types), "reading a program's result types");
  LINUM_PJRT_ARGS(PJRT_Executable_OutputDimensions_Args, dims);
  dims.executable = executable_;
  check(api, api.PJRT_Executable_OutputDimensions(&dims), "reading a program's result shapes");
  const std::int64_t* next = dims.dims;
  for (std::size_t i = 0; i < types.num_output_types; ++i) {
    Shape shape(next, next + dims.dim_sizes[i]);
    next += dims.dim_sizes[i];
    outputs_.push_back(
        make_ref<const BufferType>(from_pjrt(types.output_types[i]), std::move(shape)));
  }
}

void PjrtExecutable::read_devices() {
  LINUM_PJRT_ARGS(PJRT_LoadedExecutable_AddressableDevices_Args, args);
  args.executable = loaded_;
  check(client_.api(), client_.api().PJRT_LoadedExecutable_AddressableDevices(&args),
        "reading a program's devices");
  for (std::size_t i = 0; i < args.num_addressable_devices; ++i)
    devices_.push_back(&client_.device_of(args.addressable_devices[i]));
}

static PJRT_Buffer* handle_of(Buffer* b, const PjrtClient& client) {
  auto* buffer = static_cast<PjrtBuffer*>(b);
  if (&buffer->client() != &client) {
    throw ValueError(str_cat("an argument (", b->dtype(), b->shape(),
                             ") lies on a device of another client (", b->device().description(),
                             "); copy it to a device of the program's client first"));
  }
  return buffer->hand_over();
}

// Names the argument that is gone, which the plugin's own message does not.
static void check_alive(std::span<Buffer* const> args) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (!args[i]->is_deleted()) continue;
    throw DeletedBufferError(str_cat("argument ", i, " (", args[i]->dtype(), args[i]->shape(),
                                     ") was donated to an earlier call or freed; use that call's "
                                     "result instead"));
  }
}

std::vector<Ref<Buffer>> PjrtExecutable::start(std::span<Buffer* const> args, PJRT_Event** done) {
  if (devices_.size() != 1) {
    throw ValueError(
        str_cat("a program for ", devices_.size(), " devices is run on one; use execute_sharded"));
  }
  std::array<PJRT_Buffer*, 32> few_in, few_out;
  std::vector<PJRT_Buffer*> many_in, many_out;
  PJRT_Buffer** in = few_in.data();
  PJRT_Buffer** out = few_out.data();
  if (args.size() > few_in.size()) in = (many_in.resize(args.size()), many_in.data());
  if (outputs_.size() > few_out.size()) out = (many_out.resize(outputs_.size()), many_out.data());
  for (std::size_t i = 0; i < args.size(); ++i) in[i] = handle_of(args[i], client_);
  LINUM_PJRT_ARGS(PJRT_ExecuteOptions, options);
  LINUM_PJRT_ARGS(PJRT_LoadedExecutable_Execute_Args, call);
  call.executable = loaded_;
  call.options = &options;
  call.argument_lists = &in;
  call.num_devices = 1;
  call.num_args = args.size();
  call.output_lists = &out;
  call.device_complete_events = done;
  if (PJRT_Error* error = client_.api().PJRT_LoadedExecutable_Execute(&call)) {
    std::string text = take_message(client_.api(), error);
    check_alive(args);
    fail("running a program", text);
  }
  std::vector<Ref<Buffer>> results;
  results.reserve(outputs_.size());
  auto& device = static_cast<PjrtDevice&>(*devices_[0]);
  for (std::size_t i = 0; i < outputs_.size(); ++i)
    results.emplace_back(new PjrtBuffer(client_, out[i], outputs_[i], device));
  return results;
}

std::vector<Ref<Buffer>> PjrtExecutable::execute(std::span<Buffer* const> args) {
  return start(args, nullptr);
}
std::vector<Ref<Buffer>> PjrtExecutable::execute_tracked(std::span<Buffer* const> args,
                                                         Ref<Completion>& done) {
  PJRT_Event* event = nullptr;
  std::vector<Ref<Buffer>> results = start(args, &event);
  done = Ref<Completion>(new PjrtCompletion(client_, {event}));
  return results;
}

PjrtCompletion::PjrtCompletion(PjrtClient& client, std::vector<PJRT_Event*> events)
    : client_(client), events_(std::move(events)) {
  client_.retain();
}
PjrtCompletion::~PjrtCompletion() {
  for (PJRT_Event* event : events_) {
    LINUM_PJRT_ARGS(PJRT_Event_Destroy_Args, args);
    args.event = event;
    drop(client_.api(), client_.api().PJRT_Event_Destroy(&args));
  }
  client_.release();
}
bool PjrtCompletion::is_ready() const {
  return std::all_of(events_.begin(), events_.end(), [&](PJRT_Event* event) {
    LINUM_PJRT_ARGS(PJRT_Event_IsReady_Args, args);
    args.event = event;
    drop(client_.api(), client_.api().PJRT_Event_IsReady(&args));
    return args.is_ready;
  });
}
void PjrtCompletion::await_quietly() const {
  for (PJRT_Event* event : events_) {
    LINUM_PJRT_ARGS(PJRT_Event_Await_Args, args);
    args.event = event;
    drop(client_.api(), client_.api().PJRT_Event_Await(&args));
  }
}

// A device that cannot start would let the others wait for it until the plugin ends the process, so
// what could keep it from starting is found before.
static void check_shards(std::span<const std::vector<Buffer*>> args,
                         const std::vector<Device*>& devices) {
  if (args.size() != devices.size()) {
    throw ValueError(
        str_cat("a program for ", devices.size(), " devices got arguments for ", args.size()));
  }
  for (std::size_t d = 0; d < args.size(); ++d) {
    if (args[d].size() != args[0].size()) {
      throw ValueError(str_cat("devices got different counts of arguments: ", args[0].size(),
                               " and ", args[d].size()));
    }
    check_alive(args[d]);
    for (std::size_t i = 0; i < args[d].size(); ++i) {
      const Buffer &shard = *args[d][i], &first = *args[0][i];
      if (&shard.device() != devices[d]) {
        throw ValueError(str_cat("argument ", i, " for ", devices[d]->description(), " lies on ",
                                 shard.device().description(), "; copy it there first"));
      }
      if (shard.shape() != first.shape() || shard.dtype() != first.dtype()) {
        throw ShapeError(str_cat("the shards of argument ", i, " differ: ", first.dtype(),
                                 first.shape(), " and ", shard.dtype(), shard.shape()));
      }
    }
  }
}

std::vector<std::vector<Ref<Buffer>>> PjrtExecutable::execute_sharded(
    std::span<const std::vector<Buffer*>> args) {
  return start_sharded(args, nullptr);
}
std::vector<std::vector<Ref<Buffer>>> PjrtExecutable::execute_sharded_tracked(
    std::span<const std::vector<Buffer*>> args, Ref<Completion>& done) {
  std::vector<PJRT_Event*> events(args.size());
  auto results = start_sharded(args, events.data());
  done = Ref<Completion>(new PjrtCompletion(client_, std::move(events)));
  return results;
}

std::vector<std::vector<Ref<Buffer>>> PjrtExecutable::start_sharded(
    std::span<const std::vector<Buffer*>> args, PJRT_Event** done) {
  check_shards(args, devices_);
  std::size_t devices = args.size();
  std::vector<std::vector<PJRT_Buffer*>> in(devices), out(devices);
  std::vector<PJRT_Buffer* const*> in_lists;
  std::vector<PJRT_Buffer**> out_lists;
  for (std::size_t d = 0; d < devices; ++d) {
    for (Buffer* b : args[d]) in[d].push_back(handle_of(b, client_));
    out[d].resize(outputs_.size());
    in_lists.push_back(in[d].data());
    out_lists.push_back(out[d].data());
  }
  LINUM_PJRT_ARGS(PJRT_ExecuteOptions, options);
  LINUM_PJRT_ARGS(PJRT_LoadedExecutable_Execute_Args, call);
  call.executable = loaded_;
  call.options = &options;
  call.argument_lists = in_lists.data();
  call.num_devices = devices;
  call.num_args = in[0].size();
  call.output_lists = out_lists.data();
  call.device_complete_events = done;
  check(client_.api(), client_.api().PJRT_LoadedExecutable_Execute(&call), "running a program");
  std::vector<std::vector<Ref<Buffer>>> results(devices);
  for (std::size_t d = 0; d < devices; ++d)
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      results[d].emplace_back(
          new PjrtBuffer(client_, out[d][i], outputs_[i], static_cast<PjrtDevice&>(*devices_[d])));
  return results;
}

std::string PjrtExecutable::serialize() const {
  LINUM_PJRT_ARGS(PJRT_Executable_Serialize_Args, args);
  args.executable = executable_;
  check(client_.api(), client_.api().PJRT_Executable_Serialize(&args), "serializing a program");
  std::string bytes(args.serialized_bytes, args.serialized_bytes_size);
  args.serialized_executable_deleter(args.serialized_executable);
  return bytes;
}

MemoryStats PjrtExecutable::memory_stats() const {
  LINUM_PJRT_ARGS(PJRT_Executable_GetCompiledMemoryStats_Args, args);
  args.executable = executable_;
  check(client_.api(), client_.api().PJRT_Executable_GetCompiledMemoryStats(&args),
        "reading a program's memory use");
  return {args.generated_code_size_in_bytes, args.argument_size_in_bytes, args.output_size_in_bytes,
          args.alias_size_in_bytes, args.temp_size_in_bytes};
}

std::map<std::string, double> PjrtExecutable::cost_analysis() const {
  LINUM_PJRT_ARGS(PJRT_Executable_GetCostAnalysis_Args, args);
  args.executable = executable_;
  check(client_.api(), client_.api().PJRT_Executable_GetCostAnalysis(&args),
        str_cat("reading a program's cost (not every plugin has it; this is ",
                client_.plugin().path(), ")"));
  std::map<std::string, double> out;
  for (std::size_t i = 0; i < args.num_properties; ++i) {
    const PJRT_NamedValue& v = args.properties[i];
    std::string name(v.name, v.name_size);
    if (v.type == PJRT_NamedValue_kFloat) out[name] = v.float_value;
    if (v.type == PJRT_NamedValue_kInt64) out[name] = static_cast<double>(v.int64_value);
  }
  return out;
}

std::vector<std::string> PjrtExecutable::output_shardings() const {
  auto* extension = reinterpret_cast<const PJRT_Shardings_Extension*>(
      client_.plugin().find_extension(PJRT_Extension_Type_Shardings));
  if (!extension) return {};
  LINUM_PJRT_ARGS(PJRT_Shardings_PJRT_Executable_OutputShardings_Args, args);
  args.executable = executable_;
  check(client_.api(), extension->PJRT_Shardings_PJRT_Executable_OutputShardings(&args),
        "reading how a program's results are split");
  std::vector<std::string> out;
  for (std::size_t i = 0; args.shardings && i < args.num_outputs; ++i)
    out.emplace_back(args.shardings[i], args.sharding_sizes[i]);
  return out;
}

// Bytes of an HloModuleProto (or text, as the plugin's format says).
std::string PjrtExecutable::optimized_text() const {
  const PJRT_Api& api = client_.api();
  LINUM_PJRT_ARGS(PJRT_Program, program);
  LINUM_PJRT_ARGS(PJRT_Executable_OptimizedProgram_Args, args);
  args.executable = executable_;
  args.program = &program;
  check(api, api.PJRT_Executable_OptimizedProgram(&args), "reading an optimized program");
  std::string bytes(program.code_size, '\0');
  program.code = bytes.data();
  check(api, api.PJRT_Executable_OptimizedProgram(&args), "reading an optimized program");
  return bytes;
}

}  // namespace linum::runtime
