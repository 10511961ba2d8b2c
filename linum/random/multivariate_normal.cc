#include "linum/random/multivariate_normal.h"

#include "linum/np/contractions.h"
#include "linum/np/linalg.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/random/continuous.h"
#include "linum/random/sampling.h"

namespace linum::random {

namespace {

struct FactoredForm {
  Form form;
  std::string method;
  bool operator==(const FactoredForm&) const = default;
};

// f with f f^T = cov.
Array factor_of(const Array& cov, std::string_view method) {
  if (method == "cholesky") return np::linalg::cholesky(cov);
  if (method == "svd") {
    const auto [u, s, vh] = np::linalg::svd(cov);
    return u * np::expand_dims(np::sqrt(s), -2);
  }
  const auto [w, v] = np::linalg::eigh(cov);
  return v * np::expand_dims(np::sqrt(w), -2);
}

Array multivariate_normal_body(const Array& key, const Array& mean, const Array& cov,
                               const FactoredForm& f) {
  const Array drawn = normal(key, f.form.shape, f.form.dtype);
  return mean + np::matvec(factor_of(cov, f.method), drawn);
}

void check_method(std::string_view method) {
  if (method == "cholesky" || method == "eigh" || method == "svd") return;
  throw ValueError(
      str_cat("multivariate_normal: method must be \"cholesky\", \"eigh\" or "
              "\"svd\", got \"",
              method, "\""));
}

void check_covariance(const Array& mean, const Array& cov) {
  if (mean.ndim() < 1 || cov.ndim() < 2) {
    throw ShapeError(str_cat("multivariate_normal needs a mean of at least one dimension and a ",
                             "covariance of at least two, got ", mean.aval(), " and ", cov.aval()));
  }
  const std::int64_t n = mean.shape(-1);
  if (cov.shape(-1) == n && cov.shape(-2) == n) return;
  throw ShapeError(str_cat("multivariate_normal: for a mean of ", n,
                           " elements the covariance must have shape (..., ", n, ", ", n, "), got ",
                           to_text(cov.shape())));
}

}  // namespace

Array multivariate_normal(const Array& key, const Array& given_mean, const Array& given_cov,
                          const ShapeArg& shape, std::optional<DType> dtype,
                          std::string_view method) {
  check_key("multivariate_normal", key);
  check_method(method);
  check_covariance(given_mean, given_cov);
  auto [mean, cov] = np::promote_dtypes_inexact(given_mean, given_cov);
  check_floating("multivariate_normal", dtype.value_or(mean.dtype()));
  const Shape batch =
      broadcast_shapes(Shape(mean.shape().begin(), mean.shape().end() - 1),
                       Shape(cov.shape().begin(), cov.shape().end() - 2), "multivariate_normal");
  Shape whole = shape.get().value_or(batch);
  if (broadcast_shapes(whole, batch, "multivariate_normal") != whole) {
    throw ShapeError(str_cat("multivariate_normal: shape ", to_text(whole), " must end in ",
                             to_text(batch), ", what the leading axes of mean and covariance ",
                             "broadcast to"));
  }
  whole.push_back(mean.shape(-1));
  return compiled<multivariate_normal_body>("_multivariate_normal")(
      key, np::strong(mean), np::strong(cov),
      FactoredForm{{whole, dtype.value_or(mean.dtype())}, std::string(method)});
}

}  // namespace linum::random
