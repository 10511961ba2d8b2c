// Settings that change what functions of arrays do (jax.config), for one thread, until the end of a
// scope.
#pragma once

#include <cstdint>
#include <string_view>

namespace linum {

enum class DTypePromotion : std::uint8_t { Standard, Strict };
enum class RankPromotion : std::uint8_t { Allow, Warn, Raise };

// What a program depends on besides its arguments: jit traces anew where they differ.
struct TraceSettings {
  DTypePromotion dtype_promotion = DTypePromotion::Standard;
  RankPromotion rank_promotion = RankPromotion::Allow;
  std::uint8_t matmul_precision = 0;  // a lax::Precision
  bool checks = false;
  friend bool operator==(const TraceSettings&, const TraceSettings&) = default;
};
const TraceSettings& trace_settings();

// Other settings until the end of the scope.
class SettingsScope {
 public:
  ~SettingsScope();
  SettingsScope(const SettingsScope&) = delete;

 protected:
  explicit SettingsScope(const TraceSettings& settings);

 private:
  TraceSettings previous_;
};

// "standard": dtypes promote by JAX's lattice. "strict": no two dtypes promote to a third; numbers
// of C++ still take the other's dtype. jax.numpy_dtype_promotion.
class NumpyDTypePromotion : public SettingsScope {
 public:
  explicit NumpyDTypePromotion(std::string_view mode);
};

// What happens where NumPy's broadcasting adds axes to an array that is no scalar: "allow",
// "warn" (a line of the log), "raise" (ShapeError). jax.numpy_rank_promotion.
class NumpyRankPromotion : public SettingsScope {
 public:
  explicit NumpyRankPromotion(std::string_view mode);
};

// Programs are verified as they are made; builds without NDEBUG always do. jax.enable_checks.
class EnableChecks : public SettingsScope {
 public:
  explicit EnableChecks(bool enable = true);
};

}  // namespace linum
