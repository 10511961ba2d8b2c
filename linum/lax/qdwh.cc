// The polar decomposition by QDWH.
#include <cmath>
#include <limits>

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/decompositions.h"
#include "linum/lax/lapack.h"
#include "linum/lax/matrices.h"
#include "linum/lax/structure.h"

namespace linum::lax::linalg {
namespace {

using Arrays = std::vector<Array>;

// One step takes u to u (a + b u^H u) (1 + c u^H u)^-1.
struct Weights {
  double a, b, c;
};

// The weights while the least singular value, at first about eps, is brought to 1; l tells it.
std::vector<Weights> dynamic_weights(double eps, std::int64_t max_iterations) {
  std::vector<Weights> out;
  for (double l = eps; l + 5 * eps < 1 && std::ssize(out) < max_iterations;) {
    const double l2 = l * l, d = std::cbrt(4 * (1 / l2 - 1) / l2), root = std::sqrt(1 + d);
    const double a = root + std::sqrt(2 - d + 2 * (2 - l2) / (l2 * root));
    const double b = (a - 1) * (a - 1) / 4, c = a + b - 1;
    l *= (a + b * l2) / (1 + c * l2);
    out.push_back({a, b, c});
  }
  return out;
}
constexpr Weights kHalley{3, 1, 3};  // their limit
constexpr double kCholeskyCutoff = 100;

Array without_imaginary(const Array& x) { return is_complex(x.dtype()) ? real(x) : x; }
Array square_eye(const Array& u) { return eye_like(product(adjoint(u), u)); }

// Stable for any c: the inverse by the QR decomposition of sqrt(c) u over I.
Array step_by_qr(const Array& u, const Weights& w) {
  const double e = w.b / w.c, root = std::sqrt(w.c);
  const std::int64_t m = u.shape(-2), n = u.shape(-1);
  const Array stacked = concatenate({scaled(u, root), square_eye(u)}, u.ndim() - 2);
  const Array q = qr(stacked, {.full_matrices = false}).q;
  const Array moved = product(rows(q, 0, m), adjoint(rows(q, m, m + n)));
  return add(scaled(u, e), scaled(moved, (w.a - e) / root));
}

// Cheaper, for c that is not large: by Cholesky's factor of I + c u^H u.
Array step_by_cholesky(const Array& u, const Weights& w) {
  const double e = w.b / w.c;
  const Array gram = product(adjoint(u), u);
  const Array l = cholesky(add(scaled(gram, w.c), eye_like(gram)), false);
  const Array once = triangular_solve(l, matrix_transpose(u),
                                      {.left_side = true, .lower = true, .conjugate_a = true});
  const Array twice = triangular_solve(
      l, conjugate(once),
      {.left_side = true, .lower = true, .transpose_a = true, .conjugate_a = true});
  return add(scaled(u, e), scaled(adjoint(twice), w.a - e));
}

Array step(const Array& u, const Weights& w) {
  return w.c > kCholeskyCutoff ? step_by_qr(u, w) : step_by_cholesky(u, w);
}

// The square of each matrix's Frobenius norm.
Array square_norm(const Array& x) {
  return reduce_sum(without_imaginary(mul(x, conjugate(x))), {x.ndim() - 2, x.ndim() - 1});
}

class QdwhPrimitive final : public MatrixPrimitive {
 public:
  QdwhPrimitive(std::int64_t max_iterations, double eps)
      : max_iterations_(max_iterations), eps_(eps) {}
  std::string_view name() const override { return "qdwh"; }
  void params(ParamSink& sink) const override {
    sink("max_iterations", max_iterations_);
    sink("eps", eps_);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 private:
  Arrays start(const Array& x) const;
  Arrays iterate(std::span<const Array> state) const;
  Arrays finish(const Array& x, std::span<const Array> state) const;
  Array has_moved(const Array& before, const Array& after) const;

  const std::int64_t max_iterations_;
  const double eps_;
};

std::vector<Aval> QdwhPrimitive::infer(std::span<const Aval> operands) const {
  check_matrices(*this, operands, false);
  const Aval& x = operands[0];
  const std::int64_t n = x.dim(x.rank() - 1);
  if (x.dim(x.rank() - 2) < n) {
    throw ShapeError(str_cat("qdwh needs at least as many rows as columns, got ", x,
                             ". Fix: decompose the adjoint."));
  }
  const Shape batch = with_last(x, 2, {});
  return {x.strong(), Aval(x.dtype(), with_last(x, 2, {n, n})), Aval(DType::I32, batch),
          Aval(DType::Bool, batch)};
}

Array QdwhPrimitive::has_moved(const Array& before, const Array& after) const {
  const Array distance = square_norm(sub(after, before));
  const double tolerance = std::cbrt(5 * eps_);
  return gt(distance, make_scalar(tolerance * tolerance, distance.dtype()));
}

// num_iters, u, is_moving: after the steps whose weights are known.
Arrays QdwhPrimitive::start(const Array& x) const {
  const std::int64_t rank = x.ndim();
  const auto greatest_sum = [&](std::int64_t summed, std::int64_t left) {
    return reduce_max(reduce_sum(abs(x), {summed}), {left});
  };
  const Array by_column = greatest_sum(rank - 2, rank - 2),
              by_row = greatest_sum(rank - 1, rank - 2);
  const Array is_zero = eq(by_column, zeros_like(by_column));
  const Array scale = select(is_zero, ones(by_column.shape(), by_column.dtype()),
                             mul(rsqrt(by_column), rsqrt(by_row)));
  Array u = mul(
      x, broadcast_in_dim(convert_element_type(scale, x.dtype()), x.shape(), iota_axes(rank - 2)));
  Array moving = full(scale.shape(), Array(true));
  const std::vector<Weights> weights = dynamic_weights(eps_, max_iterations_);
  for (const Weights& w : weights) {
    const Array before = u;
    u = step(before, w);
    moving = has_moved(before, u);
  }
  const Array count = make_integer_scalar(std::ssize(weights), DType::I32);
  return {full(scale.shape(), count), u, moving};
}

// One step more of what still moves.
Arrays QdwhPrimitive::iterate(std::span<const Array> state) const {
  const Array& u = state[1];
  const Array is_on =
      bitwise_and(state[2], lt(state[0], make_integer_scalar(max_iterations_, DType::I32)));
  const Array next = step(u, kHalley);
  const Array on = broadcast_in_dim(is_on, u.shape(), iota_axes(is_on.ndim()));
  return {add(state[0], convert_element_type(is_on, DType::I32)), select(on, next, u),
          select(is_on, has_moved(u, next), state[2])};
}

// A step of Newton and Schulz for the last digits.
Arrays QdwhPrimitive::finish(const Array& x, std::span<const Array> state) const {
  const Array& rough = state[1];
  const Array cube = product(rough, product(adjoint(rough), rough));
  const Array u = sub(scaled(rough, 1.5), scaled(cube, 0.5));
  return {u, symmetrize(product(adjoint(u), x)), state[0], logical_not(state[2])};
}

std::vector<Ssa> QdwhPrimitive::lower(Emitter& e, std::span<const Ssa> operands,
                                      std::span<const Aval>) const {
  const auto begin = [this](std::span<const Array> x) { return start(x[0]); };
  const auto more = [this](std::span<const Array> s) {
    const Array limit = make_integer_scalar(max_iterations_, DType::I32);
    const Array is_on = bitwise_and(s[2], lt(s[0], limit));
    return Arrays{reduce_or(is_on, iota_axes(is_on.ndim()))};
  };
  const auto body = [this](std::span<const Array> s) { return iterate(s); };
  std::vector<Ssa> state = lower_while(e, more, body, lower_composed(e, begin, operands));
  state.insert(state.begin(), operands[0]);
  return lower_composed(
      e, [this](std::span<const Array> s) { return finish(s[0], s.subspan(1)); }, state);
}

double epsilon_of(DType d) {
  const DType real = real_part_of(d);
  return real == DType::F32 ? double{std::numeric_limits<float>::epsilon()}
                            : std::numeric_limits<double>::epsilon();
}

}  // namespace

Qdwh qdwh(const Array& x, std::int64_t max_iterations, std::optional<double> eps) {
  const double epsilon = eps.value_or(epsilon_of(x.dtype()));
  const auto out = linum::bind(make_ref<const QdwhPrimitive>(max_iterations, epsilon), {&x, 1});
  return {out[0], out[1], out[2], out[3]};
}

}  // namespace linum::lax::linalg
