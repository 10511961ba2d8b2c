#include "linum/runtime/pjrt.h"

#include "linum/runtime/callback.h"

namespace linum::runtime {

std::string take_message(const PJRT_Api& api, PJRT_Error* error) {
  LINUM_PJRT_ARGS(PJRT_Error_Message_Args, message);
  message.error = error;
  api.PJRT_Error_Message(&message);
  std::string text(message.message, message.message_size);
  LINUM_PJRT_ARGS(PJRT_Error_Destroy_Args, destroy);
  destroy.error = error;
  api.PJRT_Error_Destroy(&destroy);
  return text;
}

void drop(const PJRT_Api& api, PJRT_Error* error) {
  if (error) take_message(api, error);
}

void fail(std::string_view what, const std::string& text) {
  std::string thrown = take_callback_error(text);
  if (!thrown.empty()) throw CallbackError(thrown);
  throw PluginError(str_cat(what, ": ", text));
}

void check(const PJRT_Api& api, PJRT_Error* error, std::string_view what) {
  if (error) fail(what, take_message(api, error));
}

void await(const PJRT_Api& api, PJRT_Event* event, std::string_view what) {
  LINUM_PJRT_ARGS(PJRT_Event_Await_Args, args);
  args.event = event;
  PJRT_Error* error = api.PJRT_Event_Await(&args);
  LINUM_PJRT_ARGS(PJRT_Event_Destroy_Args, destroy);
  destroy.event = event;
  drop(api, api.PJRT_Event_Destroy(&destroy));
  check(api, error, what);
}

}  // namespace linum::runtime
