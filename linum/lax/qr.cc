// QR decomposition, from Householder's reflections.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/decompositions.h"
#include "linum/lax/lapack.h"
#include "linum/lax/matrices.h"
#include "linum/lax/reflections.h"
#include "linum/lax/structure.h"

namespace linum::lax::linalg {
namespace {

using Arrays = std::vector<Array>;

class QrPrimitive final : public MatrixPrimitive {
 public:
  explicit QrPrimitive(const QrOptions& options) : o_(options) {}
  std::string_view name() const override { return "qr"; }
  void params(ParamSink& sink) const override {
    sink("pivoting", o_.pivoting);
    sink("full_matrices", o_.full_matrices);
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_matrices(*this, operands, false);
    const Aval& x = operands[0];
    const std::int64_t m = x.dim(x.rank() - 2), n = x.dim(x.rank() - 1);
    const std::int64_t k = o_.full_matrices ? m : std::min(m, n);
    std::vector<Aval> out{Aval(x.dtype(), with_last(x, 1, {k})),
                          Aval(x.dtype(), with_last(x, 2, {k, n}))};
    if (o_.pivoting) out.emplace_back(DType::I32, with_last(x, 2, {n}));
    return out;
  }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval>) const override {
    return lower_composed(
        e, [this](std::span<const Array> x) { return factor(x[0]); }, operands);
  }

 private:
  Arrays factor(const Array& x) const;
  const QrOptions o_;
};

Arrays QrPrimitive::factor(const Array& x) const {
  const std::int64_t m = x.shape(-2), n = x.shape(-1), k = std::min(m, n);
  const PivotedReflections f = o_.pivoting ? geqp3(x) : PivotedReflections{geqrf(x), {}};
  const std::int64_t width = o_.full_matrices ? m : k;
  Array basis = columns(f.reflections.a, 0, k);
  basis = householder_product(pad_columns(basis, width), f.reflections.taus);
  Arrays out{basis, upper_triangle(rows(f.reflections.a, 0, width))};
  if (o_.pivoting) out.push_back(f.permutation);
  return out;
}

struct Factors {
  Array q, r;
};

// https://j-towns.github.io/papers/qr-derivative.pdf, of x with no more columns than rows.
Factors thin_tangents(const Array& q, const Array& r, const Array& tangent) {
  const Array over_r = triangular_solve(r, tangent);
  const Array turned = product(adjoint(q), over_r);
  const Array lower = lower_triangle(turned, -1);
  Array skew = sub(lower, adjoint(lower));
  if (is_complex(skew.dtype())) {
    const Array imaginary = sub(turned, convert_element_type(real(turned), turned.dtype()));
    skew = add(skew, mul(eye_like(turned), imaginary));
  }
  return {add(product(q, sub(skew, turned)), over_r), product(sub(turned, skew), r)};
}

// More columns than rows: the first ones make q.
Factors wide_tangents(const Array& x, const Array& q, const Array& r, const Array& tangent) {
  const std::int64_t m = x.shape(-2), n = x.shape(-1);
  const Factors first = thin_tangents(q, columns(r, 0, m), columns(tangent, 0, m));
  const Array rest =
      add(product(adjoint(first.q), columns(x, m, n)), product(adjoint(q), columns(tangent, m, n)));
  return {first.q, concatenate({first.r, rest}, x.ndim() - 1)};
}

// The columns that complete q move with the others: https://arxiv.org/pdf/2409.13374, (32), (33).
Factors full_tangents(const Array& q, const Array& r, const Array& tangent) {
  const std::int64_t m = q.shape(-1), n = r.shape(-1);
  const Array q_thin = columns(q, 0, n), q_rest = columns(q, n, m);
  const Factors thin = thin_tangents(q_thin, rows(r, 0, n), tangent);
  const Array head = rows(q_thin, 0, n), tail = rows(q_thin, n, m);
  const Lu f = lu(sub(head, eye_like(head)));
  const Array z_adjoint = lu_solve(f.lu, f.permutation, adjoint(tail), 2);
  const Array z = adjoint(z_adjoint);
  const Array drift = sub(rows(thin.q, n, m), product(z, rows(thin.q, 0, n)));
  const Array rest =
      sub(product(thin.q, z_adjoint), product(add(q_thin, product(q_rest, z)), adjoint(drift)));
  return {concatenate({thin.q, rest}, q.ndim() - 1), pad_rows(thin.r, m)};
}

JvpResult QrPrimitive::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const Arrays out = again(x);
  const auto in_order = [&](const Array& a) {
    return o_.pivoting ? matrix_transpose(take_rows(matrix_transpose(a), out[2])) : a;
  };
  const std::int64_t m = x[0].shape(-2), n = x[0].shape(-1);
  const Array& q = out[0];
  const Array& r = out[1];
  const Array tangent = in_order(t[0]);
  Factors moved;
  if (m < n) {
    moved = wide_tangents(in_order(x[0]), q, r, tangent);
  } else if (m > n && o_.full_matrices) {
    moved = full_tangents(q, r, tangent);
  } else {
    moved = thin_tangents(q, r, tangent);
  }
  JvpResult result{out, {moved.q, moved.r}};
  if (o_.pivoting) result.tangents.emplace_back();
  return result;
}

}  // namespace

Qr qr(const Array& x, const QrOptions& options) {
  const auto out = linum::bind(make_ref<const QrPrimitive>(options), {&x, 1});
  return {out[0], out[1], options.pivoting ? out[2] : Array()};
}

}  // namespace linum::lax::linalg
