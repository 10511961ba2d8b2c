#include "linum/core/settings.h"

#include <array>
#include <string>

#include "linum/base/error.h"

namespace linum {
namespace {

thread_local TraceSettings current;

// The place of `mode` in `known`; throws ValueError that lists them.
template <std::size_t N>
std::uint8_t place_of(std::string_view setting, std::string_view mode,
                      const std::array<std::string_view, N>& known) {
  std::string list;
  for (std::size_t i = 0; i < N; ++i) {
    if (known[i] == mode) return static_cast<std::uint8_t>(i);
    list += str_cat(i ? ", '" : "'", known[i], "'");
  }
  throw ValueError(str_cat(setting, " is '", mode, "'; it must be one of ", list));
}

TraceSettings with_dtype_promotion(std::string_view mode) {
  constexpr std::array<std::string_view, 2> known{"standard", "strict"};
  TraceSettings out = current;
  out.dtype_promotion = static_cast<DTypePromotion>(place_of("numpy_dtype_promotion", mode, known));
  return out;
}
TraceSettings with_rank_promotion(std::string_view mode) {
  constexpr std::array<std::string_view, 3> known{"allow", "warn", "raise"};
  TraceSettings out = current;
  out.rank_promotion = static_cast<RankPromotion>(place_of("numpy_rank_promotion", mode, known));
  return out;
}
TraceSettings with_checks(bool enable) {
  TraceSettings out = current;
  out.checks = enable;
  return out;
}

}  // namespace

const TraceSettings& trace_settings() { return current; }

SettingsScope::SettingsScope(const TraceSettings& settings) : previous_(current) {
  current = settings;
}
SettingsScope::~SettingsScope() { current = previous_; }

NumpyDTypePromotion::NumpyDTypePromotion(std::string_view mode)
    : SettingsScope(with_dtype_promotion(mode)) {}
NumpyRankPromotion::NumpyRankPromotion(std::string_view mode)
    : SettingsScope(with_rank_promotion(mode)) {}
EnableChecks::EnableChecks(bool enable) : SettingsScope(with_checks(enable)) {}

}  // namespace linum
