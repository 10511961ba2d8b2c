// A plugin that is wrong in the way the environment variable FAKE_PLUGIN names.
#include <cstdlib>
#include <cstring>
#include <string>

#include "xla/pjrt/c/pjrt_c_api.h"

namespace {

// What PJRT_Error* points to here.
struct FakeError {
  std::string text;
};
PJRT_Error* error(const char* text) { return reinterpret_cast<PJRT_Error*>(new FakeError{text}); }
const FakeError* fake(const PJRT_Error* e) { return reinterpret_cast<const FakeError*>(e); }

bool is(const char* fault) {
  const char* wanted = std::getenv("FAKE_PLUGIN");
  return wanted && std::strcmp(wanted, fault) == 0;
}

void error_message(PJRT_Error_Message_Args* args) {
  args->message = fake(args->error)->text.data();
  args->message_size = fake(args->error)->text.size();
}
void error_destroy(PJRT_Error_Destroy_Args* args) { delete fake(args->error); }
PJRT_Error* plugin_initialize(PJRT_Plugin_Initialize_Args*) {
  return is("refuse") ? error("the fake plugin has no driver") : nullptr;
}
PJRT_Error* client_create(PJRT_Client_Create_Args*) {
  return error("the fake plugin has no device");
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const PJRT_Api* GetPjrtApi() {
  static PJRT_Api api;
  api = {};
  api.struct_size = PJRT_Api_STRUCT_SIZE;
  api.pjrt_api_version = {PJRT_Api_Version_STRUCT_SIZE, nullptr, PJRT_API_MAJOR, PJRT_API_MINOR};
  api.PJRT_Error_Message = error_message;
  api.PJRT_Error_Destroy = error_destroy;
  api.PJRT_Plugin_Initialize = plugin_initialize;
  api.PJRT_Client_Create = client_create;
  if (is("old")) api.pjrt_api_version.minor_version = 40;
  if (is("future")) api.pjrt_api_version.major_version = PJRT_API_MAJOR + 1;
  if (is("small table")) api.struct_size = offsetof(PJRT_Api, PJRT_Client_Create);
  if (is("empty table")) api.struct_size = 0;
  return is("nothing") ? nullptr : &api;
}
