// What Linum has to say besides results: one line each, on stderr.
#pragma once

#include <string_view>

namespace linum {

// "[time] [linum] [warning] text", through the spdlog logger named "linum": a program that
// registers one of that name first decides where the lines go.
void log_warning(std::string_view text);

}  // namespace linum
