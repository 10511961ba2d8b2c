#include "linum/core/debug_scopes.h"

#include <cmath>

namespace linum {

DebugFlags& detail::mutable_debug_flags() {
  thread_local DebugFlags flags;
  return flags;
}
const DebugFlags& debug_flags() { return detail::mutable_debug_flags(); }

void check_may_execute(std::string_view name) {
  if (!debug_flags().no_execution) return;
  throw GuardError(str_cat(name, " would be executed, but NoExecution is set"));
}
static bool any_part(std::complex<double> z, bool (*test)(double)) {
  return test(z.real()) || test(z.imag());
}

static std::string_view forbidden_number_of(const HostArray& x) {
  for (std::int64_t i = 0; i < x.size(); ++i) {
    std::complex<double> z = x.complex_number(i);
    if (debug_flags().nans && any_part(z, [](double v) { return std::isnan(v); })) return "nan";
    if (debug_flags().infs && any_part(z, [](double v) { return std::isinf(v); })) return "inf";
  }
  return "";
}

static std::string_view forbidden_number(std::span<const Array> results) {
  for (const Array& x : results) {
    if (!is_inexact(x.dtype())) continue;
    std::string_view found = forbidden_number_of(x.to_host());
    if (!found.empty()) return found;
  }
  return "";
}

static std::string to_text(const OperationPlace& p) {
  return str_cat(p.operation, p.scope.empty() ? "" : str_cat(" (in ", p.scope, ")"));
}

void check_numbers(std::span<const Array> results, const OperationPlace& what,
                   const std::function<OperationPlace()>& find) {
  std::string_view number = forbidden_number(results);
  if (number.empty()) return;
  OperationPlace source = find();
  bool inside = !source.operation.empty() && source.operation != what.operation;
  throw FloatingPointError(str_cat("invalid value (", number, ") encountered in ",
                                   to_text(inside ? source : what),
                                   inside ? str_cat(", inside ", what.operation) : ""));
}

void check_may_trace(std::string_view name) {
  if (!debug_flags().no_tracing) return;
  throw GuardError(str_cat("jit of ", name,
                           " would be traced, for it has not seen these types of arguments, but "
                           "NoTracing is set"));
}

}  // namespace linum
