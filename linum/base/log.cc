#include "linum/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace linum {

static std::shared_ptr<spdlog::logger> logger() {
  static const std::shared_ptr<spdlog::logger> made = [] {
    auto known = spdlog::get("linum");
    return known ? known : spdlog::stderr_logger_mt("linum");
  }();
  return made;
}

void log_warning(std::string_view text) { logger()->warn("{}", text); }

}  // namespace linum
