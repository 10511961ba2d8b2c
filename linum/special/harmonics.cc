#include "linum/special/harmonics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "linum/core/pytree.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/special/promote.h"
#include "linum/transforms/control_flow.h"

namespace linum::special {
namespace {

// The normalized Legendre functions of degrees l and l - 1.
struct Legendre {
  Array now, before;
  LINUM_FIELDS(now, before)
};

// P_l^m for l = m by P_{l-1}^{l-1}, then upward in l; what has reached degree n stays. m >= 0.
Legendre next_degree(const Array& l, const Array& n, const Array& m, const Array& theta,
                     const Legendre& p) {
  const Array on_diagonal = l <= m, moving = l <= n;
  const Array width = np::where(on_diagonal, 1.0, l * l - m * m);  // keeps NaN out of derivatives
  const Array a = lax::sqrt((4.0 * l * l - 1.0) / width);
  const Array squares = np::where(on_diagonal, 0.0, (l - 1.0) * (l - 1.0) - m * m);
  const Array b = lax::sqrt((2.0 * l + 1.0) * squares / (np::maximum(2.0 * l - 3.0, 1.0) * width));
  const Array diagonal = -lax::sqrt(1.0 + 0.5 / l) * lax::sin(theta) * p.now;
  const Array upward = a * lax::cos(theta) * p.now - b * p.before;
  return {np::where(moving, np::where(on_diagonal, diagonal, upward), p.now),
          np::where(moving & ~on_diagonal, p.now, p.before)};
}

Array legendre(const Array& n, const Array& m, const Array& theta, std::int64_t n_max) {
  const Array first = lax::full_like(theta, 0.5 / std::sqrt(std::numbers::pi));
  const Legendre start{first, lax::zeros_like(theta)};
  const auto step = [&](const Array& l, const Legendre& p) {
    return next_degree(lax::convert_element_type(l, theta.dtype()), n, m, theta, p);
  };
  return np::where(m > n, 0.0, lax::fori_loop(1, n_max + 1, step, start).now);
}

std::int64_t largest(const Array& n) {
  if (!n.is_traced()) {
    const HostArray numbers = n.to_host();
    std::int64_t most = 0;
    for (std::int64_t i = 0; i < numbers.size(); ++i)
      most = std::max(most, static_cast<std::int64_t>(numbers.number(i)));
    return most;
  }
  throw ConcretizationError(
      str_cat("sph_harm_y: the largest degree of n, ", n.aval(),
              ", is not known while tracing; give it as the last argument, n_max"));
}

void check_whole(std::string_view what, const Array& x) {
  if (is_integer(x.dtype())) return;
  throw DTypeError(str_cat("sph_harm_y: ", what, " must be of an integer dtype, got ", x.aval()));
}

}  // namespace

Array sph_harm_y(const Array& given_n, const Array& given_m, const Array& given_theta,
                 const Array& given_phi, std::optional<std::int64_t> n_max) {
  check_whole("n", given_n);
  check_whole("m", given_m);
  const std::int64_t most = n_max ? *n_max : largest(given_n);
  const auto full = as_full_reals("sph_harm_y", {given_theta, given_phi, given_n, given_m});
  const Array &theta = full[0], &phi = full[1], &signed_m = full[3], m = lax::abs(signed_m);
  const Array n = np::minimum(full[2], static_cast<double>(most));
  const Array size = legendre(n, m, theta, most), angle = m * phi;
  const Array y = lax::complex(size * lax::cos(angle), size * lax::sin(angle));
  const Array sign = np::where(m % 2 != 0, like(m, -1), like(m, 1));
  return np::where(signed_m < 0, lax::complex(sign, like(sign, 0)) * lax::conj(y), y);
}

}  // namespace linum::special
