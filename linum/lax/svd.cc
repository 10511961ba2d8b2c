// Singular values.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/decompositions.h"
#include "linum/lax/lapack.h"
#include "linum/lax/matrices.h"
#include "linum/lax/structure.h"

namespace linum::lax::linalg {
namespace {

class SvdPrimitive final : public MatrixPrimitive {
 public:
  explicit SvdPrimitive(const SvdOptions& options) : o_(options) {}
  std::string_view name() const override { return "svd"; }
  void params(ParamSink& sink) const override {
    sink("full_matrices", o_.full_matrices);
    sink("compute_uv", o_.compute_uv);
    sink("qr_iteration", o_.algorithm == SvdAlgorithm::QR);
    sink_part(sink, o_.subset_by_index);
  }
  // s, u, vh
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_matrices(*this, operands, false);
    const Aval& x = operands[0];
    const std::int64_t m = x.dim(x.rank() - 2), n = x.dim(x.rank() - 1);
    const auto& part = o_.subset_by_index;
    const std::int64_t k = part ? part->second - part->first : std::min(m, n);
    const Aval s(real_part_of(x.dtype()), with_last(x, 2, {k}));
    if (!o_.compute_uv) return {s};
    const bool full = o_.full_matrices;
    return {s, Aval(x.dtype(), with_last(x, 1, {full ? m : k})),
            Aval(x.dtype(), with_last(x, 2, {full ? n : k, n}))};
  }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    refuse_part(*this, o_.subset_by_index);
    return MatrixPrimitive::lower(e, operands, results);
  }

 private:
  const SvdOptions o_;  // its range: a part, or nothing
};

// What the rule is made of, with s in x's dtype.
struct Moving {
  Array u, s, v, tangent, turned;  // turned: u^H x' v
};

// 1 / (s_j^2 - s_i^2), and 0 on the diagonal.
Array inverse_square_gaps(const Array& s, const Array& like) {
  const Array eye = eye_like(like), row = as_rows(s, like), column = as_columns(s, like);
  const Array gaps = mul(add(row, column), sub(row, column));
  return sub(reciprocal(add(gaps, eye)), eye);
}
Array with_adjoint(const Array& x) { return add(x, adjoint(x)); }

// The part of y = x' v (or x'^H u) outside the columns of u (or v), over the singular values.
Array outside(const Array& y, const Array& u, const Array& s) {
  const Array rest = sub(y, product(u, product(adjoint(u), y)));
  return div(rest, as_rows(s, rest));
}

// The angle by which u turns about itself, which only complex numbers have; 0 where s is.
Array phase(const Moving& m) {
  const Array is_zero = convert_element_type(eq(m.s, zeros_like(m.s)), m.s.dtype());
  const Array inverse = sub(reciprocal(add(m.s, is_zero)), is_zero);
  const Array skew = scaled(sub(m.turned, adjoint(m.turned)), 0.5);
  return mul(skew, with_diagonal(inverse));
}

// https://people.maths.ox.ac.uk/gilesm/files/NA-08-01.pdf and
// https://j-towns.github.io/papers/svd-derivative.pdf
std::pair<Array, Array> vector_tangents(const Moving& m) {
  const Array gaps = inverse_square_gaps(m.s, m.turned);
  const Array by_column = mul(as_rows(m.s, m.turned), m.turned);
  const Array by_row = mul(as_columns(m.s, m.turned), m.turned);
  Array du = product(m.u, add(mul(gaps, with_adjoint(by_column)), phase(m)));
  Array dv = product(m.v, mul(gaps, with_adjoint(by_row)));
  const std::int64_t rows = m.tangent.shape(-2), columns = m.tangent.shape(-1);
  if (rows > columns) du = add(du, outside(product(m.tangent, m.v), m.u, m.s));
  if (columns > rows) dv = add(dv, outside(product(adjoint(m.tangent), m.u), m.v, m.s));
  return {du, adjoint(dv)};
}

JvpResult SvdPrimitive::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  if (o_.subset_by_index) {
    throw TransformError("svd: a part of the singular values has no derivative");
  }
  if (o_.compute_uv && o_.full_matrices && x[0].shape(-1) != x[0].shape(-2)) {
    throw TransformError(
        str_cat("svd: the vectors of full matrices have no derivative unless the "
                "matrix is square, and this one is ",
                x[0].aval(), ". Fix: pass full_matrices = false."));
  }
  const Svd f = svd(x[0], {.full_matrices = false, .algorithm = o_.algorithm});
  const Array v = adjoint(f.vh), turned = product(product(adjoint(f.u), t[0]), v);
  const Array ds = real_part(diagonal_of(turned));
  if (!o_.compute_uv) return {{f.s}, {ds}};
  const auto [du, dvh] =
      vector_tangents({f.u, convert_element_type(f.s, turned.dtype()), v, t[0], turned});
  return {{f.s, f.u, f.vh}, {ds, du, dvh}};
}

}  // namespace

// The options with the range as the primitive wants it.
static SvdOptions with_part(SvdOptions options, const Array& x) {
  if (x.ndim() < 2) return options;
  auto& part = options.subset_by_index;
  part = part_of("svd", part, std::min(x.shape(-1), x.shape(-2)));
  if (part && options.full_matrices) {
    throw ValueError(
        "svd: full_matrices and subset_by_index exclude each other. Fix: pass full_matrices = "
        "false.");
  }
  return options;
}

Svd svd(const Array& x, const SvdOptions& options) {
  const auto out = linum::bind(make_ref<const SvdPrimitive>(with_part(options, x)), {&x, 1});
  if (!options.compute_uv) return {.u = {}, .s = out[0], .vh = {}};
  return {out[1], out[0], out[2]};
}

}  // namespace linum::lax::linalg
