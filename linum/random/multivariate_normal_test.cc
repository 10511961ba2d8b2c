#include "linum/random/multivariate_normal.h"

#include "linum/base/testing.h"
#include "linum/np/np.h"
#include "linum/random/key.h"

namespace linum {
namespace {

TEST(MultivariateNormal, DrawsFromSemidefiniteCovariancesByTheirSpectrum) {
  const Array mean = np::zeros({2}), cov = np::ones({2, 2});  // both elements are the same number
  for (const char* method : {"eigh", "svd"}) {
    const Array x = random::multivariate_normal(random::key(0), mean, cov, Shape{50}, {}, method);
    const Array first = np::index(x, {np::ellipsis, 0}), second = np::index(x, {np::ellipsis, 1});
    EXPECT_TRUE(np::allclose(first, second, {.atol = 1e-3}).item<bool>()) << method;
    EXPECT_GT(np::std(first).item<float>(), 0.5) << method;
  }
}

TEST(MultivariateNormal, NamesItsMethods) {
  EXPECT_ERROR(
      random::multivariate_normal(random::key(0), np::zeros({2}), np::ones({2, 2}), {}, {}, "qr"),
      ValueError, R"(method must be "cholesky", "eigh" or "svd", got "qr")");
}

}  // namespace
}  // namespace linum
