// jax.numpy.linalg: norms, factorizations and what they solve, on the matrices in the last two
// axes.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "linum/np/contractions.h"
#include "linum/np/diagonal.h"
#include "linum/np/manipulation.h"

namespace linum::np::linalg {

// --- norms ------------------------------------------------------------------------------------

// A number p, or "fro".
class Order {
 public:
  Order() = default;
  Order(double p) : p_(p) {}
  Order(const char* name) : name_(name) {}
  Order(std::string_view name) : name_(name) {}
  const std::optional<double>& p() const { return p_; }
  const std::string& name() const { return name_; }
  bool is_default() const { return !p_ && name_.empty(); }

 private:
  std::optional<double> p_;
  std::string name_;
};

struct NormOptions {
  NamedOnly named_only = {};
  // Of vectors: any number, 2 by default. Of matrices: "fro" by default, 1 and infinity (the
  // largest sum of a column, of a row), or the same negative (the smallest).
  Order ord = {};
  AxisArg axis = {};  // one: of vectors; two: of matrices; none: of x as it is
  bool keepdims = false;
};
Array norm(const Array& x, const NormOptions& options = {});
Array vector_norm(const Array& x, const NormOptions& options = {});
Array matrix_norm(const Array& x, const Order& ord = {}, bool keepdims = false);

// --- factorizations ---------------------------------------------------------------------------

// The triangular L with L L^H = x, of a Hermitian positive definite x (else NaN): lower, or upper
// and U^H U = x.
Array cholesky(const Array& x, bool upper = false, bool symmetrize_input = true);
// x = Q R: orthonormal columns, and upper triangular. mode "reduced": Q has as many columns as the
// smaller of x's sizes; "complete": Q is square.
struct QR {
  Array q, r;
};
QR qr(const Array& x, std::string_view mode = "reduced");
// x[permutation] = L U with partial pivoting: L below the diagonal of lu (its own is ones), U on
// and above it; sign is the permutation's.
struct LU {
  Array lu, permutation, sign;
};
LU lu(const Array& x);

// --- equations --------------------------------------------------------------------------------

// x with a x = b; b is a vector, or has matrices (their columns solved for) in its last axes.
Array solve(const Array& a, const Array& b);
Array inv(const Array& x);
Array det(const Array& x);
// det = sign exp(logabsdet).
struct SignLogDet {
  Array sign, logabsdet;
};
SignLogDet slogdet(const Array& x);
// x to a whole power, negative ones of its inverse.
Array matrix_power(const Array& x, std::int64_t n);
// The product of all, in the cheapest order; the first and the last may be vectors.
Array multi_dot(const std::vector<Array>& arrays,
                lax::Precision precision = lax::Precision::Default);
// The tensor that tensordot(_, x, ind) takes back; solution of tensordot(x, y, y.ndim) = b, the
// listed axes of x moved to the end first.
Array tensorinv(const Array& x, std::int64_t ind = 2);
Array tensorsolve(const Array& x, const Array& b, const Axes& axes = {});

// --- the array API's --------------------------------------------------------------------------

using np::matmul;
using np::matrix_transpose;
using np::outer;
using np::tensordot;
using np::vecdot;
Array cross(const Array& x, const Array& y, std::int64_t axis = -1);
Array diagonal(const Array& x, std::int64_t offset = 0);
Array trace(const Array& x, std::int64_t offset = 0, std::optional<DType> dtype = {});

}  // namespace linum::np::linalg
