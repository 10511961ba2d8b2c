#include "linum/optim/numerics.h"

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"

namespace linum::optim {

Array abs_sq(const Array& x) { return is_complex(x.dtype()) ? np::real(np::conj(x) * x) : x * x; }

Array safe_increment(const Array& count) {
  DType dtype = count.dtype();
  if (!is_integer(dtype) && !is_floating(dtype)) {
    throw DTypeError(str_cat("safe_increment counts in integers or floats, got ", name_of(dtype)));
  }
  Array max = is_integer(dtype)
                  ? make_integer_scalar(static_cast<std::int64_t>(np::iinfo(dtype).max), dtype)
                  : make_scalar(np::finfo(dtype).max, dtype);
  return np::where(count < max, count + lax::full({}, 1, dtype), max);
}

static Array frobenius_norm(const Array& x) { return np::sqrt(np::sum(abs_sq(x))); }

Array safe_norm(const Array& x, const Scalar& min_norm) {
  Array norm = frobenius_norm(x);
  Array is_small = norm <= min_norm.array();
  Array safe = np::where(is_small, np::ones_like(x), x);
  return np::where(is_small, min_norm, frobenius_norm(safe));
}

Array safe_root_mean_squares(const Array& x, const Scalar& min_rms) {
  Array is_small = np::sqrt(np::mean(abs_sq(x))) <= min_rms.array();
  Array safe = np::where(is_small, np::ones_like(x), x);
  return np::where(is_small, min_rms, np::sqrt(np::mean(abs_sq(safe))));
}

Array zero_count() { return lax::full({}, 0, DType::I32); }

}  // namespace linum::optim
