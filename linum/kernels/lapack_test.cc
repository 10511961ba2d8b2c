#include "linum/kernels/lapack.h"

#include <cmath>

#include "linum/base/testing.h"
#include "linum/core/program.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/decompositions.h"
#include "linum/lax/lax.h"
#include "linum/lowering/lower.h"
#include "linum/np/np.h"
#include "linum/random/random.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

namespace la = lax::linalg;
using Arrays = std::vector<Array>;
using X = std::span<const Array>;

Array normal(const Shape& shape, DType dtype, int seed = 0) {
  return random::normal(random::key(seed), shape, dtype);
}
Ref<const Program> traced(const FlatFn& f, const Arrays& x) {
  std::vector<Aval> avals;
  for (const Array& a : x) avals.push_back(a.aval());
  return trace_program(f, avals).program;
}
Arrays run_on(const std::string& platform, const FlatFn& f, const Arrays& x) {
  return compile_program(*traced(f, x), {.platform = platform}).run(x);
}

// The kernel against the plain lowering, which any platform but the CPU has.
void expect_kernel_is_plain(const FlatFn& f, const Arrays& x, const std::string& target) {
  EXPECT_NE(lower_to_text(*traced(f, x)).find(target), std::string::npos) << target;
  const Arrays kernel = run_on("cpu", f, x), plain = run_on("plain", f, x);
  ASSERT_EQ(kernel.size(), plain.size());
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    expect_close(kernel[i], plain[i], 1e-12, str_cat(target, " (result ", i, ")"));
  }
}

const DType kTypes[] = {DType::F64, DType::C128};

TEST(Lapack, GivesTheFactorsOfThePlainLowerings) {
  const FlatFn lu = [](X x) {
    const la::Lu f = la::lu(x[0]);
    return Arrays{f.lu, f.pivots, f.permutation};
  };
  const FlatFn geqrf = [](X x) {
    const la::Reflections f = la::geqrf(x[0]);
    return Arrays{f.a, f.taus};
  };
  for (DType dtype : kTypes)
    for (const Shape& shape : {Shape{4, 4}, Shape{2, 5, 3}, Shape{3, 4}}) {
      expect_kernel_is_plain(lu, {normal(shape, dtype)}, "linum_lu");
      expect_kernel_is_plain(geqrf, {normal(shape, dtype)}, "linum_geqrf");
    }
}

TEST(Lapack, GivesTheProductsOfThePlainLowerings) {
  const FlatFn product = [](X x) { return Arrays{la::householder_product(x[0], x[1])}; };
  for (DType dtype : kTypes) {
    const Array a = normal({2, 4, 3}, dtype), taus = normal({2, 2}, dtype, 1);
    expect_kernel_is_plain(product, {a, taus}, "linum_householder_product");
    for (bool left : {true, false})
      for (bool transpose : {true, false}) {
        const FlatFn ormqr = [=](X x) {
          return Arrays{la::ormqr(x[0], x[1], x[2], left, transpose)};
        };
        expect_kernel_is_plain(ormqr, {a, taus, normal({2, 4, 4}, dtype, 2)}, "linum_ormqr");
      }
  }
}

TEST(Lapack, SolvesTridiagonalEquationsAsThePlainLowering) {
  const FlatFn solve = [](X x) {
    return Arrays{la::tridiagonal_solve(x[0], lax::add(x[1], Array(9.0)), x[2], x[3])};
  };
  for (DType dtype : kTypes) {
    const Shape d{2, 5};
    expect_kernel_is_plain(
        solve,
        {normal(d, dtype), normal(d, dtype, 1), normal(d, dtype, 2), normal({2, 5, 3}, dtype, 3)},
        "linum_tridiagonal_solve");
  }
}

TEST(Lapack, SplitsManyMatricesOverThreads) {
  const Array x = normal({300, 16, 16}, DType::F64);
  const auto [v, w] = la::eigh(x);
  const Array all = np::matmul(v * np::expand_dims(w, -2), lax::adjoint(v));
  expect_close(all, (x + lax::adjoint(x)) / 2, 1e-12, "v diag(w) v^T");
  const Array last = la::eigh(np::index(x, 299)).w;
  expect_close(np::index(w, 299), last, 1e-13, "the last matrix alone");
}

TEST(Lapack, SpoilsOnlyTheMatrixThatFails) {
  const Array good = normal({3, 3}, DType::F64);
  const Array both = np::stack({good, np::full_like(good, NAN)});
  const la::Svd f = la::svd(both, {.full_matrices = false});
  expect_close(np::index(f.s, 0), la::svd(good, {.compute_uv = false}).s, 1e-12, "of the first");
  const Array vl = la::eig(both).vl;
  for (const Array& spoiled : {np::index(f.vh, 1), np::real(np::index(vl, 1))}) {
    EXPECT_TRUE(np::all(np::isnan(spoiled)).item<bool>());
  }
}

TEST(Lapack, IsForTheCpuAlone) {
  const FlatFn eigh = [](X x) { return Arrays{la::eigh(x[0]).w}; };
  const auto program = traced(eigh, {normal({3, 3}, DType::F32)});
  EXPECT_ERROR(lower_to_text(*program, {.platform = "cuda"}), PluginError,
               "eigh is computed by LAPACK, on the CPU alone, and this program is for the platform "
               "'cuda'. Fix: run this part with the CPU plugin.");
}

}  // namespace
}  // namespace linum
