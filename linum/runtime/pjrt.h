// How every PJRT call is made: zeroed arguments with their size, and errors as exceptions.
#pragma once

#include <string>

#include "linum/base/error.h"
#include "xla/pjrt/c/pjrt_c_api.h"

namespace linum::runtime {

// The plugin's text of an error; destroys it.
std::string take_message(const PJRT_Api&, PJRT_Error*);
// For what is being thrown away: an error of that helps nobody.
void drop(const PJRT_Api&, PJRT_Error*);
// Throws PluginError "<what>: <text>"; CallbackError when `text` tells of a callback that failed.
[[noreturn]] void fail(std::string_view what, const std::string& text);
// Does so when there is an error, with the plugin's text.
void check(const PJRT_Api&, PJRT_Error*, std::string_view what);

// Arguments with struct_size from the header's own constant: it covers exactly the fields that the
// plugin may read, while sizeof would count padding.
#define LINUM_PJRT_ARGS(type, name) \
  type name{};                      \
  name.struct_size = type##_STRUCT_SIZE

// Waits for the event, destroys it, and throws if what it stands for failed.
void await(const PJRT_Api&, PJRT_Event*, std::string_view what);

}  // namespace linum::runtime
