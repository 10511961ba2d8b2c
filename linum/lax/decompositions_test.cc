#include "linum/lax/decompositions.h"

#include "linum/base/testing.h"
#include "linum/lax/lax.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/eval_shape.h"

namespace linum {
namespace {

namespace la = lax::linalg;

Array zeros(const Shape& shape, DType dtype = DType::F32) { return lax::zeros(shape, dtype); }

TEST(Decompositions, RefuseOtherDTypes) {
  EXPECT_ERROR(la::svd(zeros({2, 2}, DType::I32)), DTypeError,
               "svd does not accept dtype int32; it accepts float32, float64, complex64 or "
               "complex128");
  EXPECT_ERROR(la::eigh(zeros({2, 2}, DType::BF16)), DTypeError,
               "eigh does not accept dtype bfloat16");
  EXPECT_ERROR(la::lu_pivots_to_permutation(zeros({2}), 3), DTypeError, "it accepts int32");
  EXPECT_ERROR(la::cholesky_update(zeros({2, 2}, DType::C64), zeros({2}, DType::C64)), DTypeError,
               "cholesky_update does not accept dtype complex64");
}

TEST(Decompositions, RefuseOtherShapes) {
  EXPECT_ERROR(la::eigh(zeros({2, 3})), ShapeError,
               "eigh needs square matrices in the last two axes, got f32[2,3]");
  EXPECT_ERROR(la::qr(zeros({3})), ShapeError,
               "qr needs matrices in the last two axes, got f32[3]");
  EXPECT_ERROR(la::hessenberg(zeros({0, 0})), ShapeError,
               "hessenberg needs matrices with elements, got f32[0,0]");
  EXPECT_ERROR(la::qdwh(zeros({2, 3})), ShapeError,
               "qdwh needs at least as many rows as columns, got f32[2,3]");
  EXPECT_ERROR(la::lu_pivots_to_permutation(zeros({4}, DType::I32), 3), ShapeError,
               "i32[4] holds more swaps than the permutation of 3 rows");
  EXPECT_ERROR(la::symmetric_product(zeros({2, 3}), zeros({3, 3})), ShapeError,
               "symmetric_product needs matrices (..., m, n) and (..., m, m), got f32[2,3] and "
               "f32[3,3]");
}

TEST(Decompositions, RefuseOperandsThatDoNotFit) {
  EXPECT_ERROR(la::householder_product(zeros({2, 3}), zeros({2})), ShapeError,
               "householder_product needs at least as many rows as columns, got f32[2,3]");
  EXPECT_ERROR(la::householder_product(zeros({3, 2}), zeros({3})), ShapeError,
               "f32[3] are no factors of the reflections in f32[3,2]");
  EXPECT_ERROR(la::ormqr(zeros({3, 2}), zeros({2}), zeros({2, 2})), ShapeError,
               "the reflections in f32[3,2] do not fit the rows of f32[2,2]");
  EXPECT_ERROR(la::ormqr(zeros({3, 2}), zeros({2}), zeros({3, 2}), false), ShapeError,
               "do not fit the columns of f32[3,2]");
  EXPECT_ERROR(la::tridiagonal_solve(zeros({2}), zeros({3}), zeros({3}), zeros({3, 1})), ShapeError,
               "needs three diagonals (..., m) and b (..., m, n) of one dtype");
  EXPECT_ERROR(la::cholesky_update(zeros({2, 2}), zeros({3})), ShapeError,
               "a square matrix and a vector of its size, got f32[2,2] and f32[3]");
  EXPECT_ERROR(la::lu_solve(zeros({2, 2}), zeros({2}, DType::I32), zeros({2, 1}), 3), ValueError,
               "lu_solve: trans must be 0, 1 or 2, got 3");
}

template <class F>
void gradient(const F& f) {
  grad([f](Array x) { return lax::reduce_sum(f(x), {0, 1}); })(zeros({3, 3}));
}

TEST(Decompositions, SayWhatHasNoDerivative) {
  EXPECT_ERROR(gradient([](const Array& x) { return la::schur(x).t; }), TransformError,
               "schur is not differentiable. Fix: differentiate eigh, svd, lu or qr instead");
  EXPECT_ERROR(gradient([](const Array& x) { return la::geqrf(x).a; }), TransformError,
               "geqrf is not differentiable");
  EXPECT_ERROR(gradient([](const Array& x) { return lax::abs(la::eig(x).vr); }), TransformError,
               "allow it by enable_eigvec_derivs = true");
  EXPECT_ERROR(gradient([](const Array& x) { return la::svd(lax::slice_in_dim(x, 0, 2)).vh; }),
               TransformError, "Fix: pass full_matrices = false");
}

TEST(Eigh, GivesVectorsOfEmptyMatrices) {
  const auto [v, w] = la::eigh(zeros({2, 0, 0}));
  EXPECT_EQ(v.to_host().shape(), (Shape{2, 0, 0}));
  EXPECT_EQ(w.to_host().shape(), (Shape{2, 0}));
}

// --- subset_by_index -------------------------------------------------------------------------

TEST(SubsetByIndex, TheWholeRangeIsAll) {
  const Array x = Array::of<double>({2, 2}, {2, 1, 1, 2});
  EXPECT_EQ(la::eigh(x, {.subset_by_index = {{0, 2}}}).w.to_vector<double>(),
            la::eigh(x).w.to_vector<double>());
  const Array wide = Array::of<double>({1, 2}, {3, 4});
  for (const bool full : {false, true}) {
    const la::Svd f = la::svd(wide, {.full_matrices = full, .subset_by_index = {{0, 1}}});
    EXPECT_NEAR(f.s.item<double>(), 5, 1e-12);
    EXPECT_EQ(f.vh.shape(), (Shape{full ? 2 : 1, 2}));
  }
}

TEST(SubsetByIndex, APartHasTypesAlone) {
  const auto [v, w] = eval_shape(
      [](Array x) {
        const auto f = la::eigh(x, {.subset_by_index = {{1, 3}}});
        return std::pair{f.v, f.w};
      },
      shape_struct({5, 4, 4}, DType::C64));
  EXPECT_EQ(to_text(v.aval()), "c64[5,4,2]");
  EXPECT_EQ(to_text(w.aval()), "f32[5,2]");
  const auto values = eval_shape(
      [](Array x) {
        return la::svd(x, {.full_matrices = false, .subset_by_index = {{0, 2}}}).vh;
      },
      shape_struct({3, 4}, DType::F32));
  EXPECT_EQ(to_text(values.aval()), "f32[2,4]");
}

TEST(SubsetByIndex, APartIsNotComputed) {
  EXPECT_ERROR(la::eigh(zeros({3, 3}), {.subset_by_index = {{0, 2}}}), PluginError,
               "eigh: subset_by_index (0, 2) is not supported: LAPACK gives all values here. Fix: "
               "compute all and slice them.");
  EXPECT_ERROR(la::svd(zeros({3, 4}), {.full_matrices = false, .subset_by_index = {{1, 3}}}),
               PluginError, "svd: subset_by_index (1, 3) is not supported");
}

TEST(SubsetByIndex, APartHasNoDerivative) {
  const auto largest = [](const Array& x) { return la::eigh(x, {.subset_by_index = {{2, 3}}}).v; };
  EXPECT_ERROR(gradient(largest), TransformError,
               "eigh: a part of the eigenvalues has no derivative");
}

TEST(SubsetByIndex, OtherRangesAreRefused) {
  EXPECT_ERROR(la::eigh(zeros({3, 3}), {.subset_by_index = {{1, 4}}}), ValueError,
               "eigh: subset_by_index (1, 4) is no range of 3 values");
  EXPECT_ERROR(la::svd(zeros({2, 3}), {.subset_by_index = {{1, 0}}}), ValueError,
               "svd: subset_by_index (1, 0) is no range of 2 values");
  EXPECT_ERROR(la::svd(zeros({2, 3}), {.subset_by_index = {{0, 1}}}), ValueError,
               "svd: full_matrices and subset_by_index exclude each other");
}

TEST(Qr, OfNoColumnsIsTheIdentity) {
  const la::Qr f = la::qr(zeros({2, 0}));
  EXPECT_EQ(f.q.to_vector<float>(), (std::vector<float>{1, 0, 0, 1}));
  EXPECT_EQ(f.r.to_host().shape(), (Shape{2, 0}));
}

}  // namespace
}  // namespace linum
