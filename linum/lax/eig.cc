// Eigenvalues of any square matrices, and the Schur form.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/decompositions.h"
#include "linum/lax/lapack.h"
#include "linum/lax/matrices.h"
#include "linum/lax/structure.h"

namespace linum::lax::linalg {
namespace {

class EigPrimitive final : public MatrixPrimitive {
 public:
  explicit EigPrimitive(const EigOptions& options) : o_(options) {}
  std::string_view name() const override { return "eig"; }
  void params(ParamSink& sink) const override {
    sink("compute_left_eigenvectors", o_.compute_left_eigenvectors);
    sink("compute_right_eigenvectors", o_.compute_right_eigenvectors);
    sink("enable_eigvec_derivs", o_.enable_eigvec_derivs);
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_matrices(*this, operands, true);
    const Aval vectors = operands[0].with_dtype(complex_of(operands[0].dtype()));
    std::vector<Aval> out(1 + count_vectors(), vectors);
    out[0] = vectors.with_shape(with_last(vectors, 1, {}));
    return out;
  }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;

 private:
  std::size_t count_vectors() const {
    return std::size_t{o_.compute_left_eigenvectors} + std::size_t{o_.compute_right_eigenvectors};
  }
  const EigOptions o_;
};

// a^{-1} b
Array solve(const Array& a, const Array& b) {
  const Lu f = lu(a);
  return lu_solve(f.lu, f.permutation, b);
}

struct Tangents {
  Array w, v;
};

// The multiple c of each column v that keeps its length 1 and its greatest element real as it
// moves along u.
Array normalization(const Array& v, const Array& u) {
  const std::int64_t axis = v.ndim() - 2;
  const Array greatest = argmax(abs(v), axis);
  const Array here = eq(broadcasted_iota(DType::I32, v.shape(), axis), as_rows(greatest, v));
  const auto at_greatest = [&](const Array& x) {
    return reduce_sum(select(here, x, zeros_like(x)), {axis});
  };
  const Array length = reduce_sum(real(mul(conj(v), u)), {axis});
  return complex(neg(length), neg(div(imag(at_greatest(u)), real(at_greatest(v)))));
}

// https://people.maths.ox.ac.uk/gilesm/files/NA-08-01.pdf, section 3.1
Tangents vector_tangents(const Array& w, const Array& v, const Array& tangent) {
  const Array turned = product(solve(v, tangent), v), eye = eye_like(turned);
  const Array gaps = sub(as_rows(w, v), as_columns(w, v));
  const Array u = product(v, mul(sub(reciprocal(add(eye, gaps)), eye), turned));
  return {diagonal_of(turned), add(u, mul(v, as_rows(normalization(v, u), v)))};
}

JvpResult EigPrimitive::jvp(std::span<const Array> x, std::span<const Tangent> t) const {
  const bool left = o_.compute_left_eigenvectors, right = o_.compute_right_eigenvectors;
  if ((left || right) && !o_.enable_eigvec_derivs) {
    throw TransformError(
        "eig: the derivative of eigenvectors holds only where all eigenvalues differ, which cannot "
        "be checked beforehand. Fix: differentiate the eigenvalues alone (eigvals), use eigh for "
        "Hermitian matrices, or allow it by enable_eigvec_derivs = true.");
  }
  const Eig f = eig(x[0], {left, true, o_.enable_eigvec_derivs});
  const Array tangent = convert_element_type(t[0], f.vr.dtype());
  if (!left && !right) {
    const Array products = mul(solve(f.vr, tangent), matrix_transpose(f.vr));
    return {{f.w}, {reduce_sum(products, {products.ndim() - 1})}};
  }
  const Tangents of_right = vector_tangents(f.w, f.vr, tangent);
  JvpResult out{{f.w}, {of_right.w}};
  if (left) {
    out.primals.push_back(f.vl);
    out.tangents.push_back(vector_tangents(conj(f.w), f.vl, adjoint(tangent)).v);
  }
  if (right) {
    out.primals.push_back(f.vr);
    out.tangents.push_back(of_right.v);
  }
  return out;
}

class SchurPrimitive final : public MatrixPrimitive {
 public:
  explicit SchurPrimitive(bool compute_schur_vectors) : vectors_(compute_schur_vectors) {}
  std::string_view name() const override { return "schur"; }
  void params(ParamSink& sink) const override { sink("compute_schur_vectors", vectors_); }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_matrices(*this, operands, true);
    return std::vector<Aval>(vectors_ ? 2 : 1, operands[0].strong());
  }

 private:
  const bool vectors_;
};

}  // namespace

Eig eig(const Array& x, const EigOptions& options) {
  const auto out = linum::bind(make_ref<const EigPrimitive>(options), {&x, 1});
  Eig result{.w = out[0]};
  if (options.compute_left_eigenvectors) result.vl = out[1];
  if (options.compute_right_eigenvectors) result.vr = out.back();
  return result;
}

Schur schur(const Array& x, bool compute_schur_vectors) {
  const auto out = linum::bind(make_ref<const SchurPrimitive>(compute_schur_vectors), {&x, 1});
  return {out[0], compute_schur_vectors ? out[1] : Array()};
}

}  // namespace linum::lax::linalg
